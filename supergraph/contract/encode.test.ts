import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { encode as pack } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import * as v1 from './golden/values-v1.ts';
import * as v2 from './golden/values-v2.ts';
import * as contract from './index.ts';
import { ContractError } from './index.ts';
import { FROM_V1 } from './v2.ts';

interface Codec {
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

interface Sample {
  readonly name: string;
  /** What the bytes are today. */
  readonly value: unknown;
  readonly codec: Codec;
}

const GOLDEN = join(import.meta.dirname, 'golden');
const CODECS = {
  delta: { encode: contract.encodeDelta, decode: contract.decodeDelta },
  fragment: { encode: contract.encodeFragment, decode: contract.decodeFragment },
  summary: { encode: contract.encodeSummary, decode: contract.decodeSummary },
  workingSet: { encode: contract.encodeWorkingSet, decode: contract.decodeWorkingSet },
  tokenEvent: { encode: contract.encodeTokenEvent, decode: contract.decodeTokenEvent },
} as const;

function samplesOf<Value>(
  version: number,
  codec: Codec,
  values: Readonly<Record<string, Value>>,
  today: (value: Value) => unknown = (value) => value,
): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ name: `${name}.v${version}`, value: today(value), codec }));
}

/** Of messages that are no longer written in this version. */
const earlier = [
  ...samplesOf(1, CODECS.delta, v1.DELTAS, FROM_V1.delta),
  ...samplesOf(1, CODECS.workingSet, v1.WORKING_SETS, FROM_V1.workingSet),
  ...samplesOf(1, CODECS.tokenEvent, v1.TOKEN_EVENTS, FROM_V1.tokenEvent),
];
const latest = [
  ...samplesOf(1, CODECS.fragment, v1.FRAGMENTS),
  ...samplesOf(1, CODECS.summary, v1.SUMMARIES),
  ...samplesOf(2, CODECS.delta, v2.DELTAS),
  ...samplesOf(2, CODECS.workingSet, v2.WORKING_SETS),
  ...samplesOf(2, CODECS.tokenEvent, v2.TOKEN_EVENTS),
];
const samples = [...earlier, ...latest];
const golden = (name: string) => new Uint8Array(readFileSync(join(GOLDEN, `${name}.bin`)));

