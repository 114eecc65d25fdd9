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
  const sides = POINTS_ONWARD.test(unit.text) || unit.kind === 'heading' ? [1] : [1, -1];
  const alone = { first: at, last: at, length: unit.text.length };
  // What is said of the same thing, then what stands beside that under its heading.
  const own = widened(alone, { units, sides, isWanted: (next) => isUnderHeading(next, unit) && isOfSame(next, unit) });
  const { first, last } = widened(own, { units, sides, isWanted: (next) => isUnderHeading(next, unit) });
  return units.slice(first, last + 1);
}

/** Units from the first through the last, and how long they are together. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly length: number;
}

interface Widening {
  readonly units: readonly IndexedUnit[];
  readonly sides: readonly number[];
  readonly isWanted: (next: IndexedUnit) => boolean;
}

/** With the next on each side in turn, as long as it is wanted and there is room. */
function widened({ first, last, length }: Span, { units, sides, isWanted }: Widening): Span {
  let open = sides;
  while (open.length > 0 && last - first < MOST_BESIDE) {
    open = open.filter((side) => {
      const next = units[side === 1 ? last + 1 : first - 1];
      if (next === undefined || !isWanted(next) || length + next.text.length >= MAXIMUM_QUOTE_LENGTH) return false;
      length += next.text.length + 1;
      if (side === 1) last++;
      else first--;
      return true;
    });
  }
  return { first, last, length };
}

/** Whether a unit is a part of the same item, or that item itself. */
function isOfSame(next: IndexedUnit, unit: IndexedUnit): boolean {
  const [own, others] = [unit.parents.at(-1), next.parents.at(-1)];
  if (own === undefined) return others !== undefined && unit.text.startsWith(others);
  return own === others || next.text.startsWith(own);
}

function isUnderHeading(next: IndexedUnit, unit: IndexedUnit): boolean {
  if (next.rank !== unit.rank || next.kind === 'heading' || next.kind === 'row' || next.isSetting === true)
    return false;
  if (next.stretches !== undefined) return false;
  return unit.kind === 'heading' || next.headings.at(-1)?.from === unit.headings.at(-1)?.from;
}
