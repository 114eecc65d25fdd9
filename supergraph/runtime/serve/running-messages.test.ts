import { expect, it } from 'vitest';
import { RunningMessages } from './running-messages.ts';

const BOUNDS = { maximumBodiesBytes: 1_000, smallBodyBytes: 100 };

it('holds large messages for as long as their operations run, and no more of them than there is room for', async () => {
  const running = new RunningMessages(BOUNDS);
  const endings = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = endings.map(({ promise }) => running.hold(500, () => promise));
  let isBegun = false;
  const begin = async () => {
    isBegun = true;
  };
  expect(await running.hold(101, begin)).toBe(false);
  expect(isBegun).toBe(false);
  expect(await running.hold(100, begin)).toBe(true);
  endings[0]?.resolve();
  expect(await held[0]).toBe(true);
  expect(await running.hold(500, begin)).toBe(true);
  endings[1]?.reject(new Error('of the operation'));
  await expect(held[1]).rejects.toThrow('of the operation');
  expect(await running.hold(1_000, begin)).toBe(true);
});
