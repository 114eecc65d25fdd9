import type { ContractError } from '@supercontext/contract';
import { describe, expect, it } from 'vitest';
import { CalleeClock } from './callee-clock.ts';
import { Signatures } from './sign.ts';

const KEY = 'k'.repeat(32);
const BODY = '{"query":"{ __typename }"}';
const HOUR_MS = 3_600_000;

/** A callee whose clock is so far ahead: null when it takes the request, else its refusal as it is answered. */
function callee(aheadMs: number, key = KEY): (signature: string) => string | null {
  const signatures = new Signatures(key, 'store');
  return (signature) => {
    try {
      signatures.take(BODY, signature, Date.now() + aheadMs);
      return null;
    } catch (error) {
      const { code, details } = error as ContractError;
      return JSON.stringify({ errors: [{ message: 'refused', extensions: { code, details } }] });
    }
  };
}

describe('the clock of a callee', () => {
  it.each([HOUR_MS, -HOUR_MS])(
    'that is %d ms ahead is learnt from one refusal, and again when it is set',
    (aheadMs) => {
      const clock = new CalleeClock(KEY, 'store');
      for (const ahead of [aheadMs, 0]) {
        const take = callee(ahead);
        const signature = clock.sign(BODY);
        const refusal = take(signature);
        expect(refusal).not.toBeNull();
        expect(clock.learn(signature, refusal ?? '')).toBe(true);
        for (let call = 0; call < 3; call++) expect(take(clock.sign(BODY))).toBeNull();
      }
    },
  );

  it('is learnt from nobody without the key, nor from the refusal of another signature', () => {
    const clock = new CalleeClock(KEY, 'store');
    const [one, other] = [clock.sign(BODY), clock.sign(BODY)];
    expect(clock.learn(one, callee(HOUR_MS, 'x'.repeat(32))(one) ?? '')).toBe(false);
    expect(clock.learn(one, callee(HOUR_MS)(other) ?? '')).toBe(false);
    expect(callee(0)(clock.sign(BODY))).toBeNull();
  });

  it.each([
    '',
    '{',
    'null',
    '{"errors":[]}',
    '{"errors":[{"extensions":{"details":{"time":1,"proof":7}}}]}',
    'x'.repeat(9_999),
  ])('is learnt from no answer that is no such refusal (%#)', (answer) => {
    const clock = new CalleeClock(KEY, 'store');
    expect(clock.learn(clock.sign(BODY), answer)).toBe(false);
  });

  it('is told to nobody whose signature is none, nor to one of another key', () => {
    expect(callee(HOUR_MS)('none')).not.toContain('proof');
    // Of this minute, and of another key: it is refused for that.
    expect(callee(0)(new CalleeClock('x'.repeat(32), 'store').sign(BODY))).not.toContain('proof');
  });
});
