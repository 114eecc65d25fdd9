/** The merge of two neighbouring tokens: lower ranks go first. */
export interface Merge {
  readonly rank: number;
  readonly token: number;
}

/** Looks up the merge of two tokens; undefined when they do not merge. */
export type FindMerge = (left: number, right: number) => Merge | undefined;

const SHORT_WORD = 24;

/** Merges neighbours, lowest rank first and leftmost among equals, until nothing merges. `symbols` is consumed. */
export function mergeWord(symbols: number[], findMerge: FindMerge): number[] {
  return symbols.length <= SHORT_WORD ? mergeShort(symbols, findMerge) : mergeLong(symbols, findMerge);
}

/** Quadratic, and the fastest for the short words that text is made of. */
function mergeShort(symbols: number[], findMerge: FindMerge): number[] {
  for (;;) {
    let best: Merge | undefined;
    let at = -1;
    for (let index = 0; index + 1 < symbols.length; index++) {
      const merge = findMerge(symbols[index] ?? -1, symbols[index + 1] ?? -1);
      if (merge !== undefined && (best === undefined || merge.rank < best.rank)) {
        best = merge;
        at = index;
      }
    }
    if (best === undefined) return symbols;
    symbols.splice(at, 2, best.token);
  }
}

interface Candidate {
  readonly rank: number;
  readonly left: number;
  readonly leftToken: number;
  readonly rightToken: number;
  readonly token: number;
}

/** A heap of candidates over a linked list: n log n, so that a megabyte without a blank stays a matter of moments. */
function mergeLong(symbols: number[], findMerge: FindMerge): number[] {
  const next = Int32Array.from(symbols, (_, index) => (index + 1 < symbols.length ? index + 1 : -1));
  const previous = Int32Array.from(symbols, (_, index) => index - 1);
  const heap: Candidate[] = [];
  const offer = (left: number): void => {
    const right = left < 0 ? -1 : (next[left] ?? -1);
    if (right < 0) return;
    const leftToken = symbols[left] ?? -1;
    const rightToken = symbols[right] ?? -1;
    const merge = findMerge(leftToken, rightToken);
    if (merge !== undefined) push(heap, { rank: merge.rank, left, leftToken, rightToken, token: merge.token });
  };
  for (let index = 0; index + 1 < symbols.length; index++) offer(index);
  for (let candidate = pop(heap); candidate !== undefined; candidate = pop(heap)) {
    const { left, leftToken, rightToken, token } = candidate;
    const right = next[left] ?? -1;
    // An earlier merge may have taken either side; such a candidate is stale.
    if (symbols[left] !== leftToken || right < 0 || symbols[right] !== rightToken) continue;
    symbols[left] = token;
    symbols[right] = -1;
    const after = next[right] ?? -1;
    next[left] = after;
    if (after >= 0) previous[after] = left;
    offer(previous[left] ?? -1);
    offer(left);
  }
  return symbols.filter((token) => token >= 0);
}

function before(a: Candidate, b: Candidate): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.left < b.left);
}

function push(heap: Candidate[], item: Candidate): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(item, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    let below = heap[child];
    if (below === undefined) break;
    const sibling = heap[child + 1];
    if (sibling !== undefined && before(sibling, below)) {
      child += 1;
      below = sibling;
    }
    if (!before(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return top;
}
