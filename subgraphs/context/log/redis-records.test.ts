import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, hashIn, markOf, RECORD_BYTES } from './redis-records.ts';
import type { EntryRow } from './schema.ts';

const row: EntryRow = {
  session: 0,
  position: 70_000,
  hash: Buffer.from('0123456789abcdef0123456789abcdef', 'hex'),
  digest: Buffer.from('fedcba9876543210fedcba9876543210', 'hex'),
  tokens: 4_294_967_295,
  role: 'document',
  kind: 'text',
  is_answer: 1,
  chat_tokens_before: 2 ** 40,
  turn: 0,
  facts: 69_999,
  item: 0,
};

describe('an entry at rest', () => {
  it('comes back as it was, whatever is absent', () => {
    for (const one of [
      row,
      { ...row, turn: null, facts: null, item: null, is_answer: 0, role: 'system', kind: 'chat' } as const,
    ]) {
      const record = encodeEntry('v:{a}', one);
      expect(record).toHaveLength(RECORD_BYTES);
      expect(decodeEntry('v:{a}', one.position, record)).toEqual(one);
      expect(hashIn(record)).toBe('0123456789abcdef0123456789abcdef');
    }
  });

  it('is refused with any bit flipped, at another place, in another session, and cut', () => {
    const record = encodeEntry('v:{a}', row);
    const damaged = expect.objectContaining({ code: 'STORAGE_CORRUPT', message: expect.stringContaining('position') });
    for (let bit = 0; bit < RECORD_BYTES * 8; bit++) {
      const flipped = Buffer.from(record);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decodeEntry('v:{a}', row.position, flipped)).toThrow(damaged);
    }
    expect(() => decodeEntry('v:{a}', row.position + 1, record)).toThrow(damaged);
    expect(() => decodeEntry('v:{b}', row.position, record)).toThrow(damaged);
    expect(() => decodeEntry('v:{a}', row.position, record.subarray(0, -1))).toThrow(damaged);
  });

  it('is marked for each selection that it belongs to', () => {
    expect(markOf({ role: 'user', kind: 'chat' })).toBe(1);
    expect(markOf({ role: 'assistant', kind: 'chat' })).toBe(3);
    expect(markOf({ role: 'system', kind: 'chat' })).toBe(5);
    expect(markOf({ role: 'assistant', kind: 'file' })).toBe(0);
    expect(markOf({ role: 'system', kind: 'file' })).toBe(4);
  });
});
