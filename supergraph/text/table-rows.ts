import { isBlank } from './characters.ts';

/** A stretch of a text, end excluded. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** What parts the cells of a row. */
export type CellSeparator = '|' | '\t' | ',' | ';';

/** The line that names the columns of a table; all its rows have the same. */
export interface TableHeader extends Place {
  /** Of the line that parts it from the rows, where there is one. */
  readonly rule: Place | null;
  readonly names: readonly Place[];
}

/** One line of a table. */
export interface TableRow extends Place {
  /** Null of the header itself, and where a table has none. */
  readonly header: TableHeader | null;
  readonly separator: CellSeparator;
}

const BACKSLASH = 92;
const QUOTE = 34;

/** The cells of the line at `row`, without the blanks around them: empty cells are empty places. Linear in the line. */
export function cellsOf(text: string, row: Place, separator: CellSeparator): Place[] {
  const bar = separator.charCodeAt(0);
  const isMarkdown = separator === '|';
  const mayQuote = !isMarkdown && separator !== '\t';
  const cells: Place[] = [];
  let from = row.from;
  let isQuoted = false;
  if (isMarkdown) {
    const first = trimmed(text, row.from, row.to).from;
    if (text.charCodeAt(first) === bar) from = first + 1;
  }
  for (let at = from; at < row.to; at++) {
    const unit = text.charCodeAt(at);
    if (isMarkdown && unit === BACKSLASH) at++;
    else if (mayQuote && unit === QUOTE) isQuoted = !isQuoted;
    else if (unit === bar && !isQuoted) {
      cells.push(trimmed(text, from, at));
      from = at + 1;
    }
  }
  const last = trimmed(text, from, row.to);
  if (!isMarkdown || last.to > last.from || cells.length === 0) cells.push(last);
  return cells;
}

/** `text[from, to)` without the blanks around it. */
export function trimmed(text: string, from: number, to: number): Place {
  let start = from;
  let end = to;
  while (start < end && isAround(text.charCodeAt(start))) start++;
  while (end > start && isAround(text.charCodeAt(end - 1))) end--;
  return { from: start, to: end };
}

/** Control characters stand around words as blanks do. */
function isAround(unit: number): boolean {
  return unit <= 32 || isBlank(unit);
}

const DELIMITERS = /^[\s|:+=-]*[|+][\s|:+=-]*$/;

/** Whether a line parts a table's header from its rows, in Markdown or as databases and Org print it, or one row from another. */
export function isDelimiterRow(line: string): boolean {
  return /[-=]{2}|-/.test(line) && DELIMITERS.test(line);
}

/** Lines that have to agree before they pass for a table without bars. */
const AGREEING_LINES = 3;
const LONGEST_HEADER = 4_096;
/** Fewer are one comma a line, which many a line has. */
const SURE_COLUMNS = 3;
const SPACED = /[,;](?:\s|$)/;
const LINE_END = /\r\n|[\n\r]/;
/** A name may say its unit in brackets behind a blank. */
const CODE = /[{}<>=]|\S[([]|[([](?!\p{L})/u;

/**
 * What parts the columns of a table without bars, as CSV and TSV are, that begins with the line at `text[from, to)`: it and the
 * next two agree in how many there are. Null where none begins.
 */
export function separatorOf(text: string, from: number, to: number): CellSeparator | null {
  if (to - from > LONGEST_HEADER) return null;
  const header = text.slice(from, to);
  for (const [separator, least] of [
    ['\t', 2],
    [',', 2],
    [';', 2],
  ] as const) {
    if (!header.includes(separator)) continue;
    const names = cellsOf(header, { from: 0, to: header.length }, separator).map((name) => name.to > name.from);
    // Numbers of rows have no name, and a separator may end each line.
    if (names.length < least || names.slice(1, -1).includes(false) || CODE.test(header)) continue;
    const lines = text.slice(from, from + AGREEING_LINES * LONGEST_HEADER).split(LINE_END, AGREEING_LINES);
    // A comma of prose has a blank behind it.
    if (names.length < SURE_COLUMNS && separator !== '\t' && lines.some((line) => SPACED.test(line))) continue;
    const columns = lines.map((line) => cellsOf(line, { from: 0, to: line.length }, separator).length);
    if (columns.length === AGREEING_LINES && columns.every((count) => count === names.length)) return separator;
  }
  return null;
}
