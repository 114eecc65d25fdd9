import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigError } from '@supercontext/runtime/config.ts';
import type { Operations } from '@supercontext/runtime/process/run-main.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import type { StoreConfig } from './config.ts';
import type { FragmentHash } from './fragment-id.ts';
import { openFragmentStore } from './fragments/embedded.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
import { RedisFragments } from './fragments/redis-fragments.ts';
import { redisFragmentStore } from './fragments/redis-store.ts';

const ENTRIES_A_READ = 4_096;

interface InFile {
  /** Of the form that this stage keeps. */
  readonly path: string;
  /** A file with a line of JSON for each session: `{sessionId, hashes}`, those of the fragments that its log lists. */
  readonly listed: string;
}

/** For the operator: the fragments of sessions that are in Redis, out to a file and in from one. */
export const OPERATIONS: Operations<StoreConfig> = {
  export: (config: StoreConfig, { path, listed }: InFile) =>
    withStore(config, {}, ({ store }) => inFile(config, path, (file) => move(store, file, listed))),

  import: (config: StoreConfig, { path, listed }: InFile) =>
    withStore(config, { isRestoring: true }, ({ store }) => inFile(config, path, (file) => move(file, store, listed))),

  /** Takes sessions out of a file. */
  forget: (config: StoreConfig, { path, sessions }: { readonly path: string; readonly sessions: readonly string[] }) =>
    inFile(config, path, async (file) => {
      for (const id of sessions) await file.erase(id);
    }),

  /** How many of a session's fragments, and how many bytes of them, each master has. */
  where: (config: StoreConfig, { session }: { readonly session: string }) =>
    withStore(config, {}, async ({ store, redis, tenantKey }) => {
      const bodies = new RedisFragments(redis, tenantKey);
      const shards = new Map(redis.shards.map(({ master }) => [master, { name: master, fragments: 0, sizeBytes: 0 }]));
      const seen = new Set<FragmentHash>();
      for (let from = 0; ; from += ENTRIES_A_READ) {
        const entries = await store.entries(session, from, ENTRIES_A_READ);
        const hashes = [...new Set(entries.map(({ hash }) => hash))].filter((hash) => !seen.has(hash));
        const sizes = await bodies.sizesOf(session, hashes);
        for (const [at, hash] of hashes.entries()) {
          seen.add(hash);
          const name = store.shardOf(session, hash);
          const { fragments, sizeBytes } = shards.get(name) ?? { fragments: 0, sizeBytes: 0 };
          shards.set(name, { name, fragments: fragments + 1, sizeBytes: sizeBytes + (sizes[at] ?? 0) });
        }
        if (entries.length < ENTRIES_A_READ) return { shards: [...shards.values()] };
      }
    }),
};

interface Opened {
  readonly store: FragmentStore;
  readonly redis: RedisClient;
  readonly tenantKey: Buffer;
}

async function withStore<Result>(
  { redis: settings, tenantKey: setting }: StoreConfig,
  options: { readonly isRestoring?: boolean },
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  if (settings === null) throw new ConfigError(['SUPERCONTEXT_REDIS is not set: this is about state in Redis']);
  const tenantKey = keyOf(setting);
  const redis = await openRedis(settings, { tenantKey, ...options });
  try {
    return await work({ store: redisFragmentStore({ redis, tenantKey }), redis, tenantKey });
  } finally {
    await redis.close();
  }
}

async function inFile<Result>(
  { tenantKey }: StoreConfig,
  path: string,
  work: (file: FragmentStore) => Promise<Result>,
): Promise<Result> {
  const file = openFragmentStore({ path, tenantKey: keyOf(tenantKey) });
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

function keyOf(setting: string | null): Buffer {
  if (setting !== null) return tenantKeyBytes(setting);
  throw new ConfigError(['SUPERCONTEXT_TENANT_KEY is not set: with SUPERCONTEXT_REDIS fragments are named with it']);
}

/** Those that logs list, and those whose copy of a log is known: all of them are in the list. */
async function move(from: FragmentStore, to: FragmentStore, listed: string): Promise<{ readonly sessions: number }> {
  let sessions = 0;
  for await (const line of createInterface({ input: createReadStream(listed) })) {
    const { sessionId, hashes } = JSON.parse(line) as { sessionId: string; hashes: readonly FragmentHash[] };
    await to.importSession(sessionId, from.exportSession(sessionId, hashes));
    sessions++;
  }
  return { sessions };
}
