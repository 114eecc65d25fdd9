import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { keepLogsShort, type LogFile, lastLines, lastWords, openLog } from './log-files.ts';
import { freePorts, type Ports, reachable } from './ports.ts';
import { claimRunFile } from './run-file.ts';
import { spawnStage } from './spawn-stage.ts';
import { isAboutSetting, onePerSetting, stageFaults } from './stage-settings.ts';
import { STAGES } from './stages.ts';
import { Supervised } from './supervise.ts';

/** Deaths in a row of a stage that never got ready, after which a start is given up. */
const MAXIMUM_EARLY_DEATHS = 4;
/** Of what a stage that died said last. */
const WHY_CHARACTERS = 200;
/** All stages together have this long to end; what is still there then is killed. */
const STOP_DEADLINE_MS = 10_000;
const KILL_DEADLINE_MS = 250;
/** A stage is asked this often whether it is ready; seldom when it takes its time. */
const READY_POLL_MS = 50;
const SLOW_READY_POLL_MS = 500;
const SLOW_AFTER_MS = 10_000;
/**
 * V8's helper threads of each process: its share of the cores, none on a small machine. The usual four of every process would
 * take the cores from the requests that are on their way through the others; that is what a slow append waits for.
 */
const V8_HELPER_THREADS = Math.min(4, Math.floor(availableParallelism() / STAGES.length));

/**
 * For glibc, whose threshold otherwise grows with what is freed, until it keeps for itself whatever large messages were read into.
 * Not for the stages: an engine takes and frees the same large buffers for every token.
 */
const GIVES_BACK: NodeJS.ProcessEnv = { MALLOC_TRIM_THRESHOLD_: String(128 * 1024) };

export type PlatformEvent =
  | {
      readonly type: 'died';
      readonly stage: StageName;
      readonly how: string;
      /** The last it said, on one line of at most 200 characters; null when there was no process. */
      readonly why: string | null;
      readonly logPath: string;
    }
  | { readonly type: 'restarted'; readonly stage: StageName }
  | { readonly type: 'ready'; readonly stage: StageName };

/** A stage cannot start. */
export class StartFailed extends Error {
  /** One line each. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'StartFailed';
    this.faults = faults;
  }
}

export interface PlatformOptions {
  readonly dataFolder: string;
  /** One port per stage, or any free ones. */
  readonly ports: Ports | 'free';
  /** More environment for every process; wins over what the launcher sets. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: PlatformEvent) => void;
  /** Gives up a start that is under way. Has no effect on a platform that is ready. */
  readonly signal?: AbortSignal;
  /** How long all stages together may take to get ready. */
  readonly readyDeadlineMs?: number;
}

export interface Platform {
  readonly ports: Ports;
  /** Where the gateway is reached from this machine, without a slash at the end. */
  readonly url: string;
  readonly logFolder: string;
  /** The process id of a stage, as it runs now; null while it is being restarted. */
  pid(stage: StageName): number | null;
  /** Resolves when every stage answers /ready. */
  ready(): Promise<void>;
  /** Ends all processes, callers first; what does not end in time is killed. */
  stop(): Promise<void>;
}

