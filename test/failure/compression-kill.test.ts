import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { appendToStore, proseFragments } from '@supercontext/compression/fixtures/session-in-store.ts';
import { LEAF_TOKENS } from '@supercontext/compression/tree/plan-leaves.ts';
import { subgraphClient, type TypedDocument } from '@supercontext/runtime/call/call-subgraph.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { type RunningStore, startStore } from '@supercontext/store/start.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../subgraphs/compression/main.ts');
const KEY = 'k'.repeat(32);
const SESSION = `ses_${'5'.repeat(24)}`;
const LEAVES = 72;
const NODES = LEAVES + 9 + 1;
const KILLS = 10;

interface Status {
  readonly nodes: number;
  readonly pendingJobs: number;
  readonly deadJobs: number;
  readonly compressedThrough: number;
}
interface Node {
  readonly id: string;
  readonly text: string;
  readonly children: readonly { readonly __typename: string; readonly id: string }[];
}

type Query<Data> = TypedDocument<Data, { readonly of?: readonly object[]; readonly ids?: readonly string[] }>;
const STATUS = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session {
  compression { nodes pendingJobs deadJobs compressedThrough } } } }` as unknown as Query<{
  readonly _entities: readonly [{ readonly compression: Status }];
}>;
const DIGEST = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session {
  digest(budgetTokens: 100000) { id } } } }` as unknown as Query<{
  readonly _entities: readonly [{ readonly digest: readonly { readonly id: string }[] }];
}>;
const NODES_BY_ID = `query ($ids: [ID!]!) { summaries(ids: $ids) {
  id text children { __typename ... on Summary { id } ... on Fragment { id } } } }` as unknown as Query<{
  readonly summaries: readonly Node[];
}>;
const OF = [{ __typename: 'Session', id: SESSION }];

let storeFolder: string;
let store: RunningStore;

beforeAll(async () => {
  storeFolder = mkdtempSync(join(tmpdir(), 'compression-kill-'));
  store = await startStore({
    host: '127.0.0.1',
    port: 0,
    signingKey: KEY,
    dataFolder: storeFolder,
    logLevel: 'silent',
    otlpEndpoint: null,
    redis: null,
    tenantKey: null,
    indexMebibytes: 16,
    segmentFragments: 1_024,
    embedder: 'none',
    cacheHome: '',
    embedWaitMs: 100,
    pgvectorUrl: null,
    log: createLog({ name: 'store', version: 'test' }, 'silent'),
  });
  const fragments = proseFragments((LEAVES * LEAF_TOKENS) / 512);
  await appendToStore({ url: store.url, signingKey: KEY }, SESSION, 0, fragments);
});
afterAll(async () => {
  await store.stop();
  rmSync(storeFolder, { recursive: true, force: true });
});

/** The real process on `dataFolder`, and what one can ask it. */
async function startCompressionProcess(dataFolder: string) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      SUPERCONTEXT_SIGNING_KEY: KEY,
      SUPERCONTEXT_DATA: dataFolder,
      SUPERCONTEXT_COMPRESSION_PORT: '0',
      SUPERCONTEXT_COMPRESSION_PAUSE_MS: '15',
      SUPERCONTEXT_STORE_URL: store.url,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await readyUrl(child);
  const client = subgraphClient({ caller: { name: 'test', version: '0' }, name: 'compression', url, signingKey: KEY });
  return {
    status: async () => (await client.call(STATUS, { of: OF }))._entities[0].compression,
    async tree(): Promise<ReadonlyMap<string, Node>> {
      const nodes = new Map<string, Node>();
      let ids = (await client.call(DIGEST, { of: OF }))._entities[0].digest.map(({ id }) => id);
      while (ids.length > 0) {
        const { summaries } = await client.call(NODES_BY_ID, { ids });
        for (const node of summaries) nodes.set(node.id, node);
        ids = summaries.flatMap(({ children }) =>
          children.filter(({ __typename }) => __typename === 'Summary').map(({ id }) => id),
        );
      }
      return nodes;
    },
    async end(signal: 'SIGKILL' | 'SIGTERM') {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      await client.close();
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no standard error');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const { msg, url } = JSON.parse(line.startsWith('{') ? line : '{}') as { msg?: string; url?: string };
    if (msg !== 'ready' || url === undefined) continue;
    child.stderr.resume();
    return url;
  }
  throw new Error(`compression did not start: ${lines.join('\n')}`);
}

/** The whole tree, after killing the process so many times in the middle of its work. */
async function growTree(
  kills: number,
): Promise<{ tree: ReadonlyMap<string, Node>; status: Status; killedAt: number[] }> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'compression-killed-'));
  const killedAt: number[] = [];
  try {
    for (let made = 0; killedAt.length < kills; ) {
      const compression = await startCompressionProcess(dataFolder);
      // At least one commit further than the last time, so that all kills together end.
      let { nodes } = await compression.status();
      while (nodes <= made && nodes < NODES) nodes = (await compression.status()).nodes;
      await compression.end('SIGKILL');
      made = nodes;
      killedAt.push(nodes);
      if (nodes === NODES) break;
    }
    const compression = await startCompressionProcess(dataFolder);
    await expect.poll(async () => (await compression.status()).nodes, { timeout: 60_000 }).toBe(NODES);
    await expect.poll(async () => (await compression.status()).pendingJobs, { timeout: 20_000 }).toBe(0);
    const status = await compression.status();
    const tree = await compression.tree();
    await compression.end('SIGTERM');
    return { tree, status, killedAt };
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

describe('compression under kill -9', () => {
  it('ends with the very tree of an undisturbed run, nothing given up', async () => {
    const undisturbed = await growTree(0);
    expect(undisturbed.tree.size).toBe(NODES);
    const killed = await growTree(KILLS);
    expect(killed.killedAt.filter((nodes) => nodes < NODES).length).toBeGreaterThan(2);
    expect(killed.status).toEqual({ ...undisturbed.status, deadJobs: 0, pendingJobs: 0 });
    expect(killed.tree).toEqual(undisturbed.tree);
  }, 180_000);
});
