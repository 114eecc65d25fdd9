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

/** With lines that are indented and wrapped as prose put together and read by sentences, as a page of a manual has them. Linear in the units' text. */
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

function goesOn(text: string, line: Unit, next: Unit | undefined): boolean {
  if (line.kind !== 'code' || next?.kind !== 'code' || line.to - line.from < SHORTEST_WRAPPED) return false;
  const between = text.slice(line.to, next.from);
  if (
    !/^[^\S\n]*\r?\n[^\S\n]*$/.test(between) ||
    columnOf(text, line.from) !== between.length - between.indexOf('\n') - 1
  )
    return false;
  const [own, other] = [text.slice(line.from, line.to), text.slice(next.from, next.to)];
  if (ENDS_LINE.test(own) && next.to - next.from < SHORTEST_WRAPPED) return false;
  return isProse(own, LEAST_WORDS) && !BEGINS_ANEW.test(other) && isProse(other, 1);
}

function columnOf(text: string, at: number): number {
  return at - text.lastIndexOf('\n', at - 1) - 1;
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
