import { sentenceEnd } from '@supercontext/text/sentences.ts';
import { trimmed } from '@supercontext/text/table-rows.ts';
import type { SourceUnit } from './source-unit.ts';

/** A line without the blanks around it. */
interface Line {
  readonly from: number;
  readonly to: number;
  /** Columns before it. */
  readonly indent: number;
}

/** Manual pages are printed with all but their headings indented so far. */
const BODY_INDENT = 5;
const LEAST_LINES = 4;
/** Of the lines without headings: how many are indented, and of these that have some words how many are written in words. */
const LEAST_SHARES = { indented: 0.75, wordy: 0.6 } as const;
const HEADING_INDENT = 3;
const LONGEST_HEADING = 72;
const LONGEST_TERM = 100;
/** A line that is so long goes on in the next one. */
const FULL_COLUMNS = 64;
const WORD = /^[("'“‘`[<*_]*[\p{L}\p{N}][\p{L}\p{M}\p{N}'’/.,-]*[)"'”’\]>*_]*[.,;:!?]*[)”"]?$/u;
/** What is longer is none, and takes the pattern long. */
const LONGEST_WORD = 48;
const LEAST_WORDS = 3;
const LEAST_WORD_SHARE = 0.7;
const FLAG = /^-{1,2}[\p{L}\p{N}?]/u;
const BULLET = /^(?:[•·*o-]|\(?\p{N}{1,3}[.)])\s+\S/u;
/** A name, and behind some blanks what it is. */
const DEFINED = /^(\S(?:.{0,38}\S)?)(\s{2,40})\S/u;
/** Markdown, programs and settings have these, manuals few. */
const NOT_ONE = /^(?:```|~~~|#{1,6}\s|[^\S\n]*[{}][^\S\n]*$|.*[;{][^\S\n]*$)/gmu;
const MOST_MARKED = 0.1;

/** Whether a passage is of a manual as programs print it: indented prose under headings that are not. Linear. */
export function isManualPage(text: string): boolean {
  const all = linesOf(text);
  const lines = all.filter(
    (line, at) => line !== null && !isFurniture(text, line) && !isHeading(text, all, at),
  ) as Line[];
  const indented = lines.filter(({ indent }) => indent >= BODY_INDENT);
  if (indented.length < LEAST_LINES || indented.length < LEAST_SHARES.indented * lines.length) return false;
  if ((text.match(NOT_ONE)?.length ?? 0) > MOST_MARKED * lines.length) return false;
  const told = indented
    .map(({ from, to }) => text.slice(from, to))
    .filter((line) => wordsOf(line).length >= LEAST_WORDS);
  return told.length >= LEAST_LINES && told.filter(isWordy).length >= LEAST_SHARES.wordy * told.length;
}

/**
 * Takes such a passage apart: headings, paragraphs by their sentences, and what is defined, a flag, a key, a value, with the first sentence
 * of its explanation in one unit, under which the others stand. Linear.
 */
export function readManualPage(text: string): SourceUnit[] {
  const lines = linesOf(text);
  const units: SourceUnit[] = [];
  for (let [at, block] = [0, 0]; at < lines.length; block++) {
    const first = lines[at];
    if (first == null || isFurniture(text, first)) {
      at++;
      continue;
    }
    if (isHeading(text, lines, at)) {
      units.push({ from: first.from, to: first.to, kind: 'heading', block, row: null });
      at++;
      continue;
    }
    const end = endOfParagraph(text, lines, at);
    const isDefined = isTerm(text, lines, at);
    for (const unit of unitsOf(text, lines.slice(at, end) as Line[], { block, isDefined })) units.push(unit);
    at = end;
  }
  return units;
}

function* unitsOf(
  text: string,
  lines: readonly Line[],
  { block, isDefined }: { readonly block: number; readonly isDefined: boolean },
): Generator<SourceUnit> {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return;
  const isItem = isDefined || BULLET.test(text.slice(first.from, first.to));
  const wordy = lines.filter(({ from, to }) => isWordy(text.slice(from, to))).length;
  if (!isItem && 2 * wordy < lines.length) {
    for (const { from, to } of lines) yield { from, to, kind: 'code', block, row: null };
    return;
  }
  let kind: SourceUnit['kind'] = isItem ? 'item' : 'prose';
  // What is defined is no sentence, whatever signs are in it.
  let said = isDefined ? saidFrom(text, first, lines[1]) : first.from;
  for (let from = first.from; from < last.to; ) {
    const end = sentenceEnd(text, said, last.to);
    const place = trimmed(text, from, end);
    if (place.to > place.from) yield { ...place, kind, block, row: null, isComplete: true };
    kind = 'prose';
    from = end;
    said = end;
  }
}

/** Where what is said of a name begins: behind it, or in the next line. */
function saidFrom(text: string, { from, to }: Line, under: Line | undefined): number {
  const [, name, gap] = DEFINED.exec(text.slice(from, to)) ?? [];
  if (name !== undefined && gap !== undefined) return from + name.length + gap.length;
  return under?.from ?? from;
}

/** Where the lines end that belong to the one at `at`: those under a name that it defines, or those of its paragraph. */
function endOfParagraph(text: string, lines: readonly (Line | null)[], at: number): number {
  const first = lines[at] as Line;
  const isDefinition = isTerm(text, lines, at);
  const under = lines[at + 1] ?? null;
  const isHanging = under !== null && under.indent > first.indent;
  const column = isHanging ? under.indent : first.indent;
  if (isDefinition && !isHanging) return at + 1;
  let end = at + 1;
  for (let line = lines[end] ?? null; line !== null && line.indent === column; line = lines[++end] ?? null) {
    if (isTerm(text, lines, end) || BULLET.test(text.slice(line.from, line.to))) break;
  }
  return end;
}

/** Whether a line names what it, or what is indented under it, explains. */
function isTerm(text: string, lines: readonly (Line | null)[], at: number): boolean {
  const line = lines[at] as Line;
  const own = text.slice(line.from, line.to);
  if (FLAG.test(own)) return true;
  const before = lines[at - 1] ?? null;
  const goesOn =
    before !== null && before.indent === line.indent && before.indent + before.to - before.from >= FULL_COLUMNS;
  if (goesOn || BULLET.test(own)) return false;
  const next = lines[at + 1] ?? null;
  const [, name, gap] = DEFINED.exec(own) ?? [];
  const column = name === undefined || gap === undefined ? -1 : line.indent + name.length + gap.length;
  if (next === null) return column !== -1 && !isWordy(own.slice(0, LONGEST_TERM / 4));
  if (next.indent === column) return true;
  return next.indent > line.indent + 1 && own.length <= LONGEST_TERM && !/[.:,;]$/u.test(own);
}

/** The lines at the top and at the foot of each page: "KILN(1)   Manual   KILN(1)". */
const LONGEST_NAME = 64;
const NAMES_PAGE = /\s{3,}\S+\(\p{N}\p{L}{0,4}\)$/u;

function isFurniture(text: string, { from, to, indent }: Line): boolean {
  return indent === 0 && NAMES_PAGE.test(text.slice(Math.max(from, to - LONGEST_NAME), to));
}

function isHeading(text: string, lines: readonly (Line | null)[], at: number): boolean {
  const { from, to, indent } = lines[at] as Line;
  if (indent > HEADING_INDENT || to - from > LONGEST_HEADING || /[.,;:]$/u.test(text.slice(from, to))) return false;
  const isAlone = at > 0 ? lines[at - 1] === null : indent === 0;
  const next = lines[at + 1] ?? lines[at + 2] ?? null;
  return isAlone && next !== null && next.indent > indent;
}

function isWordy(line: string): boolean {
  const words = wordsOf(line);
  return (
    words.length >= LEAST_WORDS &&
    words.filter((word) => word.length <= LONGEST_WORD && WORD.test(word)).length >= LEAST_WORD_SHARE * words.length
  );
}

function wordsOf(line: string): readonly string[] {
  return line.split(/\s+/u);
}

/** The lines; null for a blank one. */
function linesOf(text: string): readonly (Line | null)[] {
  const lines: (Line | null)[] = [];
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    const place = trimmed(text, from, end);
    lines.push(place.to > place.from ? { ...place, indent: columnsOf(text, from, place.from) } : null);
    from = end + 1;
  }
  return lines;
}

const TAB_COLUMNS = 8;

function columnsOf(text: string, from: number, to: number): number {
  let columns = 0;
  for (let at = from; at < to; at++) columns += text[at] === '\t' ? TAB_COLUMNS - (columns % TAB_COLUMNS) : 1;
  return columns;
}
