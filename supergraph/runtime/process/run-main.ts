import { createInterface } from 'node:readline';
import { ConfigError } from '../config.ts';
import type { Stage } from '../stage.ts';
import { startTelemetry } from '../telemetry/start.ts';
import { createLog, type Logger } from './log.ts';

/** Something with a life: started by a process, stopped when the process is told to end. */
export interface Running {
  readonly url: string;
  /** Rejects, if ever, when it turns out that it must not run: the process then stops and exits 1 with its message. */
  readonly failed?: Promise<never>;
  stop(): Promise<void>;
}

/** A stop that takes longer than this is cut short; state is durable at every moment, so nothing is lost. */
const STOP_DEADLINE_MS = 8_000;

/** What the life of a process itself depends on; the rest of a configuration is its stage's business. */
export interface ProcessConfig {
  readonly logLevel: string;
  readonly otlpEndpoint: string | null;
}

/** The argument with which a launcher asks for no more than what is wrong with the settings. */
export const CHECK_ONLY = '--check';

/** The argument, before a name, with which an operator's command has a process of a stage do one thing in place of serving. */
export const OPERATE = '--operate';

/** What a process can be asked to do by name: with a line of JSON on its input, answered with one on its output. */
export type Operations<Config> = Readonly<Record<string, (config: Config, request: never) => Promise<unknown>>>;

/** What ends a process in good order. Ctrl-C, a closed terminal and Ctrl-\ reach a stage beside its launcher. */
const ENDING_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * The life of a process: read the configuration, start, say where it answers, stop on a signal or when the launcher is gone,
 * exit. A configuration or a start that fails exits 1 and says why; a fault nobody caught exits 70, so that a launcher starts
 * it again. With `--operate` and a name it does that and exits. What is told to end while it starts exits 0 at once: state is durable at every moment, and a start may take as
 * long as a model takes to load. With the argument `--check` it only reads the configuration and exits.
 */
export async function runMain<Config extends ProcessConfig>(
  stage: Stage,
  readConfig: () => Config | Promise<Config>,
  start: (config: Config, log: Logger) => Promise<Running>,
  operations: Operations<Config> = {},
): Promise<void> {
  const config = await readOrExit(readConfig);
  if (process.argv.includes(CHECK_ONLY)) process.exit(0);
  const asked = process.argv.indexOf(OPERATE);
  if (asked !== -1) return operate(operations[process.argv[asked + 1] ?? ''], config);
  const log = createLog(stage, config.logLevel);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught');
    process.exit(70);
  });
  process.on('unhandledRejection', (reason) => {
    log.fatal({ err: reason }, 'unhandled rejection');
    process.exit(70);
  });
  let stopTelemetry = async () => {};
  let running: Running | null = null;
  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal: why }, 'stopping');
    if (running === null) process.exit(0);
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
    try {
      await running.stop();
      await stopTelemetry();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'stop');
      process.exit(1);
    }
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, () => void stop(signal));
  // A launcher's channel closes when the launcher is gone, however it went: nothing is left running behind it.
  process.on('disconnect', () => void stop('disconnect'));
  // Gone while the modules of this process were still loading: that event has passed. Without a launcher it is undefined.
  if (process.connected === false) return stop('disconnect');
  try {
    stopTelemetry = startTelemetry(stage, config.otlpEndpoint);
    running = await start(config, log);
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error);
    log.fatal({ err: error }, error instanceof Error ? error.message : 'cannot start');
    process.exit(1);
  }
  running.failed?.catch(async (error: unknown) => {
    log.fatal(error instanceof Error ? error.message : 'cannot go on');
    await running?.stop().catch(() => {});
    process.exit(1);
  });
  log.info({ url: running.url }, 'ready');
}

async function readOrExit<Config>(readConfig: () => Config | Promise<Config>): Promise<Config> {
  try {
    return await readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return exitWith(error);
    throw error;
  }
}

/** Does one thing, unless whoever asked for it goes away: then nobody wants it any more, and what was begun can be repeated. */
async function operate<Config>(operation: Operations<Config>[string] | undefined, config: Config): Promise<void> {
  try {
    if (operation === undefined) throw new Error('this stage does no such thing');
    const lines = createInterface({ input: process.stdin });
    const asked = new Promise<string>((resolve) => lines.once('line', resolve));
    lines.once('close', () => process.exit(1));
    const answer = await operation(config, JSON.parse(await asked) as never);
    process.stdout.write(`${JSON.stringify(answer ?? null)}\n`, () => process.exit(0));
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error);
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function exitWith({ faults }: ConfigError): never {
  for (const fault of faults) console.error(fault);
  process.exit(1);
}
