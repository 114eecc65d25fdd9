import { expect, it } from 'vitest';
import { rowChecksum, type Value } from './row-checksum.ts';

const long = (length: number, character = 'ä') => character.repeat(length);

it('is the same for the same values, whatever their lengths', () => {
  for (const length of [0, 1, 60, 1_300, 1_400, 4_100, 100_000]) {
    const values = () => [1, long(length), null, Buffer.alloc(length, 7), 2.5, 'end'];
    expect(rowChecksum('t', values())).toBe(rowChecksum('t', values()));
    expect(rowChecksum('t', values())).not.toBe(rowChecksum('u', values()));
  }
});

it('differs when a value changes, has another type or stands elsewhere', () => {
  const rows: Value[][] = [
    [],
    [null],
    [0],
    ['0'],
    [''],
    ['null'],
    [new Uint8Array(0)],
    [new Uint8Array([48])],
    [Buffer.from('0')[0] as number],
    ['ab', ''],
    ['a', 'b'],
    ['', 'ab'],
    [null, 0],
    [0, null],
    ['a\0b'],
    [1, 2, 3],
    [1, 23],
    [long(2_000), 'x'],
    [long(2_000, 'ö'), 'x'],
    [long(1_999), 'äx'],
    [new Uint8Array(5_000)],
    [new Uint8Array(5_001)],
    Array.from({ length: 600 }, (_, at) => at),
    Array.from({ length: 600 }, (_, at) => (at === 599 ? 0 : at)),
  ];
  const checksums = rows.map((values) => rowChecksum('t', values));
  // 48 as bytes and '0' as text have the same bytes, and yet not the same checksum.
  expect(new Set(checksums).size).toBe(rows.length);
});

it('differs after any flip of one bit', () => {
  const bytes = Buffer.from('an answer of the model, and what it cites');
  const before = rowChecksum('t', [1, bytes]);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(rowChecksum('t', [1, flipped])).not.toBe(before);
  }
});
