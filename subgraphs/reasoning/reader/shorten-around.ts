import { safeCut } from '@supercontext/text/safe-cut.ts';
import { newTokens } from './new-tokens.ts';
import type { AskedTerms } from './question-terms.ts';

const CUT = '…';
/** Blanks and marks of both ends. */
const MARKS_LENGTH = 4;
/** Of each term, as many places are looked at. */
const MOST_PLACES = 32;
/** Of a question of thousands of words, so many are looked for. */
const MOST_TERMS = 128;
/** A thing of the kind that is asked for counts as so many terms. */
const TOKEN_WEIGHT = 2;

const LONGEST_WORD = 64;

interface Wanted {
  readonly at: number;
  readonly end: number;
  /** Of one thing the places count once. */
  readonly what: string;
}

/**
 * A text of at most `length` UTF-16 units of `text`, where most of what is asked for stands, cut between words, with "…" where it is cut: from
 * its start, where nothing else has more.
 */
export function shortenAround(text: string, asked: AskedTerms, length: number): string {
  if (text.length <= length) return text;
  const room = length - MARKS_LENGTH;
  const from = startOfBest(wantedPlaces(text, asked), room, text.length);
  const start = from === 0 ? 0 : nextWord(text, from);
  const end = safeCut(text, start + room, start);
  return `${start === 0 ? '' : `${CUT} `}${text.slice(start, end).trim()}${end < text.length ? ` ${CUT}` : ''}`;
}

function wantedPlaces(text: string, asked: AskedTerms): Wanted[] {
  const lower = text.toLowerCase();
  const wanted: Wanted[] = [];
  for (const term of asked.termSet.values().take(MOST_TERMS)) {
    let at = lower.indexOf(term);
    for (let seen = 0; at !== -1 && seen < MOST_PLACES; seen++) {
      wanted.push({ at, end: at + term.length, what: term });
      at = lower.indexOf(term, at + term.length);
    }
  }
  for (const { at, text: token } of newTokens(text, asked)) wanted.push({ at, end: at + token.length, what: '' });
  return wanted.sort((one, other) => one.at - other.at);
}

/** Where a window of `room` begins that has most of what is wanted, in its middle. Linear in `wanted`. */
function startOfBest(wanted: readonly Wanted[], room: number, length: number): number {
  const counts = new Map<string, number>();
  const weightOf = (what: string) => (what === '' ? TOKEN_WEIGHT : 1);
  let [weight, best, first] = [0, 0, 0];
  let [bestFrom, bestTo] = [0, 0];
  for (const { end, what } of wanted) {
    const count = counts.get(what) ?? 0;
    counts.set(what, count + 1);
    if (count === 0) weight += weightOf(what);
    for (let left = wanted[first]; left !== undefined; left = wanted[++first]) {
      const rest = (counts.get(left.what) ?? 0) - 1;
      // What stands in it again is not needed at its start.
      if (end - left.at <= room && rest === 0) break;
      counts.set(left.what, rest);
      if (rest === 0) weight -= weightOf(left.what);
    }
    if (weight > best) [best, bestFrom, bestTo] = [weight, wanted[first]?.at ?? 0, end];
  }
  if (bestTo <= room) return 0;
  const middle = Math.floor((bestFrom + bestTo - room) / 2);
  return Math.max(0, Math.min(middle, length - room));
}

/** The next place at which a word begins; in a text without blanks the last one before. */
function nextWord(text: string, from: number): number {
  const blank = text.slice(from, from + LONGEST_WORD).search(/\s/);
  return blank === -1 ? safeCut(text, from, Math.max(0, from - LONGEST_WORD)) : from + blank + 1;
}
