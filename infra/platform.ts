import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { StageName } from '@supercontext/runtime/common-settings.ts';

const ROOT = join(import.meta.dirname, '..');

/** The five processes, callees first. */
export const STAGES = [
  'store',
  'compression',
  'context',
  'reasoning',
  'gateway',
] as const satisfies readonly StageName[];

const ENTRY: Readonly<Record<StageName, string>> = {
  store: 'subgraphs/store/main.ts',
  compression: 'subgraphs/compression/main.ts',
  context: 'subgraphs/context/main.ts',
  reasoning: 'subgraphs/reasoning/main.ts',
  gateway: 'gateway/main.ts',
};

/** A process that dies is started again after this long, twice as long each time it never got ready, up to the maximum. */
const RESTART_DELAY_MS = 100;
const RESTART_DELAY_MAXIMUM_MS = 5_000;
/** Deaths in a row without ever getting ready, after which a start is given up. */
const MAXIMUM_EARLY_DEATHS = 3;
const STOP_DEADLINE_MS = 10_000;
/**
 * V8's helper threads of each process: its share of the cores, none on a small machine. The usual four of every process would
 * take the cores from the requests that are on their way through the others; that is what a slow append waits for.
 */
const V8_HELPER_THREADS = Math.min(4, Math.floor(availableParallelism() / STAGES.length));

export type PlatformEvent =
  | { readonly type: 'died'; readonly stage: StageName; readonly how: string }
  | { readonly type: 'restarted'; readonly stage: StageName };

export interface PlatformOptions {
  readonly dataFolder: string;
  /** One port per stage, or any free ones. */
  readonly ports: Readonly<Record<StageName, number>> | 'free';
  /** More environment for every process; wins over what the launcher sets. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: PlatformEvent) => void;
  /** Gives up a start that is under way. Has no effect on a platform that is ready. */
  readonly signal?: AbortSignal;
  /** How long all stages together may take to get ready. */
  readonly readyDeadlineMs?: number;
}

export interface Platform {
  readonly ports: Readonly<Record<StageName, number>>;
  /** `http://127.0.0.1:<port>` of the gateway. */
  readonly url: string;
  readonly logFolder: string;
  /** The process id of a stage, as it runs now; null while it is being restarted. */
  pid(stage: StageName): number | null;
  /** Resolves when every stage answers /ready. */
  ready(): Promise<void>;
  /** Ends all processes, callers first; what does not end in time is killed. */
  stop(): Promise<void>;
}

interface Supervised {
  readonly stage: StageName;
  child: ChildProcess | null;
  /** Deaths in a row without ever getting ready. */
  earlyDeaths: number;
}

