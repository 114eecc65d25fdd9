import { sentenceEnd } from '@supercontext/text/sentences.ts';
import { trimmed } from '@supercontext/text/table-rows.ts';
import type { Unit } from '@supercontext/text/units.ts';

/** A shorter line is not wrapped. */
const SHORTEST_WRAPPED = 32;
const LEAST_WORDS = 5;
const WORD = /^[("'“‘[]?[\p{L}\p{N}][\p{L}\p{M}'’/.-]*[)"'”’\]]?[.,;:!?]?\)?$/u;
const LEAST_SHARE = 0.75;
const ENDS_CODE = /[;{}=[(]$/;
const ENDS_LINE = /[.:!?]$/;
/** Begins an item, a flag, a comment, a tag or a line of a program. */
const BEGINS_ANEW = /^(?:[-*+•#<>|$@{}[\]/]|\d{1,3}[.)]\s)/;

/** With lines that are wrapped as prose and look like those of a program, being indented or beginning with a number, put together and read by sentences. Linear in the units' text. */
export function joinWrapped(text: string, units: readonly Unit[]): Unit[] {
  const joined: Unit[] = [];
  for (let at = 0; at < units.length; ) {
    const first = units[at] as Unit;
    let last = at;
    while (goesOn(text, units[last] as Unit, units[last + 1])) last++;
    if (last === at) joined.push(first);
    else for (const unit of sentencesOf(text, first, units[last] as Unit)) joined.push(unit);
    at = last + 1;
  }
  return joined;
}

function goesOn(text: string, unit: Unit, next: Unit | undefined): boolean {
  if (next === undefined || !(isCode(unit, next) || isCode(next, unit))) return false;
  const between = text.slice(unit.to, next.from);
  if (!/^[^\S\n]*\r?\n[^\S\n]*$/.test(between)) return false;
  const start = text.lastIndexOf('\n', unit.to - 1) + 1;
  const line = text.slice(start, unit.to);
  const other = firstLine(text, next);
  const indent = line.length - line.trimStart().length;
  if (line.length - indent < SHORTEST_WRAPPED || indent !== between.length - between.indexOf('\n') - 1) return false;
  if (ENDS_LINE.test(line) && (unit.kind === 'prose' || next.to - next.from < SHORTEST_WRAPPED)) return false;
  return isProse(line.trimStart(), LEAST_WORDS) && !BEGINS_ANEW.test(other) && isProse(other, 1);
}

/** A line that is taken for one of a program, beside another or beside a sentence. */
function isCode(one: Unit, other: Unit): boolean {
  return one.kind === 'code' && (other.kind === 'code' || other.kind === 'prose');
}

function firstLine(text: string, { from, to }: Unit): string {
  const end = text.indexOf('\n', from);
  return text.slice(from, end === -1 ? to : Math.min(end, to)).trimEnd();
}

function isProse(line: string, leastWords: number): boolean {
  if (ENDS_CODE.test(line)) return false;
  const words = line.split(/\s+/);
  return words.length >= leastWords && words.filter((word) => WORD.test(word)).length >= LEAST_SHARE * words.length;
}

function* sentencesOf(text: string, { from: start, block }: Unit, { to }: Unit): Generator<Unit> {
  for (let from = start; from < to; ) {
    const end = sentenceEnd(text, from, to);
    const place = trimmed(text, from, end);
    if (place.to > place.from) yield { ...place, kind: 'prose', block, row: null };
    from = end;
  }
}
