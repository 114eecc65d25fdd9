import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { formatFragmentId } from '@supercontext/store/fragment-id.ts';
import type { FragmentStore } from '@supercontext/store/fragments/fragment-store.ts';
import { redisFragmentStore } from '@supercontext/store/fragments/redis-store.ts';
import { fragmentLoader } from '@supercontext/store/read-fragments.ts';
import { type RunningRedis, runningCluster } from '../../support/redis-cluster.ts';
import { keysOf, readsOf } from '../../support/redis-keys.ts';
import { startStoreProcess } from '../../support/store-process.ts';
import type { BenchRow } from '../row.ts';
import { fragments, ingest, row, SESSION, seconds } from './ingest.ts';

export { whyNoRedis as whyNot } from '../../support/redis-cluster.ts';

const TENANT_KEY = 'the tenant of the benchmarks alone';
const READ = 500;
const ROUNDS = 40;
const ONE_BY_ONE_ROUNDS = 10;
const APPENDED = 64;
const APPENDS = 400;
const WARM_UP = 40;
const APPEND_GOAL_MS = 15;
const OTHER_SESSION = `ses_${'1'.repeat(24)}`;

/** The store on a cluster of three masters with two replicas each, all of it on this machine. */
export async function run(): Promise<readonly BenchRow[]> {
  const cluster = await runningCluster();
  const tenantKey = Buffer.from(TENANT_KEY);
  const redis = await openRedis(cluster.settings, { tenantKey });
  try {
    const texts = fragments();
    const kept = await ingesting(cluster, redis, texts);
    const store = redisFragmentStore({ redis, tenantKey });
    return [...kept, ...(await reading(cluster, redis, store)), await appending(store, texts)];
  } finally {
    await redis.close();
    await cluster.stop();
  }
}

/** A session of 2M tokens through a store process, in files and on the cluster; what the cluster then has of it. */
async function ingesting(cluster: RunningRedis, redis: RedisClient, texts: readonly string[]): Promise<BenchRow[]> {
  const masters = redis.shards.map(({ master }) => cluster.at(master));
  const memory = () => memoryOf(masters);
  const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
  const inSeconds = async (name: string, environment: Readonly<Record<string, string>>) => {
    const store = await startStoreProcess(join(folder, name), { SUPERCONTEXT_TENANT_KEY: TENANT_KEY, ...environment });
    try {
      return await seconds(() => ingest(store, texts));
    } finally {
      await store.stop();
    }
  };
  try {
    const before = await memory();
    const peer = await inSeconds('files', {});
    const ours = await inSeconds('redis', cluster.environment);
    const note = 'the store alone, over HTTP; cluster and client share the machine; peer: the embedded store';
    const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const grown = (await memory()) - before;
    const keys = await keysOf(redis, 'f:*');
    const counts = redis.shards.map(({ master }) => keys.filter((key) => redis.masterOf(key) === master).length);
    return [
      row({ name: 'store on a cluster: put and replicate 2M tokens', ours, peer, unit: 's', goal: 2, note }),
      row({
        name: 'store on a cluster: memory of the masters for a session of 2M tokens, beside its text',
        ours: grown / 1e6,
        peer: textBytes / 1e6,
        unit: 'MB',
        goal: 1.5,
        note: `fragments, log, names and search segments, without vectors; ${keys.length} fragments`,
      }),
      row({
        name: 'store on a cluster: fragments of that session on the fullest master, beside the mean',
        ours: Math.max(...counts),
        peer: keys.length / counts.length,
        unit: 'fragments',
        goal: 1.25,
        note: counts.join(' / '),
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without what is of connections and replication, which is there once for all sessions. */
async function memoryOf(masters: readonly { text(...words: readonly string[]): Promise<string> }[]): Promise<number> {
  const infos = await Promise.all(masters.map((node) => node.text('INFO', 'memory')));
  const field = (info: string, name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const passing = ['mem_clients_normal', 'mem_total_replication_buffers', 'mem_aof_buffer'];
  return infos.reduce(
    (sum, info) => sum + field(info, 'used_memory') - passing.reduce((total, name) => total + field(info, name), 0),
    0,
  );
}

/** 500 fragments of one request, through the loader that the resolvers use. */
async function reading(cluster: RunningRedis, redis: RedisClient, store: FragmentStore): Promise<BenchRow[]> {
  const masters = redis.shards.map(({ master }) => cluster.at(master));
  const entries = await store.entries(SESSION, 1_000, READ);
  const ids = entries.map(({ hash }) => formatFragmentId(SESSION, hash));
  const together = async () => {
    const loader = fragmentLoader(store);
    const found = await Promise.all(ids.map((id) => loader.load(id)));
    if (found.some((fragment) => fragment === null)) throw new Error('a fragment is missing');
  };
  const alone = async () => {
    for (const id of ids) await fragmentLoader(store).load(id);
  };
  await together();
  const pipelines: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await readsOf(masters);
    times.push(1_000 * (await seconds(together)));
    // Less the questions for the number.
    pipelines.push((await readsOf(masters)) - before - masters.length);
  }
  const aloneTimes: number[] = [];
  for (let round = 0; round < ONE_BY_ONE_ROUNDS; round++) aloneTimes.push(1_000 * (await seconds(alone)));
  const [ours, peer] = [Math.min(...times), Math.min(...aloneTimes)];
  const medians = `medians ${quantile(times, 0.5).toFixed(1)} and ${quantile(aloneTimes, 0.5).toFixed(1)} ms`;
  return [
    row({
      name: `store on a cluster: reads of all masters for ${READ} fragments of one request`,
      ours: quantile(pipelines, 0.5),
      peer: masters.length,
      unit: 'reads',
      goal: 1,
      note: 'counted on the servers, median; peer: the number of shards',
    }),
    {
      name: `store on a cluster: ${READ} fragments of one request, beside one by one`,
      ours,
      peer,
      unit: 'ms',
      ratio: peer / ours,
      goal: '>= 5',
      met: peer / ours >= 5,
      note: `the fastest round of each, since what works longer at a time is held up more on a busy machine; ${medians}; over loopback: a network would widen it`,
    },
  ];
}

/** Appends of 64 fragments to a session, each put with WAIT and then listed. */
async function appending(store: FragmentStore, texts: readonly string[]): Promise<BenchRow> {
  const times: number[] = [];
  for (let at = 0; at < APPENDS + WARM_UP; at++) {
    const batch = Array.from({ length: APPENDED }, (_, place) =>
      fragmentOf(`${at} ${texts[(at * APPENDED + place) % texts.length]}`),
    );
    const duration = await seconds(async () => {
      const { hashes } = await store.put(batch, OTHER_SESSION);
      const entries = hashes.map((hash, place) => ({ position: at * APPENDED + place, hash, tokens: 300 }));
      await store.replicate(OTHER_SESSION, entries);
    });
    if (at >= WARM_UP) times.push(1_000 * duration);
  }
  return row({
    name: `store on a cluster: append of ${APPENDED} fragments, acknowledged by a replica and listed, p99`,
    ours: quantile(times, 0.99),
    peer: APPEND_GOAL_MS,
    unit: 'ms',
    goal: 1,
    note: `one after the other; median ${quantile(times, 0.5).toFixed(1)} ms; the peer is the goal itself`,
  });
}

export function fragmentOf(text: string): Fragment {
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: 'document',
    source: { kind: 'file', name: null },
    text: text.toWellFormed(),
    tokens: tokens(300),
    tokenizer: CONTRACT_TOKENIZER,
  };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, two) => one - two)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
}
