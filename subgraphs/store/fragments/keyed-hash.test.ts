import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedHash } from './keyed-hash.ts';

it('is HMAC-SHA-256, whatever the key and the contents, one after the other', () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), contents, (key, some) => {
      const keyed = new KeyedHash(key);
      for (const content of some) {
        expect(keyed.of(content).equals(createHmac('sha256', key).update(content).digest())).toBe(true);
      }
    }),
  );
});

it.each([0, 8_191, 8_192, 8_193, 1_048_576])('takes a content of %i bytes, and short ones after it', (length) => {
  const key = Buffer.from('of a tenant');
  const keyed = new KeyedHash(key);
  for (const content of [Buffer.alloc(length, 'ab'), Buffer.from('short')])
    expect(keyed.of(content)).toEqual(createHmac('sha256', key).update(content).digest());
});
