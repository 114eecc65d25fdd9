import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessagePackWriter } from './message-pack.ts';

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.maxSafeInteger(),
    fc.integer(),
    fc.integer({ min: -300, max: 300 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 20 }),
  ),
})).value;

test('whatever a message is made of is written to the same bytes as by the library that reads it', () => {
  const writer = new MessagePackWriter();
  fc.assert(
    fc.property(value, (one) => Buffer.compare(writer.write(one), encode(one)) === 0),
    {
      numRuns: 2_000,
    },
  );
});

test('so it is on either side of every length and number at which the form changes', () => {
  const writer = new MessagePackWriter();
  const edges = [0x20, 0x80, 0x100, 0x8000, 0x1_0000, 0x8000_0000, 0x1_0000_0000, Number.MAX_SAFE_INTEGER];
  const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1, -edge - 1, -edge, 1 - edge]);
  const lengths = [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536, 300_000];
  const values = [
    ...near,
    ...[-0, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE],
    ...lengths.flatMap((length) => ['a'.repeat(length), '漢'.repeat(length), Array.from({ length }, () => null)]),
    'a',
  ];
  for (const one of values) expect(Buffer.compare(writer.write(one), encode(one))).toBe(0);
});

test('what a message cannot hold is refused', () => {
  const writer = new MessagePackWriter();
  for (const one of [undefined, {}, 1n, Symbol.iterator, () => 1, [new Date()]]) {
    expect(() => writer.write(one)).toThrow(TypeError);
  }
  expect(Buffer.compare(writer.write('next'), encode('next'))).toBe(0);
});
