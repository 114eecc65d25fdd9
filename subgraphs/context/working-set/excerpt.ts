import { countTokens } from '../split/count-tokens.ts';
import { clipText } from './clip-text.ts';
import { splitUnits, type Unit } from './split-units.ts';
import { termsOf } from './terms.ts';

/** A term that has been said is worth less the second time. */
const SAID_BEFORE = 0.25;
/** An answer often stands beside the sentence that has the question's words. */
const NEIGHBOUR = 0.35;
const HEADING_TOKENS = 16;
/** Room is filled with the surroundings of what was found up to here; more would only be more. */
const FULL_ENOUGH = 0.7;
const GAP = ' … ';
const GAP_TOKENS = 2;

interface ScoredUnit extends Unit {
  readonly at: number;
  readonly tokens: number;
  readonly terms: readonly string[];
}

/**
 * The sentences and lines of `text` that fit a question best, in their order, within `maximumTokens`: greedy by weight of
 * the question's terms not yet said, with the next sentence and the heading above. Where no term occurs, the beginning.
 */
export function excerpt(text: string, weights: ReadonlyMap<string, number>, maximumTokens: number): string {
  const units = scoreUnits(text, weights);
  const chosen = new Set<number>();
  const said = new Set<string>();
  let left = maximumTokens;
  const take = (unit: ScoredUnit | undefined): boolean => {
    if (unit === undefined || chosen.has(unit.at) || unit.tokens + GAP_TOKENS > left) return false;
    chosen.add(unit.at);
    left -= unit.tokens + GAP_TOKENS;
    for (const term of unit.terms) said.add(term);
    return true;
  };
  for (let best = mostTelling(units, weights, said, chosen, left); best !== undefined; ) {
    take(best);
    if (best.isHeading || left < maximumTokens * (1 - FULL_ENOUGH)) take(units[best.at + 1]);
    else if (take(units[best.at + 1]) && best.at > 0) takeHeading(units, best.at, take);
    best = mostTelling(units, weights, said, chosen, left);
  }
  if (chosen.size === 0) return clipText(text, maximumTokens, firstPlace(text, units, weights));
  surround(units, chosen, take, () => left > maximumTokens * (1 - FULL_ENOUGH));
  return fitted(text, units, chosen, maximumTokens);
}

function scoreUnits(text: string, weights: ReadonlyMap<string, number>): ScoredUnit[] {
  return splitUnits(text).map((unit, at) => {
    const own = text.slice(unit.from, unit.to);
    const terms = [...termsOf(own)].filter((term) => weights.has(term));
    return { ...unit, at, tokens: countTokens(own), terms };
  });
}

function mostTelling(
  units: readonly ScoredUnit[],
  weights: ReadonlyMap<string, number>,
  said: ReadonlySet<string>,
  chosen: ReadonlySet<number>,
  left: number,
): ScoredUnit | undefined {
  const ofTerms = (unit: ScoredUnit | undefined): number =>
    (unit?.terms ?? []).reduce((sum, term) => sum + (weights.get(term) ?? 0) * (said.has(term) ? SAID_BEFORE : 1), 0);
  let best: ScoredUnit | undefined;
  let bestGain = 0;
  for (const unit of units) {
    if (unit.terms.length === 0 || chosen.has(unit.at) || unit.tokens + GAP_TOKENS > left) continue;
    const gain =
      (ofTerms(unit) + NEIGHBOUR * (ofTerms(units[unit.at - 1]) + ofTerms(units[unit.at + 1]))) /
      Math.sqrt(8 + unit.tokens);
    if (gain > bestGain) {
      best = unit;
      bestGain = gain;
    }
  }
  return best;
}

/** The nearest heading above says what a sentence is about. */
function takeHeading(units: readonly ScoredUnit[], below: number, take: (unit: ScoredUnit | undefined) => boolean): void {
  for (let at = below - 1; at >= 0; at--) {
    const unit = units[at];
    if (unit?.isHeading !== true) continue;
    if (unit.tokens <= HEADING_TOKENS) take(unit);
    return;
  }
}

/** Fills what room is left with what stands next to what was chosen. */
function surround(
  units: readonly ScoredUnit[],
  chosen: ReadonlySet<number>,
  take: (unit: ScoredUnit | undefined) => boolean,
  hasRoom: () => boolean,
): void {
  for (let grown = true; grown && hasRoom(); ) {
    grown = false;
    for (const at of [...chosen]) {
      if (hasRoom() && take(units[at + 1])) grown = true;
      if (hasRoom() && take(units[at - 1])) grown = true;
    }
  }
}

function firstPlace(text: string, units: readonly ScoredUnit[], weights: ReadonlyMap<string, number>): number {
  const unit = units.find(({ terms }) => terms.length > 0);
  if (unit === undefined) return 0;
  const word = text.slice(unit.from, unit.to).search(new RegExp([...weights.keys()].map(escape).join('|'), 'i'));
  return unit.from + Math.max(0, word);
}

function escape(term: string): string {
  return term.replace(/[^\p{L}\p{N}_]/gu, '\\$&');
}

/** Neighbours keep what stood between them; a gap is marked. Joining may cost a token more than expected: then clip. */
function fitted(text: string, units: readonly ScoredUnit[], chosen: ReadonlySet<number>, maximumTokens: number): string {
  let joined = '';
  let last: ScoredUnit | undefined;
  for (const at of [...chosen].sort((a, b) => a - b)) {
    const unit = units[at];
    if (unit === undefined) continue;
    const own = text.slice(unit.from, unit.to);
    if (last === undefined) joined = own;
    else joined += last.at === at - 1 ? `${text.slice(last.to, unit.from).replace(/\n{2,}/g, '\n')}${own}` : `${GAP}${own}`;
    last = unit;
  }
  return clipText(joined, maximumTokens);
}
