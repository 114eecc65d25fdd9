import type { LogEntry } from '../log/session-log.ts';
import { JOIN_TOKENS } from './ledger.ts';

/**
 * The latest messages that fit a share, oldest first. The window only grows at its end; when it is full its older half goes
 * at once. So it begins at the same message for many turns, and what a model has cached of it stays good. Where it begins
 * depends on the log and the share alone.
 * @param newestFirst The chat entries at the end of the log, without instructions.
 */
export function recentWindow(newestFirst: readonly LogEntry[], shareTokens: number): LogEntry[] {
  const [last] = newestFirst;
  if (last === undefined || shareTokens <= 0) return [];
  const end = last.chatTokensBefore + last.tokens;
  const step = Math.max(1, Math.ceil(shareTokens / 2));
  for (let begin = end <= shareTokens ? 0 : Math.ceil((end - shareTokens) / step) * step; begin < end; begin += step) {
    const within = newestFirst.filter(({ chatTokensBefore }) => chatTokensBefore >= begin).reverse();
    const window = begin === 0 ? within : within.slice(firstQuestion(within, newestFirst[within.length]));
    const cost = window.reduce((sum, { tokens }) => sum + tokens + JOIN_TOKENS, 0);
    if (cost <= shareTokens) return window;
  }
  return [];
}

/** Where the first question begins: an answer without its question, or the second half of a message, says little. */
function firstQuestion(entries: readonly LogEntry[], before: LogEntry | undefined): number {
  const found = entries.findIndex((entry, at) => {
    const previous = at === 0 ? before : entries[at - 1];
    const continues = previous?.role === 'user' && previous.turn !== null && previous.turn === entry.turn;
    return entry.role === 'user' && !continues;
  });
  return Math.max(0, found);
}
