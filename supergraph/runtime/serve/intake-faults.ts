import { lineASecond } from '../process/line-a-second.ts';
import type { Logger } from '../process/log.ts';

/** What an intake does with what is thrown in it: a line of the log, one a second at most. */
export function intakeFaults(log: Logger): (error: unknown) => void {
  return lineASecond({
    say: (error) => log.error({ err: error }, 'thrown while a request was taken in'),
    sum: (unsaid) => log.error({ unsaid }, 'more was thrown while requests were taken in'),
  });
}
