import { isStopWord } from '@supercontext/text/stop-words.ts';

/** What a summary must not lose or twist: `#` a number, `@` a name, `!` a negation with the word it denies. */
export type Fact = `${'#' | '@' | '!'}${string}`;

/** A number with its inner points and separators, or a word with its inner dots, dashes, underscores and apostrophes. */
const TOKEN = /\p{N}+(?:[.,:]\p{N}+)*%?|[\p{L}_$][\p{L}\p{N}_$]*(?:['’.][\p{L}\p{N}_$]+)*/gu;
const NEGATION = /^(?:not|no|never|none|nor|neither|cannot|without|nothing|nobody|non)$|n['’]t$/i;
const LIST_NUMBER = /^\s*\d{1,3}[.)]\s/;

/** The facts of one unit of text, in order, with repetitions. A capital at the start of the unit alone makes no name. */
export function findFacts(text: string): Fact[] {
  const facts: Fact[] = [];
  const listNumber = LIST_NUMBER.test(text);
  let denies = false;
  let first = true;
  for (const token of text.match(TOKEN) ?? []) {
    const code = token.charCodeAt(0);
    if (code >= 48 && code <= 57) {
      if (!(first && listNumber)) facts.push(`#${token.replace(/(?<=\d),(?=\d{3})/g, '')}`);
    } else if (NEGATION.test(token)) {
      denies = true;
    } else {
      if (isName(token, first)) facts.push(`@${token}`);
      if (denies && !isStopWord(token)) {
        facts.push(`!${token.toLowerCase()}`);
        denies = false;
      }
    }
    first = false;
  }
  if (denies) facts.push('!');
  return facts;
}

/** A proper name, or an identifier with a capital, digit or underscore inside. */
function isName(token: string, isFirst: boolean): boolean {
  if (token.length < 2) return false;
  if (/[\p{Ll}\p{N}_$.][\p{Lu}_$]|^\p{Lu}{2}|\p{L}\p{N}/u.test(token)) return true;
  return !isFirst && /^\p{Lu}/u.test(token) && !isStopWord(token);
}
