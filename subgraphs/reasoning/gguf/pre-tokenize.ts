/** How text falls into words before merging; named as GGUF files name it (`tokenizer.ggml.pre`). */
export type PreTokenizer = 'smollm' | 'gpt-2';

// `\s` would take U+FEFF for a blank and U+0085 for none; the vocabularies were trained with Unicode's own White_Space.
const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const DIGIT = /(\p{N})/u;

/**
 * Yields the words of `text` in order; joined they are the text. `smollm` is two-stage: every single digit is split off
 * first. One merged expression is tempting but wrong: two blanks before a digit would fall apart.
 */
export function* preTokenize(text: string, kind: PreTokenizer): Generator<string> {
  if (kind === 'gpt-2') {
    yield* words(text);
    return;
  }
  for (const part of text.split(DIGIT)) {
    if (part !== '') yield* words(part);
  }
}

function* words(text: string): Generator<string> {
  for (const match of text.matchAll(WORD)) yield match[0];
}
