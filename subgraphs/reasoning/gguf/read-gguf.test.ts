import { ContractError } from '@supercontext/contract';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { bytesInMemory } from './byte-source.ts';
import { buildLlamaGraph } from './llama-graph.ts';
import { llamaShape } from './llama-shape.ts';
import { LlamaWeights } from './llama-weights.ts';
import { readGguf } from './read-gguf.ts';
import { type TinyLlama, tinyLlama } from './tiny-llama.ts';
import { Tokenizer } from './tokenizer.ts';
import { readVocabulary } from './vocabulary.ts';
import { writeGguf } from './write-gguf.ts';

const whole = writeGguf(tinyLlama());

/** Everything a model file goes through before it is loaded. */
function readWholly(bytes: Uint8Array): void {
  const source = bytesInMemory(bytes);
  const file = readGguf(source);
  const shape = llamaShape(file);
  new Tokenizer(readVocabulary(file.metadata));
  const sink = {
    location: 'nowhere',
    append: (_: string, data: Uint8Array) => ({ offsetBytes: 0, lengthBytes: data.byteLength }),
  };
  buildLlamaGraph(shape, new LlamaWeights(source, file, shape), { kind: 'step', precision: 'float', sink });
}

function refusal(bytes: Uint8Array): string {
  try {
    readWholly(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    if (error instanceof ContractError) {
      expect(error.code).toBe('MODEL_INVALID');
      return error.message;
    }
  }
  return 'accepted';
}

function changed(change: (model: TinyLlama) => void): Uint8Array {
  const model = tinyLlama();
  change(model);
  return writeGguf(model);
}

describe('a GGUF file', () => {
  test('that is whole is read, and every tensor lies inside it', () => {
    const { tensors, metadata } = readGguf(bytesInMemory(whole));
    expect(tensors.size).toBe(2 + 2 * 9);
    expect(metadata.get('general.architecture')).toBe('llama');
    for (const tensor of tensors.values())
      expect(tensor.offsetBytes + tensor.sizeBytes).toBeLessThanOrEqual(whole.length);
    expect(refusal(whole)).toBe('accepted');
  });

  test('cut off anywhere is refused with the place', () => {
    for (let length = 0; length < whole.length - 32; length += 97) {
      expect(refusal(whole.subarray(0, length))).toMatch(/ends|truncated|more than the rest|missing/);
    }
  });

  test('of another kind is refused by name', () => {
    expect(refusal(Buffer.from('PK\u0003\u0004 this is a zip file'))).toContain('not a GGUF file');
    const older = Uint8Array.from(whole);
    older[4] = 2;
    expect(refusal(older)).toContain('version 2');
    older.set([0, 0, 0, 3], 4);
    expect(refusal(older)).toContain('big-endian');
    expect(refusal(changed((model) => model.metadata.set('general.architecture', 'bert')))).toContain("'bert'");
  });

  test('with a hostile count is refused before anything is allocated', () => {
    for (const [at, what] of [
      [8, 'tensors'],
      [16, 'metadata entries'],
    ] as const) {
      const bytes = Buffer.from(whole);
      bytes.writeBigUInt64LE(2n ** 52n, at);
      expect(refusal(bytes)).toContain(what);
      bytes.writeBigUInt64LE(2n ** 63n, at);
      expect(refusal(bytes)).toContain('larger than any file');
    }
    const longKey = Buffer.from(whole);
    longKey.writeBigUInt64LE(2n ** 40n, 24);
    expect(refusal(longKey)).toContain('the key of metadata entry 0');
  });

  test.each<[string, (model: TinyLlama) => void, RegExp]>([
    [
      'an unknown tensor type',
      ({ tensors }) => replace(tensors, 1, { type: 23 }),
      /the type IQ4_XS \(23\); supported are F32/,
    ],
    ['a tensor twice', ({ tensors }) => replace(tensors, 1, { name: 'token_embd.weight' }), /appears twice/],
    ['a missing tensor', ({ tensors }) => void tensors.splice(3, 1), /attn_q.weight' is missing/],
    ['a tensor too many', ({ tensors }) => replace(tensors, 3, { name: 'mystery' }), /missing|mystery/],
    ['a wrong dimension', ({ tensors }) => replace(tensors, 3, { dimensions: [32, 128] }), /not \[64, 64\]/],
    ['no dimension', ({ tensors }) => replace(tensors, 3, { dimensions: [] }), /0 dimensions/],
    ['an empty dimension', ({ tensors }) => replace(tensors, 3, { dimensions: [64, 0] }), /impossible dimension/],
    ['heads that do not fit', ({ metadata }) => void metadata.set('llama.attention.head_count_kv', 3), /evenly/],
    ['no layers', ({ metadata }) => void metadata.set('llama.block_count', 0), /block_count is 0/],
    ['a shape of text', ({ metadata }) => void metadata.set('llama.block_count', 'two'), /block_count is two/],
    ['rope scaling', ({ metadata }) => void metadata.set('llama.rope.scaling.type', 'yarn'), /'yarn'/],
    [
      'another tokenizer',
      ({ metadata }) => void metadata.set('tokenizer.ggml.model', 'bert'),
      /'bert'; supported are gpt2/,
    ],
    ['another pre-tokenizer', ({ metadata }) => void metadata.set('tokenizer.ggml.pre', 'mpt'), /'mpt'; supported/],
    ['no scores', ({ metadata }) => void metadata.set('tokenizer.ggml.model', 'llama'), /scores is missing/],
    ['a merge of nothing', ({ metadata }) => void metadata.set('tokenizer.ggml.merges', ['q z']), /merge 0/],
    ['a token beyond the end', ({ metadata }) => void metadata.set('tokenizer.ggml.eos_token_id', 9_999), /no token/],
    ['a bad alignment', ({ metadata }) => void metadata.set('general.alignment', 24), /power of two/],
  ])('with %s is refused', (_, change, message) => {
    expect(refusal(changed(change))).toMatch(message);
  });

  test('with a scale that is not finite is refused', () => {
    const bytes = changed(({ tensors }) => {
      const tensor = tensors[3];
      tensor?.bytes.set([0x00, 0x7c], 20 * 5);
    });
    expect(refusal(bytes)).toContain("tensor 'blk.0.attn_q.weight' has a block whose scale is not finite");
  });

  test('damaged at random is read or refused, never anything else', () => {
    const random = seededRandom(7);
    const headerBytes = whole.length - tinyLlama().tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const counts = { accepted: 0, refused: 0 };
    for (let trial = 0; trial < 1_500; trial++) {
      const bytes = Uint8Array.from(whole);
      const places = 1 + Math.floor(random() * 4);
      for (let place = 0; place < places; place++) {
        const at = Math.floor(random() * (random() < 0.9 ? headerBytes : bytes.length));
        const mask = random() < 0.3 ? 255 : 1 << Math.floor(random() * 8);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
      }
      counts[refusal(bytes) === 'accepted' ? 'accepted' : 'refused'] += 1;
    }
    expect(counts.refused).toBeGreaterThan(100);
    expect(counts.accepted).toBeGreaterThan(10);
  });
});

function replace(tensors: TinyLlama['tensors'], index: number, change: Partial<TinyLlama['tensors'][number]>): void {
  const tensor = tensors[index];
  if (tensor !== undefined) tensors[index] = { ...tensor, ...change };
}
