import { safeCut } from '@supercontext/text/safe-cut.ts';
import { inOneLine, splitUnits as splitText } from '@supercontext/text/units.ts';

/** The smallest part that is kept or dropped whole: a sentence, a heading, a list item, a table row or a line of code. */
export interface Unit {
  /** In one line. */
  readonly text: string;
  readonly isHeading: boolean;
  /** Number of its paragraph; units of one paragraph are joined by a space, all others by a line break. */
  readonly block: number;
}

/** In UTF-16 units: a longer sentence or line is cut, since one unit must not fill a summary. */
export const MAXIMUM_UNIT_LENGTH = 400;

const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

/** Splits `text` into units in order. Blank lines, fences, rules and lines of brackets are dropped; all else is in a unit. */
export function splitUnits(text: string): Unit[] {
  const units: Unit[] = [];
  for (const unit of splitText(text)) {
    const line = inOneLine(text, unit);
    if (unit.kind === 'code' && !SAYS_SOMETHING.test(line)) continue;
    const { block } = unit;
    const isHeading = unit.kind === 'heading';
    for (const part of partsOf(line)) units.push({ text: part, isHeading, block });
  }
  return units;
}

function partsOf(line: string): readonly string[] {
  if (line.length <= MAXIMUM_UNIT_LENGTH) return [line];
  const parts: string[] = [];
  for (let from = 0; from < line.length; ) {
    const to = safeCut(line, from + MAXIMUM_UNIT_LENGTH, from);
    const part = line.slice(from, to).trim();
    if (part !== '') parts.push(part);
    from = to;
  }
  return parts;
}
