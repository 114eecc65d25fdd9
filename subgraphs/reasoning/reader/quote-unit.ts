import { safeCut } from '@supercontext/text/safe-cut.ts';
import type { ScoredUnit } from './score-units.ts';

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

/** A unit as it is shown. @param passage the text that it was read from */
export function quoteUnit({ unit, typedHeading }: ScoredUnit, passage: string): Quote {
  const own = (unit.stretches ?? [unit]).map(({ from, to }) => passage.slice(from, to));
  const said = shortened(unit.text, MAXIMUM_QUOTE_LENGTH);
  if (typedHeading === null) return { passage: unit.rank, text: said, stretches: own };
  const heading = passage.slice(typedHeading.from, typedHeading.to);
  return { passage: unit.rank, text: `${typedHeading.text}${HEADING_MARK}${said}`, stretches: [heading, ...own] };
}

function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, safeCut(text, length, 0)).trimEnd()} …`;
}
