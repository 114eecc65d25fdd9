/** Ideographs: each is a word of its own. The blocks that BERT's own tokenizer names. */
const IDEOGRAPHS =
  /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
/** Control and format characters, unassigned ones and what stands for an unreadable one; tab and line ends are blanks. */
const REMOVED = /[\0\ufffd]|(?![\t\n\r])\p{C}/gu;
const ACCENTS = /\p{Mn}/gu;
/** Runs of what is neither blank nor punctuation, or one punctuation mark; ASCII's symbols are punctuation, too. */
const WORDS = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;

/**
 * The words of a text as BERT's uncased models see them: lower case, without accents, every punctuation mark and ideograph alone.
 * After the basic tokenizer of Devlin et al. (2018).
 */
export function basicWords(text: string): readonly string[] {
  const clean = text.replace(REMOVED, '').replace(IDEOGRAPHS, ' $& ');
  // Capital sigma is folded first: at the end of a word JavaScript would make another letter of it.
  const folded = clean.normalize('NFD').replace(ACCENTS, '').replaceAll('Σ', 'σ').toLowerCase();
  return folded.match(WORDS) ?? [];
}