/**
 * Starts the platform on this machine: one process per stage, each restarted when it dies, all ended with this process.
 * @throws Error with the last words of a stage that cannot start, or when `signal` aborts before all are ready.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const ports = options.ports === 'free' ? await freePorts() : options.ports;
  await checkPorts(ports);
  options.signal?.throwIfAborted();
  const logFolder = join(options.dataFolder, 'logs');
  mkdirSync(logFolder, { recursive: true });
  const environment = { ...process.env, ...environmentOf(ports, options.dataFolder), ...options.environment };
  const url = `http://127.0.0.1:${ports.gateway}`;
  const readyDeadlineMs = options.readyDeadlineMs ?? 120_000;
  let stopping = false;
  let giveUp: (error: Error) => void = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  givenUp.catch(() => {});
  options.signal?.addEventListener('abort', () => giveUp(new Error('interrupted')), { once: true });

  function launch(supervised: Supervised): void {
    const { stage } = supervised;
    const logFile = openSync(join(logFolder, `${stage}.log`), 'a');
    // The channel is for the child to notice when this process is gone, however it went.
    const child = spawn(process.execPath, [`--v8-pool-size=${V8_HELPER_THREADS}`, join(ROOT, ENTRY[stage])], {
      cwd: ROOT,
      env: environment,
      stdio: ['ignore', logFile, logFile, 'ipc'],
    });
    closeSync(logFile);
    supervised.child = child;
    let gotReady = false;
    const isGone = () => supervised.child !== child;
    untilReady(ports[stage], readyDeadlineMs, isGone).then(
      () => {
        gotReady = !isGone();
      },
      () => {},
    );
    child.on('exit', (status, signal) => {
      supervised.child = null;
      if (stopping) return;
      supervised.earlyDeaths = gotReady ? 0 : supervised.earlyDeaths + 1;
      options.onEvent?.({ type: 'died', stage, how: signal ?? `exit ${status}` });
      // Status 1 is a stage's own word that it cannot start: trying again would not help.
      if (!gotReady && (status === 1 || supervised.earlyDeaths >= MAXIMUM_EARLY_DEATHS)) {
        giveUp(new Error(`${stage} cannot start: ${lastWords(join(logFolder, `${stage}.log`))}`));
        return;
      }
      const delayMs = Math.min(RESTART_DELAY_MS * 2 ** supervised.earlyDeaths, RESTART_DELAY_MAXIMUM_MS);
      setTimeout(() => {
        if (stopping) return;
        launch(supervised);
        options.onEvent?.({ type: 'restarted', stage });
      }, delayMs);
    });
  }

  const all: Supervised[] = STAGES.map((stage) => ({ stage, child: null, earlyDeaths: 0 }));
  for (const supervised of all) launch(supervised);
  const ready = () =>
    Promise.race([
      Promise.all(STAGES.map((stage) => untilReady(ports[stage], readyDeadlineMs))).then(() => {}),
      givenUp,
    ]);
  const platform: Platform = {
    ports,
    url,
    logFolder,
    pid: (stage) => all.find((supervised) => supervised.stage === stage)?.child?.pid ?? null,
    ready,
    async stop() {
      stopping = true;
      for (const { child } of [...all].reverse()) await end(child);
    },
  };
  try {
    await ready();
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return platform;
}

function environmentOf(ports: Readonly<Record<StageName, number>>, dataFolder: string): Record<string, string> {
  const environment: Record<string, string> = {
    APOLLO_TELEMETRY_DISABLED: 'true',
    NODE_ENV: 'production',
    SUPERCONTEXT_SIGNING_KEY: randomBytes(32).toString('hex'),
    SUPERCONTEXT_DATA: dataFolder,
  };
  for (const [stage, port] of Object.entries(ports)) {
    environment[`SUPERCONTEXT_${stage.toUpperCase()}_PORT`] = String(port);
    environment[`SUPERCONTEXT_${stage.toUpperCase()}_URL`] = `http://127.0.0.1:${port}/graphql`;
  }
  return environment;
}

async function untilReady(port: number, deadlineMs: number, isGone: () => boolean = () => false): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let reason = 'it does not answer';
  while (Date.now() < deadline && !isGone()) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      reason = await response.text();
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`port ${port} was not ready within ${deadlineMs} ms: ${reason}`);
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await gone;
  clearTimeout(killer);
}

/** The message of the last line a process logged, for an error that a person reads. */
function lastWords(logFile: string): string {
  const line = readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? '';
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return err?.message ?? msg ?? line;
  } catch {
    return line.slice(0, 500);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

async function freePorts(): Promise<Record<StageName, number>> {
  const [gateway = 0, context = 0, store = 0, compression = 0, reasoning = 0] = await Promise.all(
    STAGES.map(() => listenOnce(0)),
  );
  return { gateway, context, store, compression, reasoning };
}

async function checkPorts(ports: Readonly<Record<StageName, number>>): Promise<void> {
  for (const stage of STAGES) {
    const port = ports[stage];
    await listenOnce(port).catch(() => {
      throw new Error(
        `port ${port}, which the ${stage} stage listens on, is in use: stop what runs there or set SUPERCONTEXT_${stage.toUpperCase()}_PORT`,
      );
    });
  }
}
