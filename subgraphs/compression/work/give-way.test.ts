import { expect, it } from 'vitest';
import { GiveWay } from './give-way.ts';

it('rests while a turn goes on, so that a third of the time is worked', () => {
  let nowMs = 1_000;
  const giveWay = new GiveWay({ cores: 2, now: () => nowMs });
  expect(giveWay.restMs(100, 100)).toBe(0);
  expect(giveWay.isNeeded).toBe(false);
  giveWay.noteTurn();
  expect(giveWay.restMs(100, 100)).toBeCloseTo(200, 9);
  expect(giveWay.isNeeded).toBe(true);
  nowMs += 4_900;
  expect(giveWay.restMs(100, 100)).toBe(100);
  nowMs += 200;
  expect(giveWay.restMs(100, 100)).toBe(0);
  expect(giveWay.isNeeded).toBe(false);
});

it('counts as rest what the work waited for a core', () => {
  const giveWay = new GiveWay({ cores: 2, now: () => 0 });
  giveWay.noteTurn();
  expect(giveWay.restMs(250, 100)).toBeCloseTo(50, 9);
  expect(giveWay.restMs(4_000, 100)).toBe(0);
});

it('never rests where there are cores enough', () => {
  const giveWay = new GiveWay({ cores: 16 });
  giveWay.noteTurn();
  expect(giveWay.restMs(100, 100)).toBe(0);
  expect(giveWay.isNeeded).toBe(false);
});
