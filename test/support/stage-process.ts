import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type SubgraphClient, subgraphClient } from '@supercontext/runtime/call-subgraph.ts';

export const SIGNING_KEY = 'k'.repeat(32);

/** One real stage in a process of its own. */
export interface StageProcess {
  readonly url: string;
  readonly client: SubgraphClient;
  /** SIGKILL: no time to put anything in order. */
  kill(): Promise<void>;
}

/** Starts a stage's main on `dataFolder`, on a free port, and waits until it answers. */
export async function startStageProcess(
  stage: 'context' | 'store',
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<StageProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../subgraphs', stage, 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY,
      SUPERCONTEXT_DATA: dataFolder,
      [`SUPERCONTEXT_${stage.toUpperCase()}_PORT`]: '0',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await readyUrl(stage, child);
  const client = subgraphClient({ caller: { name: 'test', version: '0' }, name: stage, url, signingKey: SIGNING_KEY });
  return { url, client, kill: () => kill(child, client) };
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

async function kill(child: ChildProcess, client: SubgraphClient): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await client.close();
}
