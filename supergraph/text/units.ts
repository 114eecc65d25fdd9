import { type Fence, fencesOf, roleOf } from './fences.ts';
import { type LineKind, lineKind } from './line-kinds.ts';
import { safeCut } from './safe-cut.ts';
import { sentenceEnd } from './sentences.ts';
import {
  type CellSeparator,
  cellsOf,
  isDelimiterRow,
  type Place,
  separatorOf,
  type TableHeader,
  type TableRow,
  trimmed,
} from './table-rows.ts';

/** A stretch of a text that can be quoted by itself, without the blanks around it; wrapped lines are in it as they stand. */
export interface Unit extends Place {
  readonly kind: 'heading' | 'prose' | 'item' | 'code' | 'row';
  /** Counts paragraphs, and lines that stand by themselves: units of one block go on in the same line. */
  readonly block: number;
  /** The table row that it is, or is a part of: parts of one row have the same. */
  readonly row: TableRow | null;
}

/** In UTF-16 units: a longer sentence, line or row is cut, where it parts no word and no drawn character. */
export const MAXIMUM_UNIT_LENGTH = 2_048;

/**
 * Takes a text apart, in order: headings, list items, table rows, lines of code, prose by sentences, wrapped lines put together.
 * Blank lines, fences and rules are in none; everything else is. Linear in the text.
 */
export function splitUnits(text: string): Unit[] {
  const reader = new UnitReader(text);
  for (let from = 0; from < text.length; ) from = reader.readLine(from);
  return reader.close();
}

/** The units with the parts of each long row put together: a row is read whole, by its cells. */
export function withWholeRows(units: readonly Unit[]): Unit[] {
  const whole: Unit[] = [];
  for (const unit of units) {
    const last = whole.at(-1);
    if (last !== undefined && unit.row !== null && last.row === unit.row)
      whole[whole.length - 1] = { ...last, to: unit.to };
    else whole.push(unit);
  }
  return whole;
}

/** What a unit says in one line: without the line ends of the wrapped text it stands in, and the marks of a quotation in it. */
export function inOneLine(text: string, { from, to }: Place): string {
  const own = text.slice(from, to);
  return own.includes('\n') || own.includes('\r') ? own.replace(WRAPPED, ' ') : own;
}

const WRAPPED = /(?<=\S)\s*[\n\r]\s*(?:>[> ]*)?/g;

