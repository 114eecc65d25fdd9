import { rowAt } from './place-rows.ts';

/** The rows of a list at one moment, and where they are: see `placeRows`. */
export interface PlacedRows {
  readonly keys: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly places: Float64Array;
}

type Scrolling = Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>;

/** Pixels from the end within which the reader counts as reading along. */
const NEAR_THE_END_PIXELS = 80;
/** Of a row, from which on it counts as being seen. */
const IN_SIGHT_PIXELS = 60;

/**
 * What the reader of a scrolling list sees: its end, where that is followed, or the row at the upper edge, which stays where it
 * is while rows above it come into being and get their true heights.
 */
export class KeptPlace {
  readonly #mayFollow: boolean;
  #following: boolean;
  /** The row at the upper edge, and where it stood when that was looked at. */
  #row: { readonly key: string; readonly atPixels: number } | null = null;
  #lastTop = 0;

  constructor(followsEnd: boolean) {
    this.#mayFollow = followsEnd;
    this.#following = followsEnd;
  }

  /** Takes note of where the reader, or this class, has scrolled. */
  scrolled({ scrollTop, scrollHeight, clientHeight }: Scrolling, { keys, places }: PlacedRows): void {
    // The list may also have shrunk or grown since: only its reader scrolls upwards.
    if (this.#mayFollow && scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PIXELS) this.#following = true;
    else if (scrollTop < this.#lastTop) this.#following = false;
    this.#lastTop = scrollTop;
    const top = rowAt(places, scrollTop);
    const key = keys[top];
    this.#row = key === undefined ? null : { key, atPixels: places[top] ?? 0 };
  }

  /** Scrolls to what is kept in sight, after rows have changed. */
  settle(element: Scrolling, { indexes, places }: PlacedRows): void {
    if (this.#following) {
      element.scrollTop = element.scrollHeight;
      return;
    }
    const index = this.#row === null ? undefined : indexes.get(this.#row.key);
    if (this.#row === null || index === undefined) return;
    // By how much it has moved, not to where it was: its reader may have scrolled since.
    const atPixels = places[index] ?? 0;
    if (atPixels !== this.#row.atPixels) element.scrollTop += atPixels - this.#row.atPixels;
    this.#row = { key: this.#row.key, atPixels };
  }

  /** Scrolls to a row that is not in sight, and keeps it there. */
  show(key: string, element: Scrolling, { indexes, places }: PlacedRows): void {
    const index = indexes.get(key);
    if (index === undefined) return;
    const [top = 0, bottom = 0] = places.subarray(index, index + 2);
    const seenPixels = Math.min(bottom, element.scrollTop + element.clientHeight) - Math.max(top, element.scrollTop);
    if (seenPixels >= Math.min(bottom - top, IN_SIGHT_PIXELS)) return;
    this.#following = false;
    this.#row = { key, atPixels: top };
    element.scrollTop = top;
  }

  /** Scrolls to the end, and follows it. */
  follow(element: Scrolling): void {
    this.#following = this.#mayFollow;
    element.scrollTop = element.scrollHeight;
  }
}
