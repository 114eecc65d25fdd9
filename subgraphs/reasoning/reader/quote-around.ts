import { withClosedDirections } from './closed-directions.ts';
import type { IndexedUnit } from './index-units.ts';
import type { AskedTerms } from './question-terms.ts';
import { MAXIMUM_QUOTE_LENGTH, type Quote, quoteUnit, underHeading } from './quote-unit.ts';
import type { ScoredUnit } from './score-units.ts';

/** What is announced or asked is said behind it. */
const POINTS_ONWARD = /[:?]$/;
/** How far it is looked for what stands around. */
const MOST_BESIDE = 12;

/** What a quote is taken from. */
export interface QuotedFrom {
  /** The text of its passage. */
  readonly passage: string;
  /** All units of all passages, those of one in order. */
  readonly units: readonly IndexedUnit[];
  readonly asked: AskedTerms;
}

/**
 * A unit with the lines before and after it, under the same heading, in turn and at most `MAXIMUM_QUOTE_LENGTH` UTF-16 units: who is not sure
 * which sentence answers shows what it stands in. Settings and rows say all by themselves.
 */
export function quoteAround(scored: ScoredUnit, { passage, units, asked }: QuotedFrom): Quote {
  const quote = quoteUnit(scored, passage, asked);
  const shown = unitsAround(scored.unit, units);
  const [first, last] = [shown[0], shown.at(-1)];
  if (shown.length < 2 || first === undefined || last === undefined) return quote;
  const text = underHeading(scored.typedHeading, withClosedDirections(shown.map((one) => one.text).join(' ')));
  const above = scored.typedHeading === null ? [] : quote.stretches.slice(0, 1);
  const [from, to] = [first.from, last.to];
  return { ...quote, around: { text, stretches: [...above, passage.slice(from, to)], from, to } };
}

function unitsAround(unit: IndexedUnit, units: readonly IndexedUnit[]): readonly IndexedUnit[] {
  if (unit.stretches !== undefined || unit.isSetting === true || unit.kind === 'row') return [unit];
  const at = units.indexOf(unit);
  let [first, last, length] = [at, at, unit.text.length];
  let sides = POINTS_ONWARD.test(unit.text) || unit.kind === 'heading' ? [1] : [1, -1];
  while (sides.length > 0 && last - first < MOST_BESIDE) {
    sides = sides.filter((side) => {
      const next = units[side === 1 ? last + 1 : first - 1];
      if (next === undefined || !standsWith(next, unit) || length + next.text.length >= MAXIMUM_QUOTE_LENGTH)
        return false;
      length += next.text.length + 1;
      if (side === 1) last++;
      else first--;
      return true;
    });
  }
  return units.slice(first, last + 1);
}

function standsWith(next: IndexedUnit, unit: IndexedUnit): boolean {
  if (next.rank !== unit.rank || next.kind === 'heading' || next.kind === 'row' || next.isSetting === true)
    return false;
  if (next.stretches !== undefined) return false;
  return unit.kind === 'heading' || next.headings.at(-1)?.from === unit.headings.at(-1)?.from;
}
