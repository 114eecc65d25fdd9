import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../infra/ports.ts';
import { POSTGRES_FOLDER } from '../../infra/test-postgres.mjs';

const BIN = join('pgserver', 'pginstall', 'bin');
/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Why tests of PostgreSQL are skipped; null when it is in the cache. */
export function whyNoPostgres(): string | null {
  return existsSync(join(POSTGRES_FOLDER, BIN, 'postgres'))
    ? null
    : `PostgreSQL with pgvector is not in ${POSTGRES_FOLDER}`;
}

export interface RunningPostgres {
  /** Of a new database, empty. */
  database(): Promise<string>;
  /** Runs statements in a database. */
  query(url: string, sql: string): Promise<void>;
  /** SIGSTOP and SIGCONT to the server and all its children. */
  freeze(): void;
  thaw(): void;
  /** Ends the server; `start` has it go on, on the same port, with the same data. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** A real PostgreSQL on a free port of loopback, run as somebody else than root. */
export async function runningPostgres(): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  if ('uid' in asNobody) chownSync(folder, NOBODY, NOBODY);
  // Somebody else may not look into the cache of this user.
  const programs = 'uid' in asNobody ? join(folder, 'programs') : POSTGRES_FOLDER;
  if (programs !== POSTGRES_FOLDER) cpSync(POSTGRES_FOLDER, programs, { recursive: true });
  const data = join(folder, 'data');
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  execFileSync(join(programs, BIN, 'initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '--no-sync', '-E', 'UTF8'], {
    ...asNobody,
    cwd: folder,
    env: environment,
    stdio: 'pipe',
  });
  const port = await freePort();
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = off\nshared_buffers = '16MB'\n`,
  );
  const urlOf = (name: string) => `postgres://test@127.0.0.1:${port}/${name}`;
  let server: ChildProcess | null = null;
  let databases = 0;

  async function query(url: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const options = { ...asNobody, cwd: folder, env: environment, stdio: 'ignore', detached: true } as const;
    server = spawn(join(programs, BIN, 'postgres'), ['-D', data], options);
    for (let tries = 0; ; tries++) {
      try {
        return await query(urlOf('postgres'), 'SELECT 1');
      } catch (error) {
        if (tries === 200 || server.exitCode !== null) throw error;
        await sleep(50);
      }
    }
  }

  async function stop(): Promise<void> {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    // A fast shutdown: it ends its connections itself.
    server.kill('SIGINT');
    await exited;
  }

  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of children(server?.pid)) process.kill(pid, name);
  };
  await start();
  return {
    async database() {
      const name = `test${++databases}`;
      await query(urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    query,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    start,
    halt: stop,
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process and those it started. */
function children(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  const all = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const of = all.map((line) => line.trim().split(/\s+/).map(Number)).filter(([, parent]) => parent === pid);
  return [pid, ...of.flatMap(([child]) => (child === undefined ? [] : [child]))];
}
