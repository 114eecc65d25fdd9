import { SHOWN_SHARE, shownShare, wordLine, wordsOf } from './shown.ts';

/** An answer of the platform, as far as it is judged. */
export interface GivenAnswer {
  readonly text: string;
  /** STATED, UNSURE or NOT_SAID; null of a model, which does not say. */
  readonly certainty: string | null;
  readonly citations: readonly JudgedCitation[];
}

export interface JudgedCitation {
  /** Of the item that it is from; null where that is not known. */
  readonly itemId: string | null;
  /** What was read of it. */
  readonly text: string;
  readonly quotes: readonly string[];
}

/** What is to be said. */
export interface WantedAnswer {
  readonly answer: string | null;
  readonly gold: readonly { readonly itemId: string; readonly text: string }[];
}

export const VERDICTS = ['right, stated', 'right, unsure', 'wrong but stated', 'wrong, unsure', 'refused'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A value of fewer words stands in many places by chance. */
const TELLING_WORDS = 4;
/** What was said before and no longer holds is told behind these words. */
const NO_LONGER = /\bSaid before:.*/g;
/** How models say that they do not know. */
const REFUSES =
  /\b(?:do(?:es)?|did|is|are|was)(?:\s+not|n['’]t)\s+(?:\w+\s+){0,2}(?:say|state|know|mention|contain|provide|specif|include|answer|available)|\bno\s+(?:information|mention|answer)\b|\b(?:cannot|can['’]t|unable to)\s+(?:\w+\s+)?(?:answer|find|determine|say|tell)/i;

/**
 * What an answer came to, by rules and nobody's opinion. It is right when it has at least 70 % of the words of what is wanted, in runs
 * of 8 or all in a row, and, where that is shorter than four words, cites a text of the same group as the gold; or when each gold
 * passage is said or a part of it that has what is wanted. A question without gold has no right answer.
 *
 * @param groupOf of an item's id: documents of one group say the same
 */
export function judge(wanted: WantedAnswer, given: GivenAnswer, groupOf: (id: string) => string): Verdict {
  if (given.certainty === 'NOT_SAID' || (given.certainty === null && REFUSES.test(given.text))) return 'refused';
  const isUnsure = given.certainty === 'UNSURE';
  if (isRight(wanted, given, groupOf)) return isUnsure ? 'right, unsure' : 'right, stated';
  return isUnsure ? 'wrong, unsure' : 'wrong but stated';
}

function isRight({ answer, gold }: WantedAnswer, given: GivenAnswer, groupOf: (id: string) => string): boolean {
  if (gold.length === 0) return false;
  const text = given.text.replace(NO_LONGER, '');
  // What is quoted in fewer words, without the marks of Markdown, is also taken as it stands there.
  const said = [text, ...given.citations.flatMap(({ quotes }) => quotes)];
  const cited = given.citations.flatMap(({ itemId }) => (itemId === null ? [] : [itemId]));
  const groups = new Set(cited.map(groupOf));
  const citesGold = gold.some(({ itemId }) => groups.has(groupOf(itemId)));
  if (answer !== null && shownShare(answer, [wordLine(text)]) >= SHOWN_SHARE) {
    if (citesGold || wordsOf(answer).length >= TELLING_WORDS) return true;
  }
  return gold.every((one) => cited.includes(one.itemId) && isSaid(one.text, said, answer));
}

/** Whether a passage is said, or a part of it that has what is wanted. */
function isSaid(passage: string, said: readonly string[], answer: string | null): boolean {
  const line = wordLine(passage);
  return said.some((one) => {
    const own = wordLine(one);
    if (shownShare(passage, [own]) >= SHOWN_SHARE) return true;
    if (wordsOf(one).length < 2 || !line.includes(own)) return false;
    return answer === null || !line.includes(wordLine(answer)) || own.includes(wordLine(answer));
  });
}

/** Whether what an answer cites has what is wanted: a gold passage, or the words of it. */
export function isCarried({ answer, gold }: WantedAnswer, { citations }: GivenAnswer): boolean {
  const lines = citations.map(({ text }) => wordLine(text));
  const has = (wanted: string) => shownShare(wanted, lines) >= SHOWN_SHARE;
  return gold.some(({ text }) => has(text)) || (answer !== null && has(answer));
}
