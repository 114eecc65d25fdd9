import { withClosedDirections } from './closed-directions.ts';
import type { AskedTerms } from './question-terms.ts';
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
}

export const MAXIMUM_QUOTE_LENGTH = 400;
const HEADING_MARK = ': ';

/** A unit as it is shown, cut around what is asked for. @param passage the text that it was read from */
export function quoteUnit({ unit, typedHeading }: ScoredUnit, passage: string, asked: AskedTerms): Quote {
  const own = (unit.stretches ?? [unit]).map(({ from, to }) => passage.slice(from, to));
  const said = withClosedDirections(shortenAround(unit.text, asked, MAXIMUM_QUOTE_LENGTH));
  if (typedHeading === null) return { passage: unit.rank, text: said, stretches: own };
  const heading = passage.slice(typedHeading.from, typedHeading.to);
  const above = withClosedDirections(typedHeading.text);
  return { passage: unit.rank, text: `${above}${HEADING_MARK}${said}`, stretches: [heading, ...own] };
}
