import { safeCut } from '@supercontext/text/safe-cut.ts';
import { termsOf } from '@supercontext/text/terms.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';

/** A long line is looked at in parts of this many UTF-16 units. */
const PART_UNITS = 80;

interface Part {
  readonly from: number;
  readonly terms: readonly string[];
}

/**
 * Where in a passage longer than the room, as a line of a thousand words, the window of about `maximumTokens` begins that
 * holds most of the question's weight; in its middle, where there is a choice. 0 when the passage fits, or speaks of nothing.
 */
export function windowOf(passage: string, weights: ReadonlyMap<string, number>, maximumTokens: number): number {
  const tokens = countTokens(passage);
  if (tokens <= maximumTokens) return 0;
  const parts = partsOf(passage, weights);
  const size = Math.max(1, Math.floor((maximumTokens / tokens) * parts.length));
  const held = new Map<string, number>();
  let weight = 0;
  let best = { weight: 0, from: 0, through: 0 };
  for (const [at, part] of parts.entries()) {
    for (const term of part.terms) {
      const times = held.get(term) ?? 0;
      if (times === 0) weight += weights.get(term) ?? 0;
      held.set(term, times + 1);
    }
    for (const term of parts[at - size]?.terms ?? []) {
      const times = (held.get(term) ?? 0) - 1;
      if (times === 0) weight -= weights.get(term) ?? 0;
      held.set(term, times);
    }
    if (weight > best.weight + 1e-9) best = { weight, from: at, through: at };
    else if (best.weight > 0 && Math.abs(weight - best.weight) <= 1e-9 && at === best.through + 1) best.through = at;
  }
  if (best.weight === 0) return 0;
  const last = Math.floor((best.from + best.through) / 2);
  return parts[Math.max(0, last - size + 1)]?.from ?? 0;
}

function partsOf(passage: string, weights: ReadonlyMap<string, number>): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < passage.length; ) {
    const to = safeCut(passage, from + PART_UNITS, from);
    parts.push({ from, terms: termsOf(passage.slice(from, to)).filter((term) => weights.has(term)) });
    from = to;
  }
  return parts;
}
