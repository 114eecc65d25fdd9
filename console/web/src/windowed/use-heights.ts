import { type RefCallback, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface Heights {
  /** Pixels by key, of every row that has been drawn so far; another one whenever a height has changed. */
  readonly known: ReadonlyMap<string, number>;
  /** The `ref` of the row with this key. */
  readonly ref: (key: string) => RefCallback<HTMLElement>;
}

/** How high rows are, measured before they are seen and whenever they change. */
export function useHeights(): Heights {
  const drawn = useRef(new Map<string, HTMLElement>());
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  const observer = useRef<ResizeObserver | null>(null);

  const measure = useCallback(() => {
    const measured = [...drawn.current].map(([key, element]) => [key, element.offsetHeight] as const);
    setKnown((before) => {
      const changed = measured.filter(([key, pixels]) => pixels > 0 && before.get(key) !== pixels);
      return changed.length === 0 ? before : new Map([...before, ...changed]);
    });
  }, []);

  // Before the browser paints, after whatever was drawn: a row is never seen at a wrong place.
  useLayoutEffect(measure);

  useEffect(() => {
    // Fonts, the width of the window and what a row does by itself change heights, too.
    const created = new ResizeObserver(measure);
    for (const element of drawn.current.values()) created.observe(element);
    observer.current = created;
    return () => created.disconnect();
  }, [measure]);

  const refs = useRef(new Map<string, RefCallback<HTMLElement>>());
  const ref = useCallback((key: string) => {
    // The same function each time: with another one React would take the row for a new one.
    const known = refs.current.get(key);
    if (known !== undefined) return known;
    const watch: RefCallback<HTMLElement> = (element) => {
      if (element === null) return;
      drawn.current.set(key, element);
      observer.current?.observe(element);
      return () => {
        drawn.current.delete(key);
        observer.current?.unobserve(element);
      };
    };
    refs.current.set(key, watch);
    return watch;
  }, []);
  return { known, ref };
}
