import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { KeptPlace, type PlacedRows } from './kept-place.ts';
import { placeRows, type RowRange, rowsWithin } from './place-rows.ts';
import { type Heights, useHeights } from './use-heights.ts';

export interface WindowOptions {
  /** Of the rows, in their order; each is another one. */
  readonly keys: readonly string[];
  /** The height of a row that has not been drawn yet. */
  readonly estimatedPixels: number;
  /** Whether the end stays in sight as rows grow and come, unless its reader has scrolled away from there. */
  readonly followsEnd: boolean;
  /** Told of the rows that are near to be seen, whenever that may have changed: where to read more of the list. */
  readonly onNear: (rows: RowRange) => void;
}

export interface Windowed<Scrolling extends HTMLElement> {
  readonly scrolling: RefObject<Scrolling | null>;
  readonly totalPixels: number;
  /** The rows to draw, at their places in an element that is as high as all of them. */
  readonly rows: readonly { readonly index: number; readonly key: string; readonly topPixels: number }[];
  /** The `ref` of the row with this key, which it has as its `data-key`, too. */
  readonly ref: Heights['ref'];
  /** Scrolls to a row that is not in sight; it stays where it is while those around it are drawn. */
  readonly show: (key: string) => void;
  /** Scrolls to the end, and follows it from then on. */
  readonly follow: () => void;
}

/** Drawn beyond what is seen, so that a quick scroll meets no blank. */
const BEYOND_PIXELS = 600;

/** A scrolling list of which only what is near to be seen is in the page, and the row that has the focus, wherever it is. */
export function useWindowed<Scrolling extends HTMLElement>(options: WindowOptions): Windowed<Scrolling> {
  const { keys, estimatedPixels, followsEnd, onNear } = options;
  const scrolling = useRef<Scrolling>(null);
  const [kept] = useState(() => new KeptPlace(followsEnd));
  const [range, setRange] = useState<RowRange>({ from: 0, to: 0 });
  const focused = useFocusedRow(scrolling);
  const { known, ref } = useHeights();
  const indexes = useMemo(() => new Map(keys.map((key, index) => [key, index])), [keys]);
  const placed = useMemo<PlacedRows>(
    () => ({ keys, indexes, places: placeRows(keys, (key) => known.get(key) ?? estimatedPixels) }),
    [keys, indexes, known, estimatedPixels],
  );

  /** Does something to the element, then draws what is to be seen of it. */
  const withElement = useCallback(
    (change: (element: Scrolling) => void) => {
      const element = scrolling.current;
      if (element === null) return;
      change(element);
      const { scrollTop, clientHeight } = element;
      const next = rowsWithin(placed.places, scrollTop - BEYOND_PIXELS, scrollTop + clientHeight + BEYOND_PIXELS);
      setRange((before) => (before.from === next.from && before.to === next.to ? before : next));
      onNear(next);
    },
    [placed, onNear],
  );
  const settle = useCallback(() => withElement((element) => kept.settle(element, placed)), [withElement, kept, placed]);

  useLayoutEffect(settle);

  useEffect(() => {
    const element = scrolling.current;
    if (element === null) return;
    const scrolled = () => withElement(() => kept.scrolled(element, placed));
    const resized = new ResizeObserver(settle);
    element.addEventListener('scroll', scrolled, { passive: true });
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', scrolled);
      resized.disconnect();
    };
  }, [kept, placed, settle, withElement]);

  return {
    scrolling,
    totalPixels: placed.places[keys.length] ?? 0,
    rows: rowsOf(placed, range, focused),
    ref,
    show: useCallback((key) => withElement((element) => kept.show(key, element, placed)), [withElement, kept, placed]),
    follow: useCallback(() => withElement((element) => kept.follow(element)), [withElement, kept]),
  };
}

/** The key of the row with the focus, null for none. */
function useFocusedRow(list: RefObject<HTMLElement | null>): string | null {
  const [focused, setFocused] = useState<string | null>(null);
  useEffect(() => {
    const element = list.current;
    const moved = ({ target }: FocusEvent) =>
      setFocused((target as Element).closest<HTMLElement>('[data-key]')?.dataset.key ?? null);
    const left = () => setFocused(null);
    element?.addEventListener('focusin', moved);
    element?.addEventListener('focusout', left);
    return () => {
      element?.removeEventListener('focusin', moved);
      element?.removeEventListener('focusout', left);
    };
  }, [list]);
  return focused;
}

function rowsOf(
  { keys, indexes, places }: PlacedRows,
  { from, to }: RowRange,
  focused: string | null,
): Windowed<HTMLElement>['rows'] {
  const drawn = keys.slice(from, to).map((key, at) => ({ index: from + at, key, topPixels: places[from + at] ?? 0 }));
  const index = focused === null ? undefined : indexes.get(focused);
  if (focused === null || index === undefined || (index >= from && index < to)) return drawn;
  const kept = { index, key: focused, topPixels: places[index] ?? 0 };
  return index < from ? [kept, ...drawn] : [...drawn, kept];
}
