import { createLog, type Logger } from './log.ts';
import type { Stage } from './stage.ts';

/** Something with a life: started by a process, stopped when the process is told to end. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** A stop that takes longer than this is cut short; state is durable at every moment, so nothing is lost. */
const STOP_DEADLINE_MS = 8_000;

/**
 * The life of a process: start, say where it answers, stop on SIGTERM or SIGINT, exit. A start that fails exits 1 with
 * one line that says why; a fault nobody caught exits 70 so that a launcher starts it again.
 */
export async function runMain(stage: Stage, level: string, start: (log: Logger) => Promise<Running>): Promise<void> {
  const log = createLog(stage, level);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught');
    process.exit(70);
  });
  process.on('unhandledRejection', (reason) => {
    log.fatal({ err: reason }, 'unhandled rejection');
    process.exit(70);
  });
  let running: Running;
  try {
    running = await start(log);
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : 'cannot start');
    process.exit(1);
  }
  log.info({ url: running.url }, 'ready');
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'stop');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // A launcher's channel closes when the launcher is gone, however it went: nothing is left running behind it.
  process.on('disconnect', () => stop('disconnect'));
}
