import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { LIBRARY_SDL, STREAM_SDL } from './schemas.ts';

/** The subgraphs, our gateway and the stock one, each a process of its own. */
export interface Bench {
  readonly ours: string;
  readonly stock: string;
  /** The subgraph that streams, without any gateway. */
  readonly direct: string;
  stop(): Promise<void>;
}

const ENVIRONMENT = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: 'true' };
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function told<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Message));
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} exited with ${code}`)));
  });
}

/** Waits for the log line with which our gateway says where it answers. */
function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway exited with ${code}`)));
    if (child.stderr === null) return;
    createInterface(child.stderr).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg === 'ready' && url !== undefined) resolve(url);
    });
  });
}

export async function startBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-gateway-'));
  const subgraphs = fork(file('./subgraphs.ts'), { env: ENVIRONMENT });
  const urls = await told<{ stream: string; library: string }>(subgraphs);
  const { supergraphSdl } = composeServices([
    { name: 'stream', url: urls.stream, typeDefs: parse(STREAM_SDL) },
    { name: 'library', url: urls.library, typeDefs: parse(LIBRARY_SDL) },
  ]);
  const supergraphPath = join(folder, 'supergraph.graphql');
  await writeFile(supergraphPath, supergraphSdl ?? '');
  const ours = spawn(process.execPath, [file('../../../gateway/main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...ENVIRONMENT,
      SUPERCONTEXT_SIGNING_KEY: 'a key for benchmarks, of more than 32 characters',
      SUPERCONTEXT_GATEWAY_PORT: '0',
      SUPERCONTEXT_SUPERGRAPH: supergraphPath,
    },
  });
  const stock = fork(file('./stock-gateway.ts'), [supergraphPath], { env: ENVIRONMENT });
  const [oursUrl, { url }] = await Promise.all([ready(ours), told<{ url: string }>(stock)]);
  const children = [subgraphs, ours, stock];
  return {
    ours: oursUrl,
    stock: url,
    direct: urls.stream,
    stop: async () => {
      await Promise.all(
        children.map((child) => {
          const exited = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGKILL');
          return exited;
        }),
      );
      await rm(folder, { recursive: true });
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
