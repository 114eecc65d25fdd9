import type { UnitIndex } from './index-units.ts';

/** Units chosen so far, and what they say. */
export interface Selection {
  readonly chosen: Set<number>;
  /** `[feature]` 1 when a chosen unit has it. */
  readonly covered: Uint8Array;
  tokens: number;
  /** Fact weights covered. */
  facts: number;
}

export function emptySelection(index: UnitIndex): Selection {
  return { chosen: new Set(), covered: new Uint8Array(index.weights.length), tokens: 0, facts: 0 };
}

export interface Filling {
  readonly weights: Float64Array;
  readonly limitTokens: number;
  readonly tokensOf: (unit: number) => number;
  /** Asked after every unit taken: true ends the filling before the limit. */
  readonly isEnough?: () => boolean;
}

/** Added to a unit's length, so that a two-word line does not win by being short. */
const OVERHEAD_CHARACTERS = 40;
/** No unit that says something is shorter. */
const LEAST_TOKENS = 4;
/** Plain English has 4.5, and no text worth keeping has more than this. */
const MOST_CHARACTERS_PER_TOKEN = 6;

/**
 * Adds to `selection` the units that say most that is new for their length, until nothing new fits. Greedy for budgeted
 * coverage: what a unit adds can only shrink as others are chosen, so only the best candidate is ever weighed again.
 */
export function chooseUnits(index: UnitIndex, selection: Selection, filling: Filling): void {
  const gain = (unit: number): number => {
    let sum = 0;
    for (const feature of index.features[unit] ?? []) {
      if (selection.covered[feature] === 0) sum += filling.weights[feature] ?? 0;
    }
    return sum / ((index.units[unit]?.text.length ?? 0) + OVERHEAD_CHARACTERS);
  };
  // Worst first, so that the best is taken off the end; of equals the earlier unit wins, for the same text every time.
  const queue: Candidate[] = [];
  for (let unit = 0; unit < index.units.length; unit++) {
    if (!selection.chosen.has(unit)) queue.push({ unit, gain: gain(unit) });
  }
  queue.sort(worstFirst);
  for (let best = queue.pop(); best !== undefined; best = queue.pop()) {
    const now = gain(best.unit);
    if (now <= 0) {
      if (best.gain <= 0) return;
      continue;
    }
    const next = queue[queue.length - 1];
    const candidate = { unit: best.unit, gain: now };
    if (next !== undefined && worstFirst(candidate, next) < 0) {
      queue.splice(placeOf(queue, candidate), 0, candidate);
      continue;
    }
    const roomTokens = filling.limitTokens - selection.tokens;
    if (roomTokens < LEAST_TOKENS) return;
    // Counting is the dearest step: what is surely too long is not counted.
    if ((index.units[best.unit]?.text.length ?? 0) > roomTokens * MOST_CHARACTERS_PER_TOKEN) continue;
    const wanted = [...headerOf(index, selection, best.unit), best.unit];
    const tokens = wanted.reduce((sum, unit) => sum + filling.tokensOf(unit), 0);
    if (tokens > roomTokens) continue;
    selection.tokens += tokens;
    for (const unit of wanted) cover(index, selection, unit);
    if (filling.isEnough?.() === true) return;
  }
}

/** The header that a table row is not shown without, where it is not chosen yet. */
function headerOf(index: UnitIndex, { chosen }: Selection, unit: number): readonly number[] {
  const header = index.units[unit]?.header ?? null;
  return header === null || chosen.has(header) ? [] : [header];
}

function cover(index: UnitIndex, selection: Selection, unit: number): void {
  selection.chosen.add(unit);
  for (const feature of index.features[unit] ?? []) {
    if (selection.covered[feature] === 0) selection.facts += index.factWeights[feature] ?? 0;
    selection.covered[feature] = 1;
  }
}

interface Candidate {
  readonly unit: number;
  readonly gain: number;
}

function worstFirst(a: Candidate, b: Candidate): number {
  return a.gain - b.gain || b.unit - a.unit;
}

function placeOf(queue: readonly Candidate[], candidate: Candidate): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle];
    if (other !== undefined && worstFirst(other, candidate) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
