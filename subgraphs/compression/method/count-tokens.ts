import { countTokens as countWithO200k } from 'gpt-tokenizer/encoding/o200k_base';

/** Text that looks like a control token of some model is only text here. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** The number of o200k tokens of `text`. Meant for short texts: a word of many thousand letters costs the square of its length. */
export function countTokens(text: string): number {
  return countWithO200k(text, AS_TEXT);
}
