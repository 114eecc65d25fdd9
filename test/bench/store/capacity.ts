import { createClient, GenerateDocument } from '@supercontext/client';
import { ContractError } from '@supercontext/contract';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { FragmentStore } from '@supercontext/store/fragments/fragment-store.ts';
import { redisFragmentStore } from '@supercontext/store/fragments/redis-store.ts';
import { append, openSession } from '../../support/graph.ts';
import { type RunningRedis, runningCluster } from '../../support/redis-cluster.ts';
import type { RedisNode } from '../../support/redis-node.ts';
import { takeShare } from '../../support/redis-slots.ts';
import { type RunningPlatform, runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { fragments, seconds } from './ingest.ts';
import { fragmentOf } from './redis.ts';

export { whyNoRedis as whyNot } from '../../support/redis-cluster.ts';

const TENANT_KEY = 'the tenant of the benchmarks alone';
/** Of each master, above what it has when it is empty. */
const ROOM_BYTES = 10_000_000;
const BATCH = 64;
/** Written to in turns, so that what is not spread, their logs, lies on several masters. */
const SESSIONS = 12;
const NEWCOMERS = ['d', 'e', 'f'];
const CAPACITY_GOAL = 1.8;

interface Filling {
  readonly bytes: number;
  readonly fragments: number;
  readonly seconds: number;
}

/**
 * What three masters take before they refuse, and what they take when there are six: added while a platform is in use on the cluster,
 * whose reasoning stage is neither told nor started anew.
 */
export async function run(): Promise<readonly BenchRow[]> {
  await using parts = new AsyncDisposableStack();
  const cluster = await runningCluster({ replicas: 1 });
  parts.defer(() => cluster.stop());
  const tenantKey = Buffer.from(TENANT_KEY);
  const platform = await runningPlatform({ ...cluster.environment, SUPERCONTEXT_TENANT_KEY: TENANT_KEY });
  parts.defer(() => platform.stop());
  const redis = await openRedis(cluster.settings, { tenantKey });
  parts.defer(() => redis.close());
  const answering = await somebodyWhoAsks(platform);
  parts.defer(answering.close);

  const filler = new Filler(redisFragmentStore({ redis, tenantKey }));
  const before = { pid: platform.pid('reasoning'), events: platform.events.length };
  await answering.ask();
  await limit(['a', 'b', 'c'].map((name) => cluster.node(name)));
  const three = await filler.fill();
  const growing = await seconds(() => grow(cluster, redis));
  // Between the two: when all are full again, a question is refused like everything else that is to be kept.
  await answering.ask();
  const six = await filler.fill();
  const isUntouched = platform.pid('reasoning') === before.pid && platform.events.length === before.events;
  return rowsOf({ three, six, growing, isUntouched });
}

/** Puts and lists fragments, each batch acknowledged by a replica, until a master says that it is full. */
class Filler {
  readonly #store: FragmentStore;
  readonly #texts = fragments();
  #batches = 0;

  constructor(store: FragmentStore) {
    this.#store = store;
  }

  async fill(): Promise<Filling> {
    let [bytes, count] = [0, 0];
    const duration = await seconds(async () => {
      for (;;) {
        const at = this.#batches++;
        const batch = Array.from({ length: BATCH }, (_, place) => {
          return fragmentOf(`${at} ${this.#texts[(at * BATCH + place) % this.#texts.length]}`);
        });
        if (!(await this.#put(batch, at))) return;
        bytes += batch.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
        count += batch.length;
      }
    });
    return { bytes, fragments: count, seconds: duration };
  }

  /** False when there is no room. */
  async #put(batch: readonly ReturnType<typeof fragmentOf>[], at: number): Promise<boolean> {
    const sessionId = `ses_${String(at % SESSIONS).padStart(24, '0')}`;
    try {
      const { hashes } = await this.#store.put(batch, sessionId);
      const { knownThrough } = await this.#store.known(sessionId);
      const entries = hashes.map((hash, place) => ({ position: knownThrough + 1 + place, hash, tokens: 300 }));
      await this.#store.replicate(sessionId, entries);
      return true;
    } catch (error) {
      if (error instanceof ContractError && error.code === 'STORAGE_FULL') return false;
      throw error;
    }
  }
}

/** Room for as much as there is, and some: the same for each. */
async function limit(masters: readonly RedisNode[]): Promise<void> {
  for (const node of masters) {
    const used = Number(/^used_memory:(\d+)/m.exec(await node.text('INFO', 'memory'))?.[1]);
    await node.call('CONFIG', 'SET', 'maxmemory', used + ROOM_BYTES);
  }
}

/** Three masters more with a replica each, and half of all slots for them; until the client that was there before knows of them. */
async function grow(cluster: RunningRedis, redis: RedisClient): Promise<void> {
  const newcomers: RedisNode[] = [];
  for (const name of NEWCOMERS) {
    const master = await cluster.addMaster(name);
    await cluster.addReplica(`${name}1`, master);
    newcomers.push(master);
  }
  await limit(newcomers);
  await takeShare(cluster, newcomers);
  await cluster.whole();
  while (redis.shards.length < 6) await redis.refresh();
}

/** A session with one fact in it, and a question that has to be answered. */
async function somebodyWhoAsks(
  platform: RunningPlatform,
): Promise<{ ask: () => Promise<void>; close: () => Promise<void> }> {
  const client = createClient({ url: platform.url });
  const sessionId = await openSession(platform.url);
  const items = [{ text: { text: 'The port of the ledger is 7443.' } }];
  await append(platform.url, { sessionId, idempotencyKey: 'fact', items });
  const ask = async () => {
    const input = { sessionId, prompt: 'What is the port of the ledger?' };
    let text = '';
    for await (const { generate: event } of client.subscribe(GenerateDocument, { input })) {
      if (event.__typename === 'TokenDelta') text += event.text;
      if (event.__typename === 'GenerationFailed') throw new Error(event.message);
    }
    if (!text.includes('7443')) throw new Error(`it was answered: ${text}`);
  };
  return { ask, close: () => client.close() };
}

function rowsOf(about: {
  readonly three: Filling;
  readonly six: Filling;
  readonly growing: number;
  readonly isUntouched: boolean;
}): BenchRow[] {
  const { three, six, growing, isUntouched } = about;
  const held = (three.bytes + six.bytes) / three.bytes;
  const rate = ({ fragments: count, seconds: duration }: Filling) => count / duration;
  const stage = isUntouched
    ? 'the reasoning stage, the same process all the while, answered before and after'
    : 'the reasoning stage was started anew';
  return [
    {
      name: 'store on a cluster: text that six masters hold before they refuse, beside three',
      ours: (three.bytes + six.bytes) / 1e6,
      peer: three.bytes / 1e6,
      unit: 'MB',
      ratio: held,
      goal: `>= ${CAPACITY_GOAL}`,
      met: held >= CAPACITY_GOAL && isUntouched,
      note: `${ROOM_BYTES / 1e6} MB for each master, noeviction; three added in use, with their share of slots and keys, in ${growing.toFixed(0)} s; ${stage}`,
    },
    {
      name: 'store on a cluster: acknowledged fragments a second with six masters, beside three',
      ours: rate(six),
      peer: rate(three),
      unit: '1/s',
      ratio: rate(six) / rate(three),
      goal: '>= 0.5',
      met: rate(six) / rate(three) >= 0.5,
      note: 'one caller, a batch of 64 after the other; all nodes share the cores of this machine, so that more of them cannot be faster here: the goal is that they are not much slower',
    },
  ];
}
