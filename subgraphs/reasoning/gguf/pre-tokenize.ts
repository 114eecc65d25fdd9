/** How text falls into words before merging; named as GGUF files name it (`tokenizer.ggml.pre`). */
export type PreTokenizer = 'smollm' | 'gpt-2' | 'llama-bpe' | 'qwen2';

// `\s` would take U+FEFF for a blank and U+0085 for none; the vocabularies were trained with Unicode's own White_Space.
const GPT2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const LLAMA3 =
  /'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const QWEN2 = new RegExp(LLAMA3.source.replace('\\p{N}{1,3}', '\\p{N}'), 'gu');
const DIGIT = /(\p{N})/u;

const PATTERNS: Readonly<Record<PreTokenizer, RegExp>> = {
  smollm: GPT2,
  'gpt-2': GPT2,
  'llama-bpe': LLAMA3,
  qwen2: QWEN2,
};

/**
 * Yields the words of `text` in order; joined they are the text. `smollm` is two-stage: every single digit is split off
 * first. One merged expression is tempting but wrong: two blanks before a digit would fall apart.
 */
export function* preTokenize(text: string, kind: PreTokenizer): Generator<string> {
  if (kind !== 'smollm') {
    yield* words(text, PATTERNS[kind]);
    return;
  }
  for (const part of text.split(DIGIT)) {
    if (part !== '') yield* words(part, GPT2);
  }
}

function* words(text: string, pattern: RegExp): Generator<string> {
  for (const match of text.matchAll(pattern)) yield match[0];
}
