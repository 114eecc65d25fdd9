import { fold } from '@supercontext/text/fold.ts';
import { askedTime } from '@supercontext/text/time-spans.ts';
import type { LogEntry } from '../log/session-log.ts';

/** What a text counts more where it was said at the time, or by the one, that the question names. */
const AT_THE_TIME = 1.4;
const BY_THE_ONE = 1.2;
/** What the newest text counts more than the oldest where the latest is asked for. */
const LATEST = 0.3;

/**
 * How much more a candidate is worth for when and by whom it was said, from 1 up, by what the log knows of that beside its text.
 * @param last Position of the newest entry.
 */
export function occasionOf(question: string, last: number): (entry: LogEntry) => number {
  const { isMeant, wantsLatest } = askedTime(question);
  const asked = inWords(question);
  return ({ facts, position }) => {
    const isThen = isMeant !== null && facts?.occurredAtMs != null && isMeant(facts.occurredAtMs);
    const isBy = facts?.speaker != null && asked.includes(inWords(facts.speaker));
    const latest = wantsLatest ? 1 + (LATEST * position) / Math.max(1, last) : 1;
    return (isThen ? AT_THE_TIME : 1) * (isBy ? BY_THE_ONE : 1) * latest;
  };
}

/** Folded, with a blank around each word. */
function inWords(text: string): string {
  return ` ${fold(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
