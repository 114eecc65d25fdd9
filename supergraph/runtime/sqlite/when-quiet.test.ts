import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WhenQuiet } from './when-quiet.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does the work once after the last of many stirs, and again after the next', () => {
  const work = vi.fn();
  const quiet = new WhenQuiet(20, work);
  vi.advanceTimersByTime(100);
  expect(work).not.toHaveBeenCalled();
  for (let stir = 0; stir < 5; stir++) {
    quiet.stir();
    vi.advanceTimersByTime(19);
  }
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(work).toHaveBeenCalledTimes(1);
  quiet.stir();
  vi.advanceTimersByTime(20);
  expect(work).toHaveBeenCalledTimes(2);
});

it('does nothing once it is stopped', () => {
  const work = vi.fn();
  const quiet = new WhenQuiet(20, work);
  quiet.stir();
  quiet.stop();
  vi.advanceTimersByTime(100);
  expect(work).not.toHaveBeenCalled();
});
