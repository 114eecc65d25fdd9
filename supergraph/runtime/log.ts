import { destination, type Logger, pino } from 'pino';
import type { Stage } from './stage.ts';

export type { Logger };

/** JSON lines on standard error; standard output stays free for what a person asked for. */
export function createLog(stage: Stage, level: string): Logger {
  return pino(
    { level, base: { stage: stage.name, version: stage.version }, redact: ['*.authorization', '*.signature'] },
    destination({ fd: 2, sync: false }),
  );
}
