import type { AskedType } from './asked-type.ts';
import type { AskedTerms } from './question-terms.ts';
import type { ScoredUnit } from './score-units.ts';

/** Kinds of things that look so much as they do that a quote without one answers at most a part. */
const MUST_STAND: ReadonlySet<AskedType> = new Set(['reason', 'version', 'date', 'port', 'status', 'signal']);
/** "When" is answered by what happens then, too. */
const SAYS_WHEN =
  /\b(?:when(?:ever)?|after|before|once|as\ssoon\sas|until|every|each|wenn|sobald|nachdem|bevor|quand|lorsqu[’']?e?|dès|après|avant|cuando|después|antes)\b/iu;
/** Nobody who is known: the answer to "who" is a name or what somebody is. */
const SOMEBODY =
  /(?<!\p{L})(?:somebody|someone|anybody|anyone|everybody|everyone|nobody|jemand|niemand|quelqu[’']un|alguien|nadie)(?!\p{L})|^\P{L}*(?:he|she|they|you|it|we|er|sie|man|wir|il|elle|on|ils|elles|nous|vous)\s/iu;
const ASKS_WHO = /^\s*(?:and\s|but\s)?(?:who|whom|whose|wer|wen|wem|qui|quién|chi|quem)\b/iu;
/** What was so until something changed. */
const ASKS_EARLIER =
  /\b(?:was|were|did|had|used\sto)\b.*\b(?:before|previously|formerly|originally|until\sthen|earlier)\b(?!\s+(?:the|a|an|it|he|she|they|we|you|i|\d)\b)|\bused\sto\s\p{L}+/iu;
const SAYS_EARLIER =
  /\b(?:was|were|had|before|previous(?:ly)?|former(?:ly)?|original(?:ly)?|earlier|used\sto|instead\sof|rather\sthan|no\slonger|until|old|from\s\S+\sto)\b/iu;

/** Whether a quote lacks what an answer to such a question has, however near it is: a reason, a person, what was before, a version. */
export function isUnfitToState(
  { unit, typed, typedHeading }: ScoredUnit,
  question: string,
  asked: AskedTerms,
): boolean {
  const isThere = typed > 0 || typedHeading !== null || (asked.type === 'date' && SAYS_WHEN.test(unit.text));
  if (asked.type !== null && MUST_STAND.has(asked.type) && !isThere) return true;
  if (ASKS_WHO.test(question) && typed === 0 && SOMEBODY.test(unit.text)) return true;
  return ASKS_EARLIER.test(question) && !SAYS_EARLIER.test(unit.text);
}
