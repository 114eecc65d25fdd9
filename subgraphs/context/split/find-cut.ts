import { isBlank } from '@supercontext/text/characters.ts';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import { sentenceEnd } from '@supercontext/text/sentences.ts';

/** Where a text may be cut, the best first: what stands together should stay together. */
const HEADING = 6;
const SECTION = 5;
const PARAGRAPH = 4;
const FENCE_PARAGRAPH = 3;
const LINE = 2;
const NOWHERE = 0;

/** Whether a sentence ends shows in the word before and in what follows. */
const LOOK_AROUND = 16;
/** Most sentences are shorter: where one ends is looked for here first. */
const NEAR = 512;

const NEWLINE = 10;
const RETURN = 13;
const HASH = 35;

/** A scan over one text: what must be known at a cut to find the next. */
export interface Scan {
  readonly text: string;
  /** Inside a fenced code block at the current cut. */
  inFence: boolean;
  /** There is no line end from here … */
  searchedFrom: number;
  /** … until here: a text without line ends is searched once, not once a part. */
  nextLineEnd: number;
}

export function startScan(text: string): Scan {
  return { text, inFence: false, searchedFrom: 0, nextLineEnd: -1 };
}

function lineEndAfter(scan: Scan, from: number): number {
  if (from > scan.nextLineEnd || from < scan.searchedFrom) {
    const found = scan.text.indexOf('\n', from);
    scan.searchedFrom = from;
    scan.nextLineEnd = found === -1 ? scan.text.length : found;
  }
  return scan.nextLineEnd;
}

/**
 * The end of a part that begins at `start` and has from `minimum` to `maximum` characters: before a heading, after a
 * blank line, after a line, after a sentence, after a word, or, where there is none of these, between two characters.
 * Never between the halves of a surrogate pair or of a CRLF.
 */
export function findCut(scan: Scan, start: number, minimum: number, maximum: number): number {
  const { text } = scan;
  const limit = start + maximum;
  if (limit >= text.length) return text.length;
  let best = -1;
  let bestClass = NOWHERE;
  let fenceAtBest = scan.inFence;
  let inFence = scan.inFence;
  let lineStart = start;
  while (lineStart < limit) {
    const lineEnd = lineEndAfter(scan, lineStart);
    if (isFence(text, lineStart)) inFence = !inFence;
    const next = lineEnd + 1;
    if (next > limit) break;
    if (next - start >= minimum) {
      const found = boundaryClass(text, lineStart, lineEnd, next, inFence);
      if (found >= bestClass) {
        best = next;
        bestClass = found;
        fenceAtBest = inFence;
      }
      if (found === HEADING) break;
    }
    lineStart = next;
  }
  if (best === -1) return cutInLine(text, start, start + minimum, limit);
  scan.inFence = fenceAtBest;
  return best;
}

function isFence(text: string, lineStart: number): boolean {
  return text.startsWith('```', lineStart) || text.startsWith('~~~', lineStart);
}

/** How good a cut between the line [lineStart, lineEnd] and the next one is. */
function boundaryClass(text: string, lineStart: number, lineEnd: number, next: number, inFence: boolean): number {
  const isBlank = lineEnd === lineStart || (lineEnd === lineStart + 1 && text.charCodeAt(lineStart) === RETURN);
  if (inFence) return isBlank ? FENCE_PARAGRAPH : LINE;
  const first = text.charCodeAt(next);
  if (first === HASH && /^#{1,6}[ \t]/.test(text.slice(next, next + 8))) return HEADING;
  if (!isBlank) return LINE;
  // After a blank line, code that begins at the margin is a new declaration; a paragraph of prose is a new thought.
  return first > 32 ? SECTION : PARAGRAPH;
}

/**
 * The first rule is that of the first build and stays as it is, so that a text that was appended long ago is cut into the same
 * fragments today and stored once; sentences of other scripts are looked for where it finds none.
 */
function cutInLine(text: string, start: number, from: number, limit: number): number {
  for (let at = limit; at > from; at--) {
    if (endsPlainly(text, at)) return at;
  }
  const near = Math.max(from, limit - NEAR);
  const found = lastSentenceEnd(text, { start, from: near, limit }) ?? lastSentenceEnd(text, { start, from, limit });
  return found ?? safeCut(text, limit, from, start);
}

/** Whether . ! ? and a blank, or their like in Chinese, stand before `at`. */
function endsPlainly(text: string, at: number): boolean {
  const last = text.charCodeAt(at - 1);
  if (last === 0x3002 || last === 0xff01 || last === 0xff1f) return true;
  if (last !== 32 && last !== NEWLINE) return false;
  const mark = text.charCodeAt(at - 2);
  return mark === 46 || mark === 33 || mark === 63;
}

interface Stretch {
  readonly start: number;
  readonly from: number;
  readonly limit: number;
}

/** The last place in (from, limit] where a sentence ends, the blank behind it included. */
function lastSentenceEnd(text: string, { start, from, limit }: Stretch): number | null {
  let last: number | null = null;
  for (let at = Math.max(start, from - LOOK_AROUND); at < limit; ) {
    const end = sentenceEnd(text, at, Math.min(text.length, limit + LOOK_AROUND));
    const behind = isBlank(text.charCodeAt(end)) && !isReturn(text, end) ? end + 1 : end;
    if (behind > limit) break;
    if (behind > from) last = behind;
    at = end;
  }
  return last;
}

function isReturn(text: string, at: number): boolean {
  return text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) === NEWLINE;
}
