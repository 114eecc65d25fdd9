import { clipMessage } from '@supercontext/contract';
import { lineASecond } from '@supercontext/runtime/process/line-a-second.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';

/** Who was refused: by which header, what it said, and the setting that would have allowed it. */
export interface RefusedCaller {
  readonly header: 'Host' | 'Origin';
  /** Undefined when there was none. */
  readonly value: string | undefined;
  readonly setting: 'SUPERCONTEXT_HOSTS' | 'SUPERCONTEXT_CORS_ORIGINS';
}

/** Tells whoever runs the gateway why it answers somebody 403: a line of the log, one a second at most. */
export function refusedCallers(log: Logger): (caller: RefusedCaller) => void {
  return lineASecond({
    say: ({ header, value, setting }) =>
      log.warn(
        { header, value: value === undefined ? null : clipMessage(value), setting },
        `a request was refused for its ${header}; if it is yours, add it to ${setting}`,
      ),
    sum: (unsaid) => log.warn({ unsaid }, 'more requests were refused for their Host or Origin'),
  });
}