/** A small generator with a seed, so that a failing mutation can be made again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
    return 'decoded';
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return error.code;
  }
}

describe('the golden bytes', () => {
  it.each(samples)('of $name decode to their value', ({ name, value, codec }) => {
    expect(codec.decode(golden(name))).toEqual(value);
  });

  it.each(latest)('of $name are what its value encodes to', ({ name, value, codec }) => {
    const bytes = golden(name);
    // What a compressor makes of a payload is its own affair; the payload is ours.
    if (bytes[1] === 0) expect(codec.encode(value as never)).toEqual(bytes);
    else expect(codec.decode(codec.encode(value as never))).toEqual(value);
  });

  it('are all accounted for', () => {
    const files = readdirSync(GOLDEN).filter((file) => file.endsWith('.bin'));
    expect(files.sort()).toEqual(samples.map(({ name }) => `${name}.bin`).sort());
  });
});

describe('decoding', () => {
  it('survives 100 000 mutations of golden bytes with a contract error or a value, and nothing else', () => {
    const random = randomFrom(20_261_124);
    const originals = samples.map(({ name, codec }) => ({ bytes: golden(name), codec }));
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 100_000; round++) {
      const original = originals[round % originals.length];
      if (original === undefined) continue;
      const code = codeOf(() => original.codec.decode(mutate(original.bytes, random)));
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['CONTRACT_VERSION_UNKNOWN', 'MESSAGE_MALFORMED', 'decoded']);
  }, 60_000);

  it('refuses an unknown version before it looks at anything else, and says which it knows', () => {
    for (const version of [0, 2, 255]) {
      try {
        contract.decodeFragment(new Uint8Array([version, 99, 1, 2, 3]));
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONTRACT_VERSION_UNKNOWN', details: { from: 1, through: 1 } });
      }
    }
    expect(() => contract.decodeWorkingSet(new Uint8Array([3, 0]))).toThrow(
      expect.objectContaining({ code: 'CONTRACT_VERSION_UNKNOWN', details: { from: 1, through: 2 } }),
    );
  });

  it('takes the fields of one version for those of no other', () => {
    const [delta, event] = [golden('delta.v1').with(0, 2), golden('event-evidence-chosen.v2').with(0, 1)];
    expect(codeOf(() => contract.decodeDelta(delta))).toBe('MESSAGE_MALFORMED');
    expect(codeOf(() => contract.decodeTokenEvent(event))).toBe('MESSAGE_MALFORMED');
  });

  it.each([8_640_000_000_000_001, -8_640_000_000_000_001, 0.5])(
    'takes no moment for one that no date can hold: %s',
    (at) => {
      const item = { kind: 'text', title: null, text: 'x', occurredAtMs: at, metadata: null } as const;
      const bytes = contract.encodeDelta({ ...(v2.DELTAS.delta as contract.Delta), items: [item] });
      expect(() => contract.decodeDelta(bytes)).toThrow(/occurredAtMs/);
    },
  );

  it('refuses a message of another kind, trailing bytes and an unknown codec', () => {
    expect(codeOf(() => contract.decodeSummary(golden('fragment.v1')))).toBe('MESSAGE_MALFORMED');
    expect(codeOf(() => contract.decodeFragment(new Uint8Array([...golden('fragment.v1'), 0])))).toBe(
      'MESSAGE_MALFORMED',
    );
    expect(codeOf(() => contract.decodeFragment(golden('fragment.v1').with(1, 7)))).toBe('MESSAGE_MALFORMED');
    expect(codeOf(() => contract.decodeFragment(new Uint8Array()))).toBe('MESSAGE_MALFORMED');
  });

  it('names the field that is wrong', () => {
    const bytes = new Uint8Array([1, 0, ...pack([1, [1, 4, [0, 'x'], 'text', -5, 'o200k']])]);
    expect(() => contract.decodeFragment(bytes)).toThrow(/fragment\.tokens/);
  });

  it('does not let a small bomb grow', () => {
    const bomb = zstdCompressSync(new Uint8Array(256 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(64 * 1024);
    expect(codeOf(() => contract.decodeFragment(new Uint8Array([1, 1, ...bomb])))).toBe('MESSAGE_MALFORMED');
  });
});

describe('a message of nothing but heads of lists', () => {
  it.each([
    ['long', Uint8Array.from({ length: 10_000 }, (_, at) => [0xdd, 0, 0x10, 0, 0][at % 5] ?? 0)],
    ['deep', new Uint8Array(1_000_000).fill(0x91)],
  ])('is refused before room is made for it when they are %s', (_how, heads) => {
    const before = process.memoryUsage().rss;
    expect(codeOf(() => contract.decodeFragment(new Uint8Array([1, 0, ...heads])))).toBe('MESSAGE_MALFORMED');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('text', () => {
  it.each(['\ufeffbyte order mark first', `\ufeff${'long '.repeat(100)}\ufeff`, 'a\ufeffb', '', '😀'.repeat(300)])(
    'comes back character for character: %j',
    (text) => {
      const [fragment] = Object.values(v1.FRAGMENTS);
      if (fragment === undefined) throw new Error('no sample');
      expect(contract.decodeFragment(contract.encodeFragment({ ...fragment, text })).text).toBe(text);
    },
  );
});

describe('the canonical bytes of a fragment', () => {
  const fragment = contract.decodeFragment(golden('fragment-compressed.v1'));

  it('are the same however it is stored', () => {
    const stored = contract.encodeFragment(fragment);
    expect(stored[1]).toBe(1);
    expect(contract.canonicalFragment(contract.decodeFragment(stored))).toEqual(contract.canonicalFragment(fragment));
  });

  it('differ when any field does', () => {
    const others = [
      { ...fragment, text: `${fragment.text} ` },
      { ...fragment, role: 'user' as const },
      { ...fragment, source: { kind: 'chat' as const, name: '' } },
      { ...fragment, tokens: contract.tokens(fragment.tokens + 1) },
    ];
    const all = [fragment, ...others].map((one) => Buffer.from(contract.canonicalFragment(one)).toString('hex'));
    expect(new Set(all).size).toBe(all.length);
  });
});

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const kind = random();
  if (kind < 0.15) return copy.subarray(0, Math.floor(random() * copy.length));
  if (kind < 0.3) return Uint8Array.from([...copy, ...copy.subarray(0, Math.floor(random() * 16))]);
  for (let change = 0; change <= random() * 4; change++)
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return copy;
}
