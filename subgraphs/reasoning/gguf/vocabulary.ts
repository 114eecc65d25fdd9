import type { MetadataValue } from './gguf-metadata.ts';
import { modelInvalid } from './model-invalid.ts';
import type { PreTokenizer } from './pre-tokenize.ts';

/** Byte-level BPE. */
export interface MergedVocabulary {
  readonly kind: 'merged';
  readonly preTokenizer: PreTokenizer;
  /** Pairs of tokens in the order of their ranks, `left right`. */
  readonly merges: readonly string[];
  /** A word that is a token is that token, whatever its merges would make of it. */
  readonly takesWholeWords: boolean;
}

/** SentencePiece's BPE. */
export interface ScoredVocabulary {
  readonly kind: 'scored';
  /** One for each token: of two merges the one that makes the token with the higher score goes first. */
  readonly scores: readonly number[];
  /** A blank is put before a text. */
  readonly addsBlank: boolean;
}

/** What the model file says about its tokens. */
export interface Vocabulary {
  readonly pieces: MergedVocabulary | ScoredVocabulary;
  readonly tokens: readonly string[];
  /** Ids of tokens that stand for no text: roles, ends. */
  readonly control: readonly number[];
  /** Ids that are matched as a whole in trusted text: control and user-defined ones. */
  readonly special: readonly number[];
  /** Ids after which an answer is over. */
  readonly ends: readonly number[];
  /** Put before the first token of a prompt; undefined when the model wants none. */
  readonly start: number | undefined;
  /** Jinja source; undefined when the file has none. */
  readonly chatTemplate: string | undefined;
}

const CONTROL_TYPE = 3;
const USER_DEFINED_TYPE = 4;
const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ['smollm', 'smollm'],
  ['gpt-2', 'gpt-2'],
  ['default', 'gpt-2'],
  ['llama-bpe', 'llama-bpe'],
  ['llama3', 'llama-bpe'],
  ['llama-v3', 'llama-bpe'],
  ['qwen2', 'qwen2'],
  ['deepseek-r1-qwen', 'qwen2'],
]);
const END_KEYS = ['eos_token_id', 'eot_token_id', 'eom_token_id'];
const END_TOKENS = ['<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|eom_id|>', '<|end_of_text|>', '<|end|>', '</s>'];

/** Reads and checks the tokenizer's part of the metadata. Throws `MODEL_INVALID` for what is missing or not understood. */
export function readVocabulary(metadata: ReadonlyMap<string, MetadataValue>): Vocabulary {
  const pieces = readPieces(metadata);
  const tokens = strings(metadata, 'tokenizer.ggml.tokens');
  if (pieces.kind === 'scored' && pieces.scores.length !== tokens.length) {
    throw modelInvalid('tokenizer.ggml.scores has not one score for each token');
  }
  const types = metadata.get('tokenizer.ggml.token_type') ?? tokens.map(() => 1);
  if (!Array.isArray(types) || types.length !== tokens.length) {
    throw modelInvalid('tokenizer.ggml.token_type has not one type for each token');
  }
  const ofType = (...wanted: readonly number[]): number[] =>
    tokens.flatMap((_, index) => (wanted.includes(Number(types[index])) ? [index] : []));
  const control = ofType(CONTROL_TYPE);
  const template = metadata.get('tokenizer.chat_template');
  const startId = tokenId(metadata, 'bos_token_id', tokens.length);
  return {
    pieces,
    tokens,
    control,
    special: ofType(CONTROL_TYPE, USER_DEFINED_TYPE),
    ends: [
      ...new Set([
        ...END_KEYS.flatMap((key) => tokenId(metadata, key, tokens.length) ?? []),
        ...control.filter((id) => END_TOKENS.includes(tokens[id] ?? '')),
      ]),
    ],
    start: (metadata.get('tokenizer.ggml.add_bos_token') ?? wantsStart(pieces)) === true ? startId : undefined,
    chatTemplate: typeof template === 'string' ? template : undefined,
  };
}

function readPieces(metadata: ReadonlyMap<string, MetadataValue>): Vocabulary['pieces'] {
  const kind = metadata.get('tokenizer.ggml.model');
  if (kind === 'llama') {
    const scores = metadata.get('tokenizer.ggml.scores');
    if (!Array.isArray(scores)) throw modelInvalid('tokenizer.ggml.scores is missing');
    const numbers = scores.map((score: MetadataValue, index) => {
      if (typeof score !== 'number' || !Number.isFinite(score)) {
        throw modelInvalid(`tokenizer.ggml.scores[${index}] is no number`);
      }
      return score;
    });
    return { kind: 'scored', scores: numbers, addsBlank: metadata.get('tokenizer.ggml.add_space_prefix') !== false };
  }
  if (kind !== 'gpt2') {
    throw modelInvalid(
      `its tokenizer is '${String(kind)}'; supported are gpt2 (byte-level BPE) and llama (SentencePiece)`,
    );
  }
  const pre = metadata.get('tokenizer.ggml.pre') ?? 'default';
  const preTokenizer = typeof pre === 'string' ? PRE_TOKENIZERS.get(pre) : undefined;
  if (preTokenizer === undefined) {
    const known = [...PRE_TOKENIZERS.keys()].join(', ');
    throw modelInvalid(`its pre-tokenizer is '${String(pre)}'; supported are ${known}`);
  }
  const merges = strings(metadata, 'tokenizer.ggml.merges');
  return { kind: 'merged', preTokenizer, merges, takesWholeWords: preTokenizer === 'llama-bpe' };
}

/** Of a file that does not say: as llama.cpp holds it. */
function wantsStart(pieces: Vocabulary['pieces']): boolean {
  return pieces.kind === 'scored' || pieces.preTokenizer === 'llama-bpe';
}

function strings(metadata: ReadonlyMap<string, MetadataValue>, key: string): readonly string[] {
  const value = metadata.get(key);
  if (!Array.isArray(value) || value.length === 0) throw modelInvalid(`${key} is missing or empty`);
  return value.map((item: MetadataValue, index) => {
    if (typeof item !== 'string') throw modelInvalid(`${key}[${index}] is no string`);
    return item;
  });
}

function tokenId(metadata: ReadonlyMap<string, MetadataValue>, key: string, count: number): number | undefined {
  const value = metadata.get(`tokenizer.ggml.${key}`);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= count) {
    throw modelInvalid(`tokenizer.ggml.${key} is ${String(value)}, which is no token`);
  }
  return value;
}