/** A shorter line is not wrapped: what follows it begins anew, unless it begins with a small letter. */
const SHORTEST_WRAPPED = 40;
const NEW_START = /^[^\p{L}\p{N}]{0,3}[\p{Lu}\p{N}]/u;
/** A line of settings or of a log. */
const ENTRY = /^(?:[\p{L}\p{N}_.-]{1,40}(?: [=:]|:)\s|\[?\d{1,4}[-/:.]\d{1,2}[-/:.\s]|\[\p{Lu}+\])/u;
/** As much of a line as the patterns read. */
const HEAD_UNITS = 64;
const LONGEST_TITLE = 120;

interface Paragraph {
  readonly kind: 'prose' | 'item' | 'quote';
  readonly from: number;
  readonly to: number;
  /** Where its last line begins. */
  readonly lastFrom: number;
}

interface Table {
  readonly header: TableHeader | null;
  readonly separator: CellSeparator;
  readonly last: Place;
}

/** What a fence may name, or not name, around data without bars; in code, what looks like it is something else. */
const DATA = new Set([
  '',
  'csv',
  'tsv',
  'psv',
  'dsv',
  'data',
  'table',
  'text',
  'txt',
  'plain',
  'plaintext',
  'output',
  'console',
  'none',
]);

class UnitReader {
  readonly #text: string;
  readonly #units: Unit[] = [];
  #block = 0;
  #paragraph: Paragraph | null = null;
  #table: Table | null = null;
  readonly #fences: readonly Fence[];
  #nextFence = 0;
  /** The fence that is open. */
  #open: Fence | null = null;
  /** The next of each, looked for once. */
  #newline = -1;
  #return = -1;

  constructor(text: string) {
    this.#text = text;
    this.#fences = fencesOf(text);
  }

  close(): Unit[] {
    this.#closeParagraph();
    return this.#units;
  }

  /** Reads the line that begins at `from`; returns where the next one does. */
  readLine(from: number): number {
    const text = this.#text;
    const to = this.#lineEnd(from);
    const { from: start, to: end } = trimmed(text, from, to);
    if (!this.#readFence(from)) {
      if (this.#open === null) this.#readProse(from, start, end, to);
      else if (!this.#readTable(this.#open, from, to)) this.#takeCode(start, end);
    }
    return text.charCodeAt(to) === 13 && text.charCodeAt(to + 1) === 10 ? to + 2 : to + 1;
  }

  /** Whether the line that begins at `from` opens or closes a fence. */
  #readFence(from: number): boolean {
    while ((this.#fences[this.#nextFence]?.from ?? from) < from) this.#nextFence++;
    const fence = this.#fences[this.#nextFence];
    if (fence?.from !== from) return false;
    const role = roleOf(fence, this.#open?.marks ?? null, this.#fences[this.#nextFence + 1]);
    if (role === 'code') return false;
    this.#open = role === 'opens' ? fence : null;
    this.#closeParagraph();
    this.#table = null;
    return true;
  }

  #lineEnd(from: number): number {
    const text = this.#text;
    if (this.#newline < from) this.#newline = placeOf(text, '\n', from);
    if (this.#return < from) this.#return = placeOf(text, '\r', from);
    return Math.min(this.#newline, this.#return);
  }

  /** Within a fence: whether a line is one of a table, as programs print them and data has them. */
  #readTable({ name }: Fence, from: number, to: number): boolean {
    const { from: start, to: end } = trimmed(this.#text, from, to);
    const line = this.#text.slice(start, end);
    if (isDelimiterRow(line)) this.#takeHeader({ from: start, to: end });
    else if (line.startsWith('|')) this.#takeRow(from, to, '|');
    else if (this.#isRow('code', start, end)) this.#takeRow(from, to, this.#table?.separator ?? '|');
    else return DATA.has(name) && start === from && this.#beginsTable('text', from, to);
    return true;
  }

  #takeCode(start: number, end: number): void {
    this.#table = null;
    this.#takeLine('code', start, end);
  }

  /** A line outside of fences. */
  #readProse(from: number, start: number, end: number, to: number): void {
    const kind = lineKind(this.#text, { from, start, end });
    if (kind === 'rule') this.#takeRule(start, end);
    else if (this.#isRow(kind, start, end))
      this.#takeRow(from, to, kind === 'row' ? '|' : (this.#table?.separator ?? '|'));
    else {
      this.#table = null;
      if (kind === 'blank') this.#closeParagraph();
      else if (kind === 'code' && this.#beginsTable('text', from, to)) return;
      else if (kind === 'heading' || kind === 'code') this.#takeLine(kind, start, end);
      else if (kind === 'indented' && this.#paragraph?.kind !== 'item') this.#takeLine('code', start, end);
      else if (kind === 'item' || kind === 'quote') this.#takeProse(kind, start, end);
      else if (!this.#beginsTable(kind, from, to)) this.#takeProse('prose', start, end);
    }
  }

  #takeProse(kind: Paragraph['kind'], start: number, end: number): void {
    const open = this.#paragraph;
    if (open !== null && this.#goesOn(open, kind, start, end)) {
      this.#paragraph = { ...open, to: end, lastFrom: start };
    } else {
      this.#closeParagraph();
      this.#paragraph = { kind, from: start, to: end, lastFrom: start };
    }
    if (this.#text.charAt(end - 1) === ':') this.#closeParagraph();
  }

  /** Whether a line belongs to the paragraph before it. */
  #goesOn(open: Paragraph, kind: Paragraph['kind'], start: number, end: number): boolean {
    if (kind === 'item' || (kind === 'quote') !== (open.kind === 'quote')) return false;
    const head = this.#text.slice(start, Math.min(end, start + HEAD_UNITS));
    const isShort = open.to - open.lastFrom < SHORTEST_WRAPPED;
    if (ENTRY.test(head) && (isShort || ENTRY.test(this.#text.slice(open.lastFrom, open.lastFrom + HEAD_UNITS))))
      return false;
    return !isShort || !NEW_START.test(head);
  }

  #closeParagraph(): void {
    const open = this.#paragraph;
    this.#paragraph = null;
    if (open === null) return;
    let kind: Unit['kind'] = open.kind === 'item' ? 'item' : 'prose';
    for (let from = open.from; from < open.to; ) {
      const end = sentenceEnd(this.#text, from, open.to);
      this.#take(kind, from, end);
      kind = 'prose';
      from = end;
    }
    this.#block++;
  }

  #takeLine(kind: Unit['kind'], from: number, to: number, row: TableRow | null = null): void {
    this.#closeParagraph();
    this.#take(kind, from, to, row);
    this.#block++;
  }

  #take(kind: Unit['kind'], from: number, to: number, row: TableRow | null = null): void {
    const text = this.#text;
    const { from: first, to: end } = trimmed(text, from, to);
    const block = this.#block;
    let start = first;
    while (end - start > MAXIMUM_UNIT_LENGTH) {
      const cut = safeCut(text, start + MAXIMUM_UNIT_LENGTH, start);
      this.#units.push({ ...trimmed(text, start, cut), kind, block, row });
      start = trimmed(text, cut, end).from;
    }
    if (end > start) this.#units.push({ from: start, to: end, kind, block, row });
  }

  /** What underlines a title, or a table's header; else it divides. */
  #takeRule(start: number, end: number): void {
    const open = this.#paragraph;
    const line = this.#text.slice(start, end);
    if (isDelimiterRow(line)) {
      this.#takeDelimiter({ from: start, to: end });
      return;
    }
    if (line.includes('|') && this.#table !== null) return;
    if (open !== null && isTitle(open) && /^(?:=+|-{2,})$/.test(line)) {
      this.#paragraph = null;
      this.#takeLine('heading', open.from, open.to);
    } else this.#closeParagraph();
    if (!line.includes('|')) this.#table = null;
  }

  #takeDelimiter(rule: Place): void {
    const open = this.#paragraph;
    if (open !== null && this.#text.slice(open.lastFrom, open.to).includes('|')) {
      const header = { from: open.lastFrom, to: open.to };
      this.#paragraph = open.from === open.lastFrom ? null : { ...open, to: open.lastFrom };
      this.#takeRow(header.from, header.to, '|');
    }
    this.#closeParagraph();
    this.#takeHeader(rule);
  }

  /** Whether a line is a row: by its bar, or as the next of a table. */
  #isRow(kind: LineKind, start: number, end: number): boolean {
    if (kind === 'row') return true;
    if (this.#table === null || (kind !== 'text' && kind !== 'code' && kind !== 'indented')) return false;
    const { header, separator } = this.#table;
    return header !== null && this.#text.slice(start, end).includes(separator);
  }

  /** Of a table without bars, whose first line names its columns. */
  #beginsTable(kind: LineKind, from: number, to: number): boolean {
    if (kind !== 'text' || this.#paragraph !== null) return false;
    const separator = separatorOf(this.#text, from, to);
    if (separator === null) return false;
    this.#takeRow(from, to, separator);
    this.#takeHeader(null);
    return true;
  }

  #takeRow(from: number, to: number, separator: CellSeparator): void {
    const header = this.#table?.separator === separator ? this.#table.header : null;
    this.#takeLine('row', from, to, { from, to, header, separator });
    this.#table = { header, separator, last: { from, to } };
  }

  /** The last row names the columns of those that follow, unless another does. */
  #takeHeader(rule: Place | null): void {
    const table = this.#table;
    if (table === null || table.header !== null) return;
    const names = cellsOf(this.#text, table.last, table.separator);
    this.#table = { ...table, header: { ...table.last, rule, names } };
  }
}

function placeOf(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found === -1 ? text.length : found;
}

function isTitle({ kind, from, to, lastFrom }: Paragraph): boolean {
  return kind === 'prose' && from === lastFrom && to - from <= LONGEST_TITLE;
}
