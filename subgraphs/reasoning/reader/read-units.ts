import type { Place, TableRow } from '@supercontext/text/table-rows.ts';
import { inOneLine, type Unit } from '@supercontext/text/units.ts';
import { plainWords, withoutHyphenation } from './plain-words.ts';
import type { Heading, ReadingUnit } from './reading-unit.ts';
import type { SourceUnit } from './source-unit.ts';
import { sourceUnits } from './source-units.ts';
import { isGridWithoutNames, tellRow } from './tell-row.ts';

/** A passage is read as far as this, in UTF-16 units: what the platform cuts is far shorter, and an event loop waits meanwhile. */
export const MAXIMUM_PASSAGE_LENGTH = 32_768;

const MAXIMUM_HEADING_LENGTH = 200;
const MAXIMUM_PARENT_LENGTH = 300;
/** A comment goes on over this many lines, or units. */
const MAXIMUM_JOINED_LENGTH = 600;
const COMMENT = /^(?:#(?!!|\w+\()|\/\/|;|--(?=\s)|\*(?=\s))\s*(?=\S)/u;
const FLAG = /^(?:-[A-Za-z0-9]\b,?\s*)?--?[A-Za-z][\w-]*/u;
const WORD = /[\p{L}\p{N}]/u;
const RELEASE = /^\[?v?\d+\.\d+/i;
const HALF_LEVEL = 0.5;
const MAXIMUM_PARENTS = 3;
/** What is asked in a text is answered by what follows, so many units at most. */
const MOST_ANSWERING = 12;

/**
 * Takes a passage apart into what can be quoted of it, each with what it is read under. A comment of configuration is read with the line
 * below it, a flag with its explanation, a row by the names of its columns. Linear in the passage, of which no more than
 * `MAXIMUM_PASSAGE_LENGTH` is read.
 */
export function readUnits(passage: string): ReadingUnit[] {
  const own = passage.length > MAXIMUM_PASSAGE_LENGTH ? passage.slice(0, MAXIMUM_PASSAGE_LENGTH) : passage;
  const { text, units } = sourceUnits(own);
  const reader = new Reader(text);
  for (const unit of units) reader.take(unit);
  return text === own ? reader.units : reader.units.map((unit) => withoutMarks(unit, text, own));
}

/** What a unit has of the passage: marks of Markdown that its text was given stand in none. */
function withoutMarks(unit: ReadingUnit, text: string, passage: string): ReadingUnit {
  let { from } = unit;
  while (from < unit.to && (text[from] !== passage[from] || /\s/.test(text[from] as string))) from++;
  return { ...unit, from };
}

interface Level<Value> {
  readonly level: number;
  readonly value: Value;
}

interface OpenUnit {
  readonly kind: 'comment' | 'flag';
  readonly column: number;
}

type MutableUnit = { -readonly [Key in keyof ReadingUnit]: ReadingUnit[Key] };

class Reader {
  readonly units: MutableUnit[] = [];
  readonly #text: string;
  #block = 0;
  #lastBlock = -1;
  #lastEnd = 0;
  /** Where the line of the last unit begins, and how far line ends have been looked for. */
  #lineStart = 0;
  #passedTo = 0;
  #headings: Level<Heading>[] = [];
  /** Items or lines of code by how far they are indented. */
  #parents: Level<string>[] = [];
  /** A sentence that ends with a colon, until what it announces has ended. */
  #announced: string | null = null;
  #first: string | null = null;
  /** The last unit, while the next line may still belong to it. */
  #open: OpenUnit | null = null;
  /** By where the first row of a table begins, whether it is a grid without names. */
  readonly #grids = new Map<number, boolean>();
  /** What the unit that is being read stands under, where its place does not show it. */
  #under: string | null = null;
  /** The question that was asked last, until there is a heading, and how many units have followed it. */
  #asked: string | null = null;
  #answering = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(unit: SourceUnit): void {
    this.#under = unit.under ?? null;
    if (unit.isNewPart === true) this.#leave();
    this.#lineStart = this.#startOfLine(unit.from);
    if (unit.saidOfSetting !== undefined) this.#takeSetting(unit, unit.saidOfSetting);
    else if (unit.kind === 'heading') this.#takeHeading(unit);
    else if (unit.kind === 'row') this.#takeRow(unit);
    else if (unit.kind === 'code') this.#takeCode(unit);
    else this.#takeProse(unit);
    this.#lastEnd = unit.to;
    this.#noteQuestion();
  }

  /** Pages of questions and answers: what is asked is said of no answer, which is read under it. */
  #noteQuestion(): void {
    const last = this.units.at(-1);
    if (last === undefined || last.to !== this.#lastEnd || last.kind === 'heading' || last.kind === 'code') return;
    if (last.text.endsWith('?') && last.text.length <= MAXIMUM_PARENT_LENGTH) {
      this.#asked = last.text;
      this.#answering = 0;
    } else if (++this.#answering >= MOST_ANSWERING) this.#asked = null;
  }

  /** Of the line at `to`, looked for from the start of the last unit on: each of thousands in one line would go through all of it. */
  #startOfLine(to: number): number {
    const passed = this.#text.slice(this.#passedTo, to);
    const end = Math.max(passed.lastIndexOf('\n'), passed.lastIndexOf('\r'));
    const start = end === -1 ? this.#lineStart : this.#passedTo + end + 1;
    this.#passedTo = to;
    return start;
  }

  #takeHeading(unit: Unit): void {
    const own = this.#text.slice(unit.from, unit.to);
    const marks = /^#{1,6}/.exec(own)?.[0].length;
    const underline = /^[^\S\n]*\r?\n\s*(=|-)/.exec(this.#text.slice(unit.to, unit.to + 8))?.[1];
    const text = plainWords(own.replace(/^#+\s*|\s*#+$/g, '')).slice(0, MAXIMUM_HEADING_LENGTH);
    const written = marks ?? (underline === '=' ? 1 : 2);
    const level = this.#isUnderRelease(written, text) ? written + HALF_LEVEL : written;
    this.#headings = this.#headings.filter((one) => one.level < level);
    this.#leave();
    this.#push(unit, text);
    this.#headings.push({ level, value: { from: unit.from, to: unit.to, text } });
    this.#begin();
  }

  /** Logs of changes have releases and their parts, "Bug Fixes", on one level. */
  #isUnderRelease(level: number, text: string): boolean {
    const last = this.#headings.findLast((one) => one.level === level);
    return last !== undefined && RELEASE.test(last.value.text) && !RELEASE.test(text);
  }

  /** A setting says little without what it is for. */
  #takeSetting(unit: SourceUnit, said: Place | null): void {
    const line = this.#text
      .slice(unit.from, unit.to)
      .replace(/^\s*(?:[#;]+|\/\/)\s*/, '')
      .replaceAll(/\n\s*(?:[#;]+|\/\/)/g, ' ');
    this.#open = null;
    const isShort = said !== null && said.to - said.from <= MAXIMUM_PARENT_LENGTH;
    const isRead = this.#push(unit, isShort ? `${inOneLine(this.#text, said)} ${line}` : line);
    if (!isRead) return;
    if (isShort) this.#last.stretches = [said, unit];
    this.#last.isSetting = unit.isExample !== true;
  }

  #takeRow(unit: Unit): void {
    const row = unit.row as TableRow;
    const isNameless = this.#isOfGrid(row.header ?? row);
    this.#open = null;
    // The header says nothing by itself.
    if (row.header === null && !isNameless && this.#isHeader(row)) {
      this.#begin();
      return;
    }
    if (this.#lastBlock !== -1) this.#lastBlock = -1;
    const header = isNameless ? null : row.header;
    if (this.#push(unit, tellRow(this.#text, { ...row, header })) && header === null) this.#last.isNameless = true;
  }

  #isOfGrid(names: Place): boolean {
    let known = this.#grids.get(names.from);
    if (known === undefined) {
      known = isGridWithoutNames(this.#text, names);
      this.#grids.set(names.from, known);
    }
    return known;
  }

  #isHeader(row: TableRow): boolean {
    return (
      row.separator !== '|' || /^[^\S\n]*\r?\n(?:[\s|:+=-]*[-=]{2}|\|-\|)/.test(this.#text.slice(row.to, row.to + 24))
    );
  }

  #takeCode(unit: Unit): void {
    const { column, follows } = this.#placeOf(unit);
    const line = this.#text.slice(unit.from, unit.to);
    if (!follows) this.#begin();
    this.#parents = this.#parents.filter(({ level }) => level < column);
    if (this.#goesOn(line, column)) {
      this.#append(unit, line);
      this.#open = COMMENT.test(line) && this.#open?.kind === 'comment' ? this.#open : this.#openFlag();
      return;
    }
    const isComment = COMMENT.test(line);
    this.#push(unit, isComment ? line.replace(COMMENT, '') : line);
    this.#open = isComment ? { kind: 'comment', column } : FLAG.test(line) ? { kind: 'flag', column } : null;
    this.#parents.push({ level: column, value: plainWords(line).slice(0, MAXIMUM_PARENT_LENGTH) });
  }

  /** An explanation may take several lines; what a comment is about takes one. */
  #openFlag(): OpenUnit | null {
    return this.#open?.kind === 'flag' ? this.#open : null;
  }

  #goesOn(line: string, column: number): boolean {
    const last = this.units.at(-1);
    if (this.#open === null || last === undefined || last.text.length > MAXIMUM_JOINED_LENGTH) return false;
    if (this.#open.kind === 'comment') return column === this.#open.column;
    return column > this.#open.column && !FLAG.test(line);
  }

  get #last(): MutableUnit {
    return this.units.at(-1) as MutableUnit;
  }

  #append(unit: Unit, line: string): void {
    const last = this.#last;
    last.to = unit.to;
    last.text = withoutHyphenation(`${last.text} ${plainWords(line.replace(COMMENT, ''))}`);
  }

  #takeProse(unit: SourceUnit): void {
    const { column, follows } = this.#placeOf(unit);
    const own = inOneLine(this.#text, unit);
    const text = plainWords(unit.kind === 'item' ? own.replace(/^(?:[-*+•]|\d{1,3}[.)])\s+/u, '') : own);
    if (this.#open?.kind === 'flag' && column > this.#open.column && follows) {
      this.#append(unit, own);
      return;
    }
    if (unit.kind === 'item') this.#takeItem(unit, text, column);
    else if (unit.block === this.#lastBlock) this.#push(unit, text, this.#first);
    else {
      this.#begin();
      if (column === 0) {
        this.#parents = [];
        this.#announced = null;
      } else this.#parents = this.#parents.filter(({ level }) => level < column);
      this.#first = text;
      this.#push(unit, text);
    }
    this.#lastBlock = unit.block;
    this.#open = FLAG.test(text) && unit.isComplete !== true ? { kind: 'flag', column } : null;
    if (text.endsWith(':') && unit.kind === 'prose' && column === 0)
      this.#announced = text.slice(0, MAXIMUM_PARENT_LENGTH);
  }

  #takeItem(unit: Unit, text: string, column: number): void {
    this.#parents = this.#parents.filter(({ level }) => level < column);
    if (this.#parents.length === 0) this.#begin();
    this.#push(unit, text);
    this.#first = text;
    this.#parents.push({ level: column, value: text.slice(0, MAXIMUM_PARENT_LENGTH) });
  }

  /** How far its line is indented, and whether no blank line stands before it. */
  #placeOf(unit: Unit): { readonly column: number; readonly follows: boolean } {
    const between = this.#text.slice(this.#lastEnd, unit.from);
    return { column: unit.from - this.#lineStart, follows: !/\n[^\S\n]*\n/.test(between) };
  }

  /** Goes to another part of the text. */
  #leave(): void {
    this.#begin();
    this.#parents = [];
    this.#announced = null;
    this.#asked = null;
  }

  #begin(): void {
    this.#block++;
    this.#first = null;
    this.#open = null;
    this.#lastBlock = -1;
  }

  /** Whether there is anything to read in it. */
  #push(unit: Unit, said: string, first: string | null = null): boolean {
    const text = unit.kind === 'code' ? plainCode(said) : said;
    if (!WORD.test(text)) return false;
    const parents = this.#parents.slice(-MAXIMUM_PARENTS).map(({ value }) => value);
    if (this.#announced !== null) parents.unshift(this.#announced);
    if (this.#under !== null && this.#under !== '') parents.unshift(plainCode(this.#under));
    if (this.#asked !== null) parents.unshift(this.#asked);
    const { kind, from, to } = unit;
    const headings = this.#headings.map(({ value }) => value);
    this.units.push({ kind, from, to, text, block: this.#block, headings, parents, first });
    return true;
  }
}

function plainCode(line: string): string {
  return line.replaceAll(/\s+/g, ' ').trim();
}
