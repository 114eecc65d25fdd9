import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../log/session-log.ts';
import { recentWindow } from './recent-window.ts';

/** Questions and answers by turns, of the given tokens. */
function chat(tokens: readonly number[]): LogEntry[] {
  let before = 0;
  return tokens.map((ofEntry, position) => {
    const isAnswer = position % 2 === 1;
    const entry: LogEntry = {
      ...{ position, hash: String(position), tokens: ofEntry, kind: 'chat', chatTokensBefore: before },
      ...{ role: isAnswer ? 'assistant' : 'user', turn: position >> 1, isAnswer, facts: null, firstPart: null },
    };
    before += ofEntry;
    return entry;
  });
}

const window = (entries: readonly LogEntry[], share: number) => recentWindow(entries.toReversed(), share);
const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 80 });

describe('recentWindow', () => {
  it('is the end of the log, in order, within its share', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 2_000 }), (tokens, share) => {
        const entries = chat(tokens);
        const recent = window(entries, share);
        expect(recent).toEqual(recent.length === 0 ? [] : entries.slice(-recent.length));
        expect(recent.reduce((sum, entry) => sum + entry.tokens, 0)).toBeLessThanOrEqual(share);
      }),
    );
  });

  it('keeps its first message until it is full, and then drops about half', () => {
    const entries = chat(Array.from({ length: 200 }, () => 20));
    let first = -1;
    let moves = 0;
    for (let end = 1; end <= entries.length; end++) {
      const [oldest] = window(entries.slice(0, end), 500);
      if (oldest !== undefined && oldest.position !== first) {
        moves++;
        first = oldest.position;
      }
    }
    expect(moves).toBeLessThan(200 / 8);
    expect(window(entries, 500).length).toBeGreaterThan(8);
  });

  it('begins with a question', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 100, max: 600 }), (tokens, share) => {
        const recent = window(chat(tokens), share);
        if (recent.length > 1) expect(recent[0]?.role).toBe('user');
      }),
    );
  });

  it('is empty when the last message alone is over the share', () => {
    expect(window(chat([10, 10, 900]), 100)).toEqual([]);
  });
});
