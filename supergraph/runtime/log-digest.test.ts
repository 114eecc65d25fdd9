import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digestAfter, EMPTY_LOG_DIGEST } from './log-digest.ts';

const ONE = '0123456789abcdef0123456789abcdef';
const TWO = 'f'.repeat(32);

it('chains what stands before with the hash and the tokens of the entry', () => {
  const first = digestAfter(EMPTY_LOG_DIGEST, ONE, 258);
  const bytes = Buffer.from(`${'00'.repeat(16)}${ONE}00000102`, 'hex');
  expect(first.toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 32));
  const second = digestAfter(first, TWO, 1);
  const next = Buffer.concat([first, Buffer.from(`${TWO}00000001`, 'hex')]);
  expect(second.toString('hex')).toBe(createHash('sha256').update(next).digest('hex').slice(0, 32));
});

it('differs when the order, a hash or a number of tokens differs', () => {
  const digest = (...entries: [string, number][]) =>
    entries.reduce((before, [hash, tokens]) => digestAfter(before, hash, tokens), EMPTY_LOG_DIGEST).toString();
  const digests = [
    digest([ONE, 1], [TWO, 1]),
    digest([TWO, 1], [ONE, 1]),
    digest([ONE, 2], [TWO, 1]),
    digest([ONE, 1]),
    digest(),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