/**
 * Starts the platform on this machine: one process per stage, each started again whenever it dies, all ended with this
 * process. Only a start is given up: once all have been ready together, none ever is. The data folder is this platform's until
 * it has stopped.
 * @throws StartFailed with the last words of a stage that cannot start and all that is wrong with the settings of any; Error when
 * `signal` aborts before all are ready; DataFolderInUse.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { dataFolder, signal } = options;
  const ports = options.ports === 'free' ? await freePorts() : options.ports;
  signal?.throwIfAborted();
  const { host, environment } = surroundings(options, ports);
  const logFolder = join(dataFolder, 'logs');
  privateFolder(dataFolder);
  privateFolder(logFolder);
  const runFile = claimRunFile(dataFolder, { host, ports, signingKey: environment.SUPERCONTEXT_SIGNING_KEY ?? '' });
  const start = Promise.withResolvers<never>();
  start.promise.catch(() => {});
  signal?.addEventListener('abort', () => start.reject(new Error('interrupted')), { once: true });
  let wasReady = false;
  let stopped = false;

  function supervise(stage: StageName): Supervised {
    let log: LogFile | null = null;
    return new Supervised({
      spawn() {
        log = null;
        const opened = openLog(logFolder, stage);
        log = opened;
        return startStage(stage, opened, environment);
      },
      untilReady: (isGone) => untilReady(`http://${host}:${ports[stage]}`, Number.POSITIVE_INFINITY, isGone),
      onRestart: () => options.onEvent?.({ type: 'restarted', stage }),
      onReady: () => options.onEvent?.({ type: 'ready', stage }),
      onDeath(death) {
        // Status 1 is a stage's own word that it cannot start: trying again would not help.
        const isHopeless = !death.wasReady && (death.status === 1 || death.inARow >= MAXIMUM_EARLY_DEATHS);
        if (wasReady || !isHopeless) {
          const why = log === null ? null : lastWords(log, WHY_CHARACTERS);
          options.onEvent?.({ type: 'died', stage, how: death.how, why, logPath: join(logFolder, `${stage}.log`) });
        } else start.reject(startFailed(stage, death.how, log));
      },
    });
  }

  const all = new Map(STAGES.map((stage) => [stage, supervise(stage)]));
  const stopCutting = keepLogsShort(logFolder, STAGES);
  const readyDeadlineMs = options.readyDeadlineMs ?? 120_000;
  const ready = async () => {
    const answers = STAGES.map((stage) => untilReady(`http://${host}:${ports[stage]}`, readyDeadlineMs, () => stopped));
    await (wasReady ? Promise.all(answers) : Promise.race([Promise.all(answers), start.promise]));
  };
  async function stop(): Promise<void> {
    stopped = true;
    stopCutting();
    for (const supervised of all.values()) supervised.retire();
    const until = performance.now() + STOP_DEADLINE_MS;
    for (const supervised of [...all.values()].reverse()) {
      await supervised.stop(Math.max(until - performance.now(), KILL_DEADLINE_MS));
    }
    runFile.release();
  }
  try {
    for (const supervised of all.values()) supervised.start();
    await ready();
    wasReady = true;
  } catch (error) {
    await stop();
    if (!(error instanceof StartFailed)) throw error;
    throw new StartFailed(onePerSetting([...error.faults, ...(await stageFaults(environment))]));
  }
  return {
    ports,
    url: `http://${host}:${ports.gateway}`,
    logFolder,
    pid: (stage) => all.get(stage)?.pid ?? null,
    ready,
    stop,
  };
}

function startFailed(stage: StageName, how: string, log: LogFile | null): StartFailed {
  const settings = log === null ? [] : (lastLines(log) ?? []).filter(isAboutSetting);
  if (settings.length > 0) return new StartFailed(settings);
  return new StartFailed([`${stage} cannot start: ${log === null ? how : lastWords(log)}`]);
}

function startStage(stage: StageName, log: LogFile, environment: NodeJS.ProcessEnv): ChildProcess {
  try {
    // The channel is for the child to notice when this process is gone, however it went.
    return spawnStage(stage, {
      flags: [`--v8-pool-size=${V8_HELPER_THREADS}`],
      environment: { ...(stage === 'gateway' ? GIVES_BACK : {}), ...environment },
      stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
    });
  } finally {
    closeSync(log.descriptor);
  }
}

/** What every process is told, and where they are reached. */
function surroundings(
  { dataFolder, environment }: PlatformOptions,
  ports: Ports,
): { readonly host: string; readonly environment: NodeJS.ProcessEnv } {
  const common: NodeJS.ProcessEnv = {
    ...process.env,
    APOLLO_TELEMETRY_DISABLED: 'true',
    NODE_ENV: 'production',
    SUPERCONTEXT_SIGNING_KEY: randomBytes(32).toString('hex'),
    SUPERCONTEXT_DATA: dataFolder,
  };
  const host = reachable(environment?.SUPERCONTEXT_HOST || common.SUPERCONTEXT_HOST || '127.0.0.1');
  return { host, environment: { ...common, ...addresses(ports, host), ...environment } };
}

function addresses(ports: Ports, host: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ports).flatMap(([stage, port]) => [
      [`SUPERCONTEXT_${stage.toUpperCase()}_PORT`, String(port)],
      [`SUPERCONTEXT_${stage.toUpperCase()}_URL`, `http://${host}:${port}/graphql`],
    ]),
  );
}

async function untilReady(url: string, deadlineMs: number, isGone: () => boolean = () => false): Promise<void> {
  const startedAtMs = performance.now();
  let waitedMs = 0;
  let reason = 'it does not answer';
  while (waitedMs < deadlineMs && !isGone()) {
    try {
      const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      reason = await response.text();
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(waitedMs < SLOW_AFTER_MS ? READY_POLL_MS : SLOW_READY_POLL_MS);
    waitedMs = performance.now() - startedAtMs;
  }
  throw new Error(`${url} was not ready within ${deadlineMs} ms: ${reason}`);
}
