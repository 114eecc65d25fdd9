import type { Place } from '@supercontext/text/table-rows.ts';
import { withClosedDirections } from './closed-directions.ts';
import type { AskedTerms } from './question-terms.ts';
import type { Heading } from './reading-unit.ts';
import type { ScoredUnit } from './score-units.ts';
import { shortenAround } from './shorten-around.ts';

/** A stretch of a passage that answers, and what is read of it. */
export interface Quote {
  /** Place of the passage among those that were read. */
  readonly passage: number;
  /** In one line, without marks of Markdown; a row by its columns' names; below the heading that is a part of the answer. */
  readonly text: string;
  /** Stretches of the passage, as they stand there. */
  readonly stretches: readonly string[];
  /** The same with what it stands in; null where it is quoted by itself. */
  readonly around: QuoteAround | null;
}

/** What a quote stands in. */
export interface QuoteAround extends Place {
  readonly text: string;
  readonly stretches: readonly string[];
}

export const MAXIMUM_QUOTE_LENGTH = 400;
const HEADING_MARK = ': ';

/** A unit as it is shown by itself, cut around what is asked for. @param passage the text that it was read from */
export function quoteUnit({ unit, typedHeading }: ScoredUnit, passage: string, asked: AskedTerms): Quote {
  const own = (unit.stretches ?? [unit]).map(({ from, to }) => passage.slice(from, to));
  const said = withClosedDirections(shortenAround(unit.text, asked, MAXIMUM_QUOTE_LENGTH));
  if (typedHeading === null) return { passage: unit.rank, text: said, stretches: own, around: null };
  const heading = passage.slice(typedHeading.from, typedHeading.to);
  return { passage: unit.rank, text: underHeading(typedHeading, said), stretches: [heading, ...own], around: null };
}

/** What is said under a heading that is a part of the answer. */
export function underHeading(heading: Heading | null, said: string): string {
  return heading === null ? said : `${withClosedDirections(heading.text)}${HEADING_MARK}${said}`;
}
