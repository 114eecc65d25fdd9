import { expect, it } from 'vitest';
import { Alarm } from './alarm.ts';

it('ends a sleep when its time is over, and all of them early when they are woken', async () => {
  const alarm = new Alarm();
  await alarm.sleep(1);
  const asleep = Promise.all([alarm.sleep(1_000_000), alarm.sleep(1_000_000)]);
  alarm.wake();
  await asleep;
});

it('wakes nobody who falls asleep later', async () => {
  const alarm = new Alarm();
  alarm.wake();
  let isAwake = false;
  const sleep = alarm.sleep(20).then(() => {
    isAwake = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(isAwake).toBe(false);
  await sleep;
});
