import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

const soon = () => performance.now() + 20;
const later = () => performance.now() + 5_000;

describe('a turnstile', () => {
  it('lets so many in, and the others in the order in which they came', async () => {
    const turnstile = new Turnstile(1, 9);
    const entered: number[] = [];
    expect(await turnstile.enter(later())).toBeNull();
    const waiting = [1, 2, 3].map((number) => turnstile.enter(later()).then(() => entered.push(number)));
    for (let left = 0; left < 3; left++) turnstile.leave();
    await Promise.all(waiting);
    expect(entered).toEqual([1, 2, 3]);
  });

  it('refuses whoever would have to wait behind too many, and whoever has waited long enough, and gives no place away', async () => {
    const turnstile = new Turnstile(1, 1);
    await turnstile.enter(later());
    const impatient = turnstile.enter(soon());
    expect(await turnstile.enter(later())).toContain('1 calls wait');
    expect(await impatient).toContain('took all of its time');
    const patient = turnstile.enter(later());
    turnstile.leave();
    expect(await patient).toBeNull();
    turnstile.leave();
    expect(await turnstile.enter(soon())).toBeNull();
  });
});
