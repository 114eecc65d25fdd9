/** How many numbers back a caller's request may come after its latest; one that is later counts as seen. */
const WINDOW_COUNTS = 65_536;
const BITS_PER_WORD = 32;
/** More callers than ever sign within the time that is remembered: each is the life of one process. */
const MAXIMUM_CALLERS = 256;

interface Caller {
  /** The highest number seen. */
  highest: number;
  /** A bit for each of the last WINDOW_COUNTS numbers, at the number modulo their count. */
  readonly seen: Uint32Array;
}

/**
 * The numbers that callers have used, each at most once. 8 KiB a caller however many requests there are: a caller counts
 * up, so a window of bits behind its highest number knows them all, where a set of them would grow with the load.
 * Callers are kept in two generations: one that was silent for a whole generation is forgotten.
 */
export class SeenNonces {
  readonly #generationMs: number;
  #current = new Map<string, Caller>();
  #previous = new Map<string, Caller>();
  #rotatedAtMs = Number.NEGATIVE_INFINITY;

  /** `generationMs` must be as long as a signature can be good, so that none outlives its number. */
  constructor(generationMs: number) {
    this.#generationMs = generationMs;
  }

  /** True when `caller` has not used `count` before; from now on it has. */
  add(caller: string, count: number, nowMs: number): boolean {
    const known = this.#find(caller, nowMs);
    if (known === undefined) return false;
    if (count > known.highest) {
      clearBits(known, count);
      known.highest = count;
    } else if (count <= known.highest - WINDOW_COUNTS) return false;
    const { word, bit } = place(count);
    const bits = known.seen[word] ?? 0;
    if ((bits & bit) !== 0) return false;
    known.seen[word] = bits | bit;
    return true;
  }

  /** Undefined when there are too many callers to remember another one. */
  #find(name: string, nowMs: number): Caller | undefined {
    if (nowMs - this.#rotatedAtMs > this.#generationMs) {
      // After more than two generations of silence nobody is worth remembering.
      const isLongAgo = nowMs - this.#rotatedAtMs > 2 * this.#generationMs;
      this.#previous = isLongAgo ? new Map() : this.#current;
      this.#current = new Map();
      this.#rotatedAtMs = nowMs;
    }
    const current = this.#current.get(name);
    if (current !== undefined) return current;
    if (this.#current.size >= MAXIMUM_CALLERS) return undefined;
    const caller = this.#previous.get(name) ?? { highest: 0, seen: new Uint32Array(WINDOW_COUNTS / BITS_PER_WORD) };
    this.#current.set(name, caller);
    return caller;
  }
}

function place(count: number): { readonly word: number; readonly bit: number } {
  const at = count % WINDOW_COUNTS;
  return { word: Math.floor(at / BITS_PER_WORD), bit: 1 << (at % BITS_PER_WORD) };
}

/** Makes room for the numbers after the highest up to `count`: their bits still say what was a whole window ago. */
function clearBits({ highest, seen }: Caller, count: number): void {
  if (count - highest >= WINDOW_COUNTS) {
    seen.fill(0);
    return;
  }
  for (let next = highest + 1; next <= count; next++) {
    const { word, bit } = place(next);
    seen[word] = (seen[word] ?? 0) & ~bit;
  }
}
