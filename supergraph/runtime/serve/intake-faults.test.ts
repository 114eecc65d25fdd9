import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../process/log.ts';
import { intakeFaults } from './intake-faults.ts';

const lines: (readonly [fields: object, text: string])[] = [];
const log = { error: (fields: object, text: string) => lines.push([fields, text]) } as unknown as Logger;

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('what is thrown while requests are taken in', () => {
  it('is a line of the log, with what was thrown', () => {
    const error = new TypeError('thrown');
    intakeFaults(log)(error);
    expect(lines).toEqual([[{ err: error }, 'thrown while a request was taken in']]);
    vi.advanceTimersByTime(10_000);
    expect(lines).toHaveLength(1);
  });

  it('is one line a second, however often, and how many were not said', () => {
    const fault = intakeFaults(log);
    for (let ms = 0; ms < 5_000; ms++) {
      fault(new TypeError('thrown'));
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(10_000);
    const counts = lines.map(([fields]) => ('err' in fields ? 1 : (fields as { unsaid: number }).unsaid));
    expect(counts.length).toBeLessThanOrEqual(7);
    expect(counts.reduce((sum, count) => sum + count)).toBe(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is said at once again after a second without any', () => {
    const fault = intakeFaults(log);
    fault(new TypeError('first'));
    vi.advanceTimersByTime(1_000);
    fault(new TypeError('second'));
    expect(lines.map(([fields]) => (fields as { err: Error }).err.message)).toEqual(['first', 'second']);
  });
});
