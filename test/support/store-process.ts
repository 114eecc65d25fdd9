import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type SubgraphClient, subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { COMPILE_CACHE } from '../../infra/spawn-stage.ts';

const MAIN = join(import.meta.dirname, '../../subgraphs/store/main.ts');
const SIGNING_KEY = 'k'.repeat(32);

/** The real store in a process of its own, and what the context stage says to it. */
export interface StoreProcess {
  put(sessionId: string, texts: readonly string[]): Promise<readonly string[]>;
  replicate(sessionId: string, from: number, ids: readonly string[]): Promise<number>;
  /** Texts in the order of the ids, null for what the store lacks. */
  read(ids: readonly string[]): Promise<readonly (string | null)[]>;
  /** The whole log of a session. */
  log(sessionId: string): Promise<readonly { readonly position: number; readonly fragmentId: string }[]>;
  /** Positions of the best hits. */
  search(sessionId: string, query: string): Promise<readonly number[]>;
  /** SIGKILL: no time to put anything in order. */
  kill(): Promise<void>;
  /** SIGTERM, as a launcher stops it. */
  stop(): Promise<void>;
}

/** Starts the store on `dataFolder` and waits until it answers. */
export async function startStoreProcess(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<StoreProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...COMPILE_CACHE,
      PATH: process.env.PATH,
      SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY,
      SUPERCONTEXT_DATA: dataFolder,
      SUPERCONTEXT_STORE_PORT: '0',
      SUPERCONTEXT_EMBEDDER: 'none',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const client = subgraphClient({
    caller: { name: 'test', version: '0' },
    name: 'store',
    url: await readyUrl(child),
    signingKey: SIGNING_KEY,
  });
  return { ...verbs(client), kill: () => end(child, client, 'SIGKILL'), stop: () => end(child, client, 'SIGTERM') };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('the store has no standard error');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const { msg, url } = JSON.parse(line.startsWith('{') ? line : '{}') as { msg?: string; url?: string };
    if (msg !== 'ready' || url === undefined) continue;
    child.stderr.resume();
    return url;
  }
  throw new Error(`the store did not start: ${lines.join('\n')}`);
}

async function end(child: ChildProcess, client: SubgraphClient, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  await client.close();
}

function verbs(client: SubgraphClient): Omit<StoreProcess, 'kill' | 'stop'> {
  const call = <Data>(document: string, variables: Record<string, unknown>): Promise<Data> =>
    client.call<Data, Record<string, unknown>>(document, variables);
  return {
    async put(sessionId, texts) {
      const fragments = texts.map((text) => ({ role: 'USER', source: { kind: 'CHAT' }, text, tokens: 8 }));
      const data = await call<{ putFragments: { ids: string[] } }>(
        'mutation ($input: PutFragmentsInput!) { putFragments(input: $input) { ids } }',
        { input: { sessionId, fragments } },
      );
      return data.putFragments.ids;
    },
    async replicate(sessionId, from, ids) {
      const entries = ids.map((fragmentId, at) => ({ position: from + at, fragmentId, tokens: 8 }));
      const data = await call<{ announceFragments: { knownThrough: number } }>(
        'mutation ($input: AnnounceFragmentsInput!) { announceFragments(input: $input) { knownThrough } }',
        { input: { sessionId, entries } },
      );
      return data.announceFragments.knownThrough;
    },
    async read(ids) {
      const texts: (string | null)[] = [];
      for (let at = 0; at < ids.length; at += 512) {
        const data = await call<{ fragments: ({ text: string } | null)[] }>(
          'query ($ids: [ID!]!) { fragments(ids: $ids) { text } }',
          { ids: ids.slice(at, at + 512) },
        );
        texts.push(...data.fragments.map((fragment) => fragment?.text ?? null));
      }
      return texts;
    },
    async log(sessionId) {
      const data = await call<{ logEntries: { position: number; fragmentId: string }[] }>(
        'query ($id: ID!) { logEntries(sessionId: $id, from: 0, first: 4096) { position fragmentId } }',
        { id: sessionId },
      );
      return data.logEntries;
    },
    async search(sessionId, query) {
      const data = await call<{ searchSession: { hits: { position: number }[] } }>(
        'query ($id: ID!, $query: String!) { searchSession(sessionId: $id, query: $query, first: 5) { hits { position } } }',
        { id: sessionId, query },
      );
      return data.searchSession.hits.map(({ position }) => position);
    },
  };
}
