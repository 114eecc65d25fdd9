import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Argument, NodeConnection, type Reply } from '../../supergraph/runtime/redis/node-connection.ts';
import type { RedisSettings } from '../../supergraph/runtime/redis/redis-settings.ts';

const SERVER = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path));

/** Why tests of Redis are skipped; null when it is installed. */
export function whyNoRedis(): string | null {
  return SERVER === undefined ? 'redis-server is not installed' : null;
}

/** Whoever connects to somewhere is given a port from here on: none of these is taken between being found and being used. */
const FIRST_OUTGOING_PORT = 32_768;
const FIRST_PORT = 20_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (FIRST_OUTGOING_PORT - FIRST_PORT));
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** One Redis of a test, in a folder of its own; its data outlives the process. */
export class RedisNode {
  readonly name: string;
  readonly address: string;
  readonly #folder: string;
  readonly #admin: RedisSettings;
  readonly #onStart: (pid: number) => void;
  readonly #command: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | null = null;
  #connection: NodeConnection | null = null;

  /**
   * @param about `configuration`: lines of redis.conf; `admin`: how it is spoken to by who may do everything; `through`: words
   *   before its command; `onStart` hears of each process
   */
  constructor(
    name: string,
    about: {
      readonly folder: string;
      readonly host: string;
      readonly port: number;
      readonly through: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly configuration: readonly string[];
      readonly admin: RedisSettings;
      readonly onStart: (pid: number) => void;
    },
  ) {
    this.name = name;
    this.address = `${about.host}:${about.port}`;
    this.#folder = join(about.folder, name);
    this.#admin = about.admin;
    this.#onStart = about.onStart;
    this.#command = [...about.through, SERVER as string, 'redis.conf'];
    this.#environment = about.environment;
    mkdirSync(this.#folder);
    writeFileSync(join(this.#folder, 'redis.conf'), `${about.configuration.join('\n')}\n`);
  }

  /** Starts it, on the data it had, and waits until it answers. */
  async start(): Promise<void> {
    const [command, ...words] = this.#command as [string, ...string[]];
    const env = { ...process.env, ...this.#environment };
    const child = spawn(command, words, { cwd: this.#folder, stdio: 'ignore', env });
    this.#process = child;
    this.#onStart(child.pid as number);
    for (let tries = 0; ; tries++) {
      const [reply] = await this.settle([['PING']]);
      if (!(reply instanceof Error)) return;
      if (tries > 200 || child.exitCode !== null) throw new Error(`redis ${this.name} did not start: ${reply.message}`);
      await sleep(25);
    }
  }

  get isRunning(): boolean {
    const child = this.#process;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  /** A signal that ends it at once, by default as a machine that loses its power. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.isRunning) return;
    const child = this.#process as ChildProcess;
    const exited = once(child, 'exit');
    // Frozen, it would take no other signal.
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    child.kill(signal);
    await exited;
    this.#connection?.close();
    this.#connection = null;
  }

  /** It stays, and answers nobody. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends it commands, as who may do everything. */
  async settle(commands: readonly (readonly Argument[])[]): Promise<(Reply | Error)[]> {
    try {
      if (this.#connection?.isOpen !== true) this.#connection = await NodeConnection.open(this.address, this.#admin);
      return await this.#connection.exec(commands, 5_000);
    } catch (error) {
      return commands.map(() => error as Error);
    }
  }

  /** @throws Error as Redis says it */
  async call(...words: readonly Argument[]): Promise<Reply> {
    const [reply] = await this.settle([words]);
    if (reply instanceof Error) throw reply;
    return reply as Reply;
  }

  /** The same as text: of INFO and its like. */
  async text(...words: readonly Argument[]): Promise<string> {
    return String(await this.call(...words));
  }
}
