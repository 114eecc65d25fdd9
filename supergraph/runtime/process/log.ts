import { destination, type Logger, pino } from 'pino';
import type { Stage } from '../stage.ts';

export type { Logger };

/** JSON lines on standard error; standard output stays free for what a person asked for. */
export function createLog(stage: Stage, level: string): Logger {
  const out = destination({ fd: 2, sync: false });
  // A full disk takes the log first; a stage that can still read must not die of a line it cannot write.
  out.on('error', () => {});
  return pino(
    { level, base: { stage: stage.name, version: stage.version }, redact: ['*.authorization', '*.signature'] },
    out,
  );
}
