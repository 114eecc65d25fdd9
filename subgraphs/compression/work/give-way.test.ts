import { expect, it } from 'vitest';
import { GiveWay } from './give-way.ts';

it('rests while a turn goes on, so that a fifth of the time is worked', () => {
  let nowMs = 1_000;
  const giveWay = new GiveWay({ cores: 2, now: () => nowMs });
  expect(giveWay.restMs(100)).toBe(0);
  giveWay.noteTurn();
  expect(giveWay.restMs(100)).toBe(400);
  nowMs += 4_900;
  expect(giveWay.restMs(100)).toBe(100);
  nowMs += 200;
  expect(giveWay.restMs(100)).toBe(0);
});

it('never rests where there are cores enough', () => {
  const giveWay = new GiveWay({ cores: 16 });
  giveWay.noteTurn();
  expect(giveWay.restMs(100)).toBe(0);
});
