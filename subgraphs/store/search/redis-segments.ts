import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { spreadTag } from '@supercontext/runtime/redis/spread-tags.ts';
import { packSegment, unpackSegment } from './packed-segment.ts';
import type { PlacedSegment, SegmentStore } from './segment-store.ts';

const DIGEST_BYTES = 16;

/**
 * Segments in Redis: a value for each, spread over all masters, and for each session the positions at which some begin. A position
 * is noted before its segment is written and dropped after it was deleted, so that whatever lies there is found. Of two
 * that overlap the earlier counts: that is what a segment that takes the place of others leaves behind if it is interrupted.
 */
export function redisSegmentStore(redis: RedisClient): SegmentStore {
  async function startsOf(sessionId: string): Promise<number[]> {
    const members = (await redis.readOne('SMEMBERS', startsKey(sessionId))) as readonly Buffer[];
    return members.map(Number).sort((one, other) => one - other);
  }

  /** How many there were. */
  async function drop(sessionId: string, starts: readonly number[]): Promise<number> {
    if (starts.length === 0) return 0;
    const gone = await redis.write(starts.map((start) => command('UNLINK', segmentKey(sessionId, start))));
    await redis.write([command('SREM', startsKey(sessionId), ...starts)]);
    return gone.reduce<number>((sum, one) => sum + Number(one), 0);
  }

  return {
    async read(sessionId) {
      const starts = await startsOf(sessionId);
      const values = await redis.read(starts.map((start) => command('GET', segmentKey(sessionId, start))));
      const segments: PlacedSegment[] = [];
      let [unusable, next] = [0, 0];
      for (const [at, from] of starts.entries()) {
        if (from < next) continue;
        const placed = await openPlaced(sessionId, from, values[at] as Buffer | null);
        if (placed === null) unusable++;
        else {
          segments.push(placed);
          next = from + placed.segment.documents;
        }
      }
      return { segments, unusable };
    },

    async write(sessionId, { from, segment, logDigest }) {
      const key = segmentKey(sessionId, from);
      await redis.write([command('SADD', startsKey(sessionId), from)]);
      const value = sealValue(key, Buffer.concat([Buffer.from(logDigest, 'hex'), await packSegment(segment)]));
      await redis.write([command('SET', key, value)]);
      const covered = (await startsOf(sessionId)).filter((start) => start > from && start < from + segment.documents);
      await drop(sessionId, covered);
    },

    async erase(sessionId) {
      return drop(sessionId, await startsOf(sessionId));
    },

    async close() {},
  };
}

/** Null for what is not as it was written, or of another version of the index. */
async function openPlaced(sessionId: string, from: number, sealed: Buffer | null): Promise<PlacedSegment | null> {
  if (sealed === null) return null;
  try {
    const value = openValue(segmentKey(sessionId, from), sealed);
    const segment = await unpackSegment(value.subarray(DIGEST_BYTES));
    return segment === null ? null : { from, segment, logDigest: value.toString('hex', 0, DIGEST_BYTES) };
  } catch {
    return null;
  }
}

/** STRING: digest of the log, packed segment. */
function segmentKey(sessionId: string, from: number): string {
  return `x:${spreadTag(sessionId, from % PRIME)}:${from}`;
}

/** Segments begin at multiples of a power of two, mostly: their remainders by a prime go through all parts. */
const PRIME = 61;

/** SET: the positions at which segments of a session begin. */
function startsKey(sessionId: string): string {
  return `x:{${sessionId}}`;
}
