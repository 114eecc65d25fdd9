import { describe, expect, it } from 'vitest';
import { openValue, sealValue } from './checked-value.ts';

const damaged = expect.objectContaining({ code: 'STORAGE_CORRUPT', message: expect.stringContaining('f:{1}') });

describe('a checked value', () => {
  const value = Buffer.from([0, 1, 2, 250]);
  const sealed = sealValue('f:{1}', value);

  it('comes back as it was put', () => {
    expect(openValue('f:{1}', sealed)).toEqual(value);
    expect(openValue('f:{1}', sealValue('f:{1}', Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
  });

  it('is refused with any bit flipped, cut anywhere, longer than it was, and at another place', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openValue('f:{1}', flipped)).toThrow(damaged);
    }
    for (let end = 0; end < sealed.length; end++) {
      expect(() => openValue('f:{1}', sealed.subarray(0, end))).toThrow(damaged);
    }
    expect(() => openValue('f:{1}', Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow(damaged);
    expect(() => openValue('f:{1}', sealValue('f:{2}', value))).toThrow(damaged);
  });
});
