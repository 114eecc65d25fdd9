import { safeCut } from '@supercontext/text/safe-cut.ts';
import type { TableHeader } from '@supercontext/text/table-rows.ts';
import { inOneLine, splitUnits as splitText } from '@supercontext/text/units.ts';

/** The smallest part that is kept or dropped whole: a sentence, a heading, a list item, a table row or a line of code. */
export interface Unit {
  /** In one line; the header of a table has the line below it, too. */
  readonly text: string;
  readonly isHeading: boolean;
  /** Number of its paragraph; units of one paragraph are joined by a space, all others by a line break. */
  readonly block: number;
  /** Of a table row: the place among the units of its table's header, which it is not shown without. */
  readonly header: number | null;
}

/** In UTF-16 units: a longer sentence or line is cut, since one unit must not fill a summary. */
export const MAXIMUM_UNIT_LENGTH = 400;

const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

/** Splits `text` into units in order. Blank lines, fences, rules and lines of brackets are dropped; all else is in a unit. */
export function splitUnits(text: string): Unit[] {
  const units: Unit[] = [];
  const parts = splitText(text);
  const headerOf = new Map(parts.flatMap(({ row }) => (row?.header ? [[row.header.from, row.header] as const] : [])));
  /** Where the line of a header begins -> its place among the units. */
  const headers = new Map<number, number>();
  for (const unit of parts) {
    const { kind, block, row } = unit;
    let line = inOneLine(text, unit);
    if (kind === 'code' && !SAYS_SOMETHING.test(line)) continue;
    const own = row === null ? undefined : headerOf.get(row.from);
    if (own !== undefined) line = withRule(text, line, own);
    if (own !== undefined && line.length <= MAXIMUM_UNIT_LENGTH) headers.set(own.from, units.length);
    const header = headers.get(row?.header?.from ?? -1) ?? null;
    for (const part of partsOf(line)) units.push({ text: part, isHeading: kind === 'heading', block, header });
  }
  return units;
}

/** A header with the line below it, by which the next level of the tree knows it again; alone where both are too long. */
function withRule(text: string, line: string, { rule }: TableHeader): string {
  if (rule === null) return line;
  const both = `${line}\n${text.slice(rule.from, rule.to)}`;
  return both.length <= MAXIMUM_UNIT_LENGTH ? both : line;
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
