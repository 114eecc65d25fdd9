import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import { type SubgraphClient, subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { COMPILE_CACHE } from '../../infra/spawn-stage.ts';

export const SIGNING_KEY = 'k'.repeat(32);

export interface RawAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** One real stage in a process of its own. */
export interface StageProcess {
  readonly url: string;
  readonly client: SubgraphClient;
  /** The whole answer, errors beside data. */
  askRaw<Data>(query: string, variables: Record<string, unknown>): Promise<RawAnswer<Data>>;
  /** SIGKILL: no time to put anything in order. */
  kill(): Promise<void>;
  /** SIGTERM, as a launcher stops it. */
  stop(): Promise<void>;
}

/** Starts a stage's main, or another program in its place, on `dataFolder`, on a free port, and waits until it answers. */
export async function startStageProcess(
  stage: Exclude<StageName, 'gateway'>,
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
  program = join(import.meta.dirname, '../../subgraphs', stage, 'main.ts'),
): Promise<StageProcess> {
  const child = spawn(process.execPath, [program], {
    env: {
      ...COMPILE_CACHE,
      PATH: process.env.PATH,
      SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY,
      SUPERCONTEXT_DATA: dataFolder,
      [`SUPERCONTEXT_${stage.toUpperCase()}_PORT`]: '0',
      SUPERCONTEXT_EMBEDDER: 'none',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await readyUrl(stage, child);
  const client = subgraphClient({ caller: { name: 'test', version: '0' }, name: stage, url, signingKey: SIGNING_KEY });
  const askRaw = async <Data>(query: string, variables: Record<string, unknown>): Promise<RawAnswer<Data>> => {
    const body = JSON.stringify({ query, variables });
    const headers = {
      'content-type': 'application/json',
      [CONTRACT_HEADER]: String(CONTRACT_VERSION),
      [SIGNATURE_HEADER]: signRequest(SIGNING_KEY, { stage, body }),
    };
    return (await (await fetch(url, { method: 'POST', headers, body })).json()) as RawAnswer<Data>;
  };
  let ended: Promise<void> | undefined;
  const endBy = (signal: 'SIGKILL' | 'SIGTERM') => (ended ??= end(child, client, signal));
  return { url, client, askRaw, kill: () => endBy('SIGKILL'), stop: () => endBy('SIGTERM') };
}

async function readyUrl(stage: string, child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error(`${stage} has no standard error`);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const { msg, url } = JSON.parse(line.startsWith('{') ? line : '{}') as { msg?: string; url?: string };
    if (msg !== 'ready' || url === undefined) continue;
    child.stderr.resume();
    return url;
  }
  throw new Error(`${stage} did not start: ${lines.join('\n')}`);
}

async function end(child: ChildProcess, client: SubgraphClient, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  await client.close();
}
