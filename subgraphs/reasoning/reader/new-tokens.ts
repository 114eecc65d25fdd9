import { termsOf } from '@supercontext/text/terms.ts';
import { type TypedToken, typedTokens } from './asked-type.ts';
import type { AskedTerms } from './question-terms.ts';

/** Has a capital letter, as names do, and names nobody: a pronoun at the start of a sentence, a day. */
const NOBODY_BY_NAME =
  /^(?:(?:some|any|every)(?:body|one)|nobody|none|one|i|you|he|she|it|we|they|who|whoever|jemand|niemand|man|ich|du|er|sie|wir|wer|quelqu[’']un|personne|on|je|tu|il|elle|nous|vous|ils|elles|alguien|nadie|él|ella|ellos)$|^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|June|July|August|September|October|November|December)\b/iu;

/** What looks as what is asked for and is not in the question. */
export function newTokens(text: string, { type, termSet }: Pick<AskedTerms, 'type' | 'termSet'>): TypedToken[] {
  if (type === null) return [];
  const tokens = typedTokens(type, text);
  // What says that a reason follows is none itself: its words do not matter.
  if (type === 'reason') return tokens;
  return tokens.filter((token) => {
    if (type === 'name' && NOBODY_BY_NAME.test(token.text)) return false;
    const terms = termsOf(token.text);
    return terms.length === 0 ? /\p{N}/u.test(token.text) : terms.some((term) => !termSet.has(term));
  });
}
