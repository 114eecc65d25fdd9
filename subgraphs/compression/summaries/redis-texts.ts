import { decodeSummary, encodeSummary, type Summary } from '@supercontext/contract';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { spreadTag } from '@supercontext/runtime/redis/spread-tags.ts';
import { hashOf } from './redis-tree.ts';

/** One that no tree lists goes by itself after this: the process that wrote it was killed before it could add it. */
const UNLISTED_MS = 10 * 60_000;
/** Deleted together. */
const BATCH = 1_024;

/** Where the text of a node is: those of a session lie all over the cluster. */
export function summaryKey(sessionId: string, hash: string): string {
  return `s:${spreadTag(sessionId, Number.parseInt(hash.slice(0, 4), 16) || 0)}:${hash}`;
}

/** Keeps texts for as long as it takes to add their nodes to the tree. The first one of an id stays. */
export async function putUnlisted(redis: RedisClient, sessionId: string, summaries: readonly Summary[]): Promise<void> {
  await redis.write(
    summaries.map((summary) => {
      const key = summaryKey(sessionId, hashOf(summary.id));
      return command('SET', key, sealValue(key, encodeSummary(summary)), 'PX', UNLISTED_MS, 'NX');
    }),
  );
}

/** Keeps texts for good whose nodes are in the tree now. */
export async function keepListed(redis: RedisClient, sessionId: string, summaries: readonly Summary[]): Promise<void> {
  const keys = summaries.map(({ id }) => summaryKey(sessionId, hashOf(id)));
  const replies = await redis.write([
    ...keys.map((key) => ({ ...command('PERSIST', key), isIdempotent: true })),
    ...keys.map((key) => command('EXISTS', key)),
  ]);
  // One that had been there for long may have gone in between.
  const gone = summaries.filter((_, at) => replies[keys.length + at] === 0);
  if (gone.length === 0) return;
  await redis.write(
    gone.map((summary) => {
      const key = summaryKey(sessionId, hashOf(summary.id));
      return command('SET', key, sealValue(key, encodeSummary(summary)), 'NX');
    }),
  );
}

export async function dropTexts(redis: RedisClient, sessionId: string, hashes: readonly string[]): Promise<void> {
  for (let at = 0; at < hashes.length; at += BATCH) {
    await redis.write(hashes.slice(at, at + BATCH).map((hash) => command('UNLINK', summaryKey(sessionId, hash))));
  }
}

/** @throws ContractError STORAGE_CORRUPT, MESSAGE_MALFORMED for what is damaged, or of a version that is not spoken here */
export function openText(sessionId: string, hash: string, sealed: Buffer): Summary {
  const key = summaryKey(sessionId, hash);
  return decodeSummary(openValue(key, sealed));
}
