import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigError } from '@supercontext/runtime/config.ts';
import { copySessions, type DamagedSession } from '@supercontext/runtime/copy-sessions.ts';
import type { Operations } from '@supercontext/runtime/process/run-main.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import type { StoreConfig } from './config.ts';
import type { FragmentHash } from './fragment-id.ts';
import { type FragmentFile, openFragmentStore } from './fragments/embedded.ts';
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

interface Export extends InFile {
  /** Whether sessions that are damaged keep nothing else from being copied. */
  readonly withoutDamaged?: boolean;
}

interface Listed {
  readonly sessionId: string;
  readonly hashes: readonly FragmentHash[];
}

/** For the operator: the fragments of sessions that are in Redis, out to a file and in from one. */
export const OPERATIONS: Operations<StoreConfig> = {
  /** The sessions that are damaged, and all fragments that are: these are left out of whichever session. */
  export: (config: StoreConfig, { path, listed, withoutDamaged: isLenient = false }: Export) =>
    withStore(config, {}, ({ store }) =>
      inFile(config, path, async (file) => {
        const fragments = new Set<FragmentHash>();
        const copy = ({ sessionId, hashes }: Listed) => {
          const onDamaged = isLenient ? (hash: FragmentHash) => fragments.add(hash) : undefined;
          return file.importSession(sessionId, store.exportSession(sessionId, hashes, onDamaged));
        };
        const options = { isLenient, idOf: ({ sessionId }: Listed) => sessionId, copy };
        const sessions = await copySessions(linesOf(listed), { ...options, drop: (id) => file.erase(id) });
        return { sessions, fragments: [...fragments] } satisfies StoreDamage;
      }),
    ),

  import: (config: StoreConfig, { path, listed }: InFile) =>
    withStore(config, { isRestoring: true }, ({ store }) =>
      inFile(config, path, async (file) => {
        let sessions = 0;
        for await (const { sessionId, hashes } of linesOf(listed)) {
          await store.importSession(sessionId, file.exportSession(sessionId, hashes));
          sessions++;
        }
        return { sessions };
      }),
    ),

  /** Takes sessions out of a file. */
  forget: (config: StoreConfig, { path, sessions }: { readonly path: string; readonly sessions: readonly string[] }) =>
    inFile(config, path, async (file) => {
      for (const id of sessions) await file.erase(id);
    }),

  /** Takes out of a file whatever is not listed. */
  keep: (config: StoreConfig, { path, listed }: InFile) =>
    inFile(config, path, async (file) => {
      const kept = new Map<string, readonly FragmentHash[]>();
      for await (const { sessionId, hashes } of linesOf(listed)) kept.set(sessionId, hashes);
      await file.keepListed(kept);
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

interface StoreDamage {
  readonly sessions: readonly DamagedSession[];
  readonly fragments: readonly FragmentHash[];
}

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
  work: (file: FragmentFile) => Promise<Result>,
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

/** What logs list: a store adds to it what its copy of a log does. */
async function* linesOf(listed: string): AsyncGenerator<Listed, void> {
  for await (const line of createInterface({ input: createReadStream(listed) })) yield JSON.parse(line) as Listed;
}
