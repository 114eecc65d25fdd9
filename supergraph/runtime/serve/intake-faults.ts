import type { Logger } from '../process/log.ts';

const LINE_EVERY_MS = 1_000;

/**
 * What an intake does with what is thrown in it: a line of the log, one a second at most, or whoever finds what makes it throw
 * could fill the disk. The line that follows tells how many were not said; the last count is told as well.
 */
export function intakeFaults(log: Logger): (error: unknown) => void {
  let unsaid = 0;
  let pause: NodeJS.Timeout | undefined;
  const begin = (): void => {
    pause = setTimeout(() => {
      pause = undefined;
      if (unsaid === 0) return;
      log.error({ unsaid }, 'more was thrown while requests were taken in');
      unsaid = 0;
      begin();
    }, LINE_EVERY_MS).unref();
  };
  return (error) => {
    if (pause !== undefined) {
      unsaid++;
      return;
    }
    log.error({ err: error }, 'thrown while a request was taken in');
    begin();
  };
}
