import { describe, expect, it } from 'vitest';
import { SeenNonces } from './seen-nonces.ts';
import { Signatures, signRequest } from './sign.ts';

const KEY = 'k'.repeat(32);
const BODY = '{"query":"{ __typename }"}';
const NOW_MS = 1_700_000_000_000;

const sign = (more: { stage?: string; body?: string; nowMs?: number } = {}): string =>
  signRequest(KEY, { stage: 'store', body: BODY, nowMs: NOW_MS, ...more });
const store = (): Signatures => new Signatures(KEY, 'store');

describe('a signature', () => {
  it('is good for one stage, one body and one time', () => {
    const signatures = store();
    const signature = sign();
    expect(() => signatures.take('{}', signature, NOW_MS)).toThrow('does not belong');
    expect(() => new Signatures(KEY, 'context').take(BODY, signature, NOW_MS)).toThrow('does not belong');
    signatures.take(BODY, signature, NOW_MS);
    expect(() => signatures.take(BODY, signature, NOW_MS)).toThrow('replayed');
  });

  it('of a request sent again differs from the first', () => {
    const signatures = store();
    for (let time = 0; time < 3; time++) signatures.take(BODY, sign(), NOW_MS);
  });

  it.each([-61_000, 61_000])('made %d ms from now is refused', (differenceMs) => {
    expect(() => store().take(BODY, sign(), NOW_MS + differenceMs)).toThrow('signed requests');
  });

  it.each([
    undefined,
    '',
    't=1',
    sign().replace('v2', 'v1'),
    sign().replace('n=', 'n=0'),
    `${sign()}0`,
    'x'.repeat(16_000),
  ])('that is none (%#) is refused at the first glance', (signature) => {
    expect(() => store().glance(signature, NOW_MS)).toThrow('signed requests');
  });

  it('is remembered as long as it is good', () => {
    const signatures = store();
    const ahead = sign({ nowMs: NOW_MS + 59_000 });
    signatures.take(BODY, ahead, NOW_MS);
    for (let second = 1; second < 119; second++) {
      const nowMs = NOW_MS + second * 1_000;
      signatures.take(BODY, sign({ nowMs }), nowMs);
      expect(() => signatures.take(BODY, ahead, nowMs), `after ${second} s`).toThrow('replayed');
    }
  });
});

describe('the numbers of a caller', () => {
  it('are each taken once, in any order', () => {
    const seen = new SeenNonces(1_000);
    const counts = Array.from({ length: 5_000 }, (_, at) => (at * 2_741) % 5_003);
    for (const count of counts) expect(seen.add('a', count, 0)).toBe(true);
    for (const count of counts) expect(seen.add('a', count, 0)).toBe(false);
    for (const count of counts) expect(seen.add('b', count, 0)).toBe(true);
  });

  it('stay known after a leap over them, and count as seen when they are too far behind', () => {
    const seen = new SeenNonces(1_000);
    seen.add('a', 10, 0);
    expect(seen.add('a', 60_000, 0)).toBe(true);
    expect(seen.add('a', 10, 0)).toBe(false);
    expect(seen.add('a', 11, 0)).toBe(true);
    expect(seen.add('a', 10 + 65_536, 0)).toBe(true);
    expect(seen.add('a', 10, 0)).toBe(false);
    expect(seen.add('a', 1_000_000, 0)).toBe(true);
    expect(seen.add('a', 999_999, 0)).toBe(true);
    expect(seen.add('a', 60_000, 0)).toBe(false);
  });

  it('are forgotten with a caller that was silent for two generations, and never before', () => {
    const seen = new SeenNonces(1_000);
    seen.add('a', 1, 0);
    expect(seen.add('a', 1, 1_500)).toBe(false);
    seen.add('b', 1, 2_600);
    seen.add('b', 2, 3_700);
    expect(seen.add('a', 1, 3_800)).toBe(true);
  });

  it('of more callers than are remembered are refused', () => {
    const seen = new SeenNonces(1_000);
    const taken = Array.from({ length: 300 }, (_, at) => seen.add(`caller-${at}`, 1, 0)).filter(Boolean);
    expect(taken).toHaveLength(256);
    expect(seen.add('late', 1, 2_500)).toBe(true);
  });
});
