import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import { onlyAsks } from '@supercontext/text/questions.ts';
import type { LogEntry } from '../log/session-log.ts';

/**
 * Whether a text of the log may be shown as a source: not what a model answered here, unless the question is about that, since what
 * it was made from is in the log, too; and no question of an earlier turn that only asks. Whatever was appended is one.
 */
export function sourceRule(question: string): (entry: LogEntry, text: string) => boolean {
  const wantsAnswers = asksOfEarlierAnswers(question);
  return (entry, text) => {
    if (entry.turn === null) return true;
    return entry.isAnswer ? wantsAnswers : !onlyAsks(text);
  };
}
