import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendToStore, proseFragments } from '@supercontext/compression/fixtures/session-in-store.ts';
import { LEAF_TOKENS } from '@supercontext/compression/tree/plan-leaves.ts';
import type { TypedDocument } from '@supercontext/runtime/call/call-subgraph.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { type RunningStore, startStore } from '@supercontext/store/start.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';
import { SIGNING_KEY, type StageProcess, startStageProcess } from '../support/stage-process.ts';

const why = whyNoRedis();
const SESSION = `ses_${'6'.repeat(24)}`;
const LEAVES = 40;
const NODES = LEAVES + 5;
const OF = [{ __typename: 'Session', id: SESSION }];

type Query<Data> = TypedDocument<Data, { readonly of?: readonly object[]; readonly ids?: readonly string[] }>;
const STATUS = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session {
  compression { nodes pendingJobs deadJobs compressedThrough } digest(budgetTokens: 100000) { id } } } }` as unknown as Query<{
  readonly _entities: readonly [
    {
      readonly compression: { readonly nodes: number; readonly pendingJobs: number; readonly deadJobs: number };
      readonly digest: readonly { readonly id: string }[];
    },
  ];
}>;
const NODES_BY_ID = `query ($ids: [ID!]!) { summaries(ids: $ids) {
  id text children { __typename ... on Summary { id } ... on Fragment { id } } } }` as unknown as Query<{
  readonly summaries: readonly {
    readonly id: string;
    readonly text: string;
    readonly children: readonly { readonly __typename: string; readonly id: string }[];
  }[];
}>;

describe.skipIf(why !== null)(
  `several processes compress one session on a cluster${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-compression-'));
    const processes = new Set<StageProcess>();
    async function end(process: StageProcess, how: 'kill' | 'stop'): Promise<void> {
      processes.delete(process);
      await process[how]();
    }
    let store: RunningStore;
    let cluster: RunningRedis;

    beforeAll(async () => {
      cluster = await runningCluster();
      store = await startStore({
        ...{ host: '127.0.0.1', port: 0, signingKey: SIGNING_KEY, dataFolder: join(folder, 'store') },
        ...{ logLevel: 'silent', otlpEndpoint: null, redis: null, tenantKey: null, indexMebibytes: 16 },
        ...{ segmentFragments: 1_024, embedder: 'none', cacheHome: '', embedWaitMs: 100, pgvectorUrl: null },
        log: createLog({ name: 'store', version: 'test' }, 'silent'),
      });
      const fragments = proseFragments((LEAVES * LEAF_TOKENS) / 512);
      await appendToStore({ url: store.url, signingKey: SIGNING_KEY }, SESSION, 0, fragments);
    }, 60_000);
    afterAll(async () => {
      await Promise.all([...processes].map((process) => end(process, 'kill')));
      await store?.stop();
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function start(name: string, environment: Readonly<Record<string, string>>): Promise<StageProcess> {
      const data = join(folder, name);
      mkdirSync(data, { recursive: true });
      const process = await startStageProcess('compression', data, {
        ...{ SUPERCONTEXT_COMPRESSION_PAUSE_MS: '30', SUPERCONTEXT_COMPRESSION_SWEEP_MS: '1000' },
        ...environment,
        SUPERCONTEXT_STORE_URL: store.url,
      });
      processes.add(process);
      return process;
    }

    const statusOf = async ({ client }: StageProcess) => (await client.call(STATUS, { of: OF }))._entities[0];

    async function untilWhole(process: StageProcess): Promise<void> {
      for (const endMs = performance.now() + 90_000; performance.now() < endMs; await sleep(100)) {
        const { compression } = await statusOf(process);
        if (compression.nodes >= NODES && compression.pendingJobs === 0) return;
      }
      throw new Error(`not compressed: ${JSON.stringify(await statusOf(process))}`);
    }

    async function treeOf(process: StageProcess): Promise<ReadonlyMap<string, string>> {
      const texts = new Map<string, string>();
      for (let ids = (await statusOf(process)).digest.map(({ id }) => id); ids.length > 0; ) {
        const { summaries } = await process.client.call(NODES_BY_ID, { ids });
        for (const { id, text } of summaries) texts.set(id, text);
        const below = summaries.flatMap(({ children }) => children);
        ids = below.filter(({ __typename }) => __typename === 'Summary').map(({ id }) => id);
      }
      return texts;
    }

    it('comes to the tree of one undisturbed process, whatever is killed meanwhile, and keeps nothing in files', async () => {
      const alone = await start('alone', {});
      await untilWhole(alone);
      const expected = await treeOf(alone);
      expect(expected.size).toBe(NODES);
      await end(alone, 'stop');

      const [one, other] = [await start('one', cluster.environment), await start('other', cluster.environment)];
      const made = async () => (await statusOf(other)).compression.nodes;
      while ((await made()) < 5) await sleep(20);
      await end(one, 'kill');
      while ((await made()) < 12) await sleep(20);
      await cluster.node('a').kill();
      const third = await start('third', cluster.environment);
      await untilWhole(third);
      for (const process of [other, third]) {
        expect((await statusOf(process)).compression).toMatchObject({ nodes: NODES, pendingJobs: 0, deadJobs: 0 });
        expect(await treeOf(process)).toEqual(expected);
      }
      for (const name of ['one', 'other', 'third']) expect(readdirSync(join(folder, name))).toEqual([]);
    }, 150_000);
  },
);
