import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { spreadTag } from '@supercontext/runtime/redis/spread-tags.ts';
import { encodeSegment, openSegment, SEGMENT_POSITIONS, type SignedFragment } from './sealed-signs.ts';
import { StoredVectors } from './stored-vectors.ts';
import type { VectorSpace } from './vector-index.ts';
import type { EncodedFragment, ReadFragment, ReadPage } from './vector-rows.ts';

const HASH_BYTES = 16;
/** Fields of a block beside its rows, which have the numbers of their positions: the sealed signs, and how often it was changed. */
const SIGNS = 's';
const CHANGES = 'v';

/**
 * Drops rows and sets rows, and breaks the seal. A block without rows is no block any more.
 *
 * ARGV: how many fields to drop; these; fields and their values
 */
const CHANGE = `
local first = 2 + tonumber(ARGV[1])
for at = 2, first - 1 do redis.call('HDEL', KEYS[1], ARGV[at]) end
for at = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call('HDEL', KEYS[1], '${SIGNS}')
if redis.call('HLEN', KEYS[1]) == redis.call('HEXISTS', KEYS[1], '${CHANGES}') then return redis.call('DEL', KEYS[1]) end
return redis.call('HINCRBY', KEYS[1], '${CHANGES}', 1)`;
const PUT = script(`#!lua${CHANGE}`);
const FORGET = script(`#!lua flags=allow-oom${CHANGE}`);
const SEAL = script(`#!lua
if redis.call('HGET', KEYS[1], '${CHANGES}') ~= ARGV[1] then return 0 end
return redis.call('HSET', KEYS[1], '${SIGNS}', ARGV[2])`);
/** How many rows there were. */
const DELETE = script(`#!lua flags=allow-oom
local others = redis.call('HEXISTS', KEYS[1], '${SIGNS}') + redis.call('HEXISTS', KEYS[1], '${CHANGES}')
local rows = redis.call('HLEN', KEYS[1]) - others
redis.call('UNLINK', KEYS[1])
return rows`);

/** A block as it is read whole. */
export interface ReadBlock extends ReadPage {
  /** For `seal`. */
  readonly changes: Buffer | null;
}

/** The number of the block that has a position. */
export function blockOf(position: number): number {
  return Math.floor(position / SEGMENT_POSITIONS);
}

/**
 * Vectors in Redis: a hash for each block of 256 positions, spread over all masters, with a checked value for each row and one for
 * the signs of all of them, which is there only as long as no row changes. For each session the blocks it may have: one is noted
 * before anything is put there, and whoever lists looks whether it is there.
 */
export class VectorBlocks {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async put(space: VectorSpace, fragments: readonly EncodedFragment[]): Promise<void> {
    const blocks = Map.groupBy(fragments, ({ position }) => blockOf(position));
    await this.#redis.write([
      command('SADD', listKey(space.sessionId), ...[...blocks.keys()].map((block) => memberOf(space, block))),
    ]);
    const changes = [...blocks].map(([block, rows]) => {
      const key = blockKey(space, block);
      const values = rows.flatMap(({ position, fragment, body }) => [
        position,
        sealValue(`${key} ${position}`, Buffer.concat([fragment, body])),
      ]);
      return scriptCommand(PUT, { keys: [key], args: [0, ...values], isIdempotent: true });
    });
    await this.#redis.write(changes);
  }

  /** Numbers of the blocks that may be there, in order. */
  async blocks({ sessionId, model, dimensions }: VectorSpace): Promise<number[]> {
    return (await this.#listed(sessionId))
      .filter((one) => one.space.model === model && one.space.dimensions === dimensions)
      .map(({ block }) => block)
      .sort((one, other) => one - other);
  }

  /** The sealed signs of blocks, null for one that has none that hold. */
  async signs(space: VectorSpace, blocks: readonly number[]): Promise<(readonly SignedFragment[] | null)[]> {
    const values = await this.#redis.read(blocks.map((block) => command('HGET', blockKey(space, block), SIGNS)));
    return blocks.map((block, at) => {
      const sealed = values[at] as Buffer | null;
      const bytes = sealed === null ? null : wholeValue(`${blockKey(space, block)} ${SIGNS}`, sealed);
      return bytes === null ? null : openSegment(bytes, block * SEGMENT_POSITIONS, space.dimensions);
    });
  }

  /** All rows of a block, in order of position. */
  async rows(space: VectorSpace, block: number): Promise<ReadBlock> {
    const key = blockKey(space, block);
    const fields = (await this.#redis.readOne('HGETALL', key)) as readonly Buffer[];
    const rows: [number, Buffer][] = [];
    let changes: Buffer | null = null;
    for (let at = 0; at < fields.length; at += 2) {
      const name = String(fields[at]);
      if (name === CHANGES) changes = fields[at + 1] as Buffer;
      else if (name !== SIGNS) rows.push([Number(name), fields[at + 1] as Buffer]);
    }
    rows.sort(([one], [other]) => one - other);
    return { ...readRows(space, rows), changes };
  }

  /** Rows at positions, with those that are not there among the unusable. */
  async at(space: VectorSpace, positions: readonly number[]): Promise<ReadPage> {
    const blocks = [...Map.groupBy(positions, blockOf)];
    const values = await this.#redis.read(
      blocks.map(([block, some]) => command('HMGET', blockKey(space, block), ...some)),
    );
    const rows = blocks.flatMap(([, some], at) =>
      some.map((position, place): [number, Buffer | null] => [
        position,
        (values[at] as readonly (Buffer | null)[])[place] ?? null,
      ]),
    );
    return readRows(space, rows);
  }

  /** Seals the signs of a block, unless it was changed since it was read. */
  async seal(
    space: VectorSpace,
    block: number,
    { changes, whole }: { readonly changes: Buffer | null; readonly whole: readonly SignedFragment[] },
  ): Promise<void> {
    if (changes === null) return;
    const key = blockKey(space, block);
    const bytes = encodeSegment(block * SEGMENT_POSITIONS, space.dimensions, whole);
    const args = [changes, sealValue(`${key} ${SIGNS}`, bytes)];
    await this.#redis.write([scriptCommand(SEAL, { keys: [key], args, isIdempotent: true })]);
  }

  /** Drops rows of blocks: of each these positions, or, for null, all. */
  async forget(space: VectorSpace, blocks: ReadonlyMap<number, readonly number[] | null>): Promise<void> {
    const commands = [...blocks].map(([block, positions]): RedisCommand => {
      const key = blockKey(space, block);
      if (positions === null) return command('UNLINK', key);
      return scriptCommand(FORGET, { keys: [key], args: [positions.length, ...positions], isIdempotent: true });
    });
    await this.#redis.write(commands);
  }

  async spaces(sessionId: string): Promise<VectorSpace[]> {
    const listed = await this.#listed(sessionId);
    const found = await this.#redis.read(listed.map(({ space, block }) => command('EXISTS', blockKey(space, block))));
    const spaces = new Map<string, VectorSpace>();
    for (const [at, { space }] of listed.entries()) {
      if (found[at] === 1) spaces.set(`${space.dimensions} ${space.model}`, space);
    }
    return [...spaces.values()];
  }

  /** How many rows there were. */
  async erase(sessionId: string): Promise<number> {
    const listed = await this.#listed(sessionId);
    if (listed.length === 0) return 0;
    const counts = await this.#redis.write(
      listed.map(({ space, block }) =>
        scriptCommand(DELETE, { keys: [blockKey(space, block)], args: [], isIdempotent: true }),
      ),
    );
    // Only these: another may have been put meanwhile.
    await this.#redis.write([command('SREM', listKey(sessionId), ...listed.map(({ member }) => member))]);
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  async #listed(sessionId: string) {
    const members = (await this.#redis.readOne('SMEMBERS', listKey(sessionId))) as readonly Buffer[];
    return members.map((bytes) => {
      const member = String(bytes);
      const [dimensions = '', block = '', ...model] = member.split(':');
      const space = { sessionId, model: model.join(':'), dimensions: Number(dimensions) };
      return { space, block: Number(block), member };
    });
  }
}

function readRows(space: VectorSpace, rows: readonly (readonly [number, Buffer | null])[]): ReadPage {
  const whole: ReadFragment[] = [];
  const unusable: number[] = [];
  for (const [position, sealed] of rows) {
    const place = `${blockKey(space, blockOf(position))} ${position}`;
    const bytes = sealed === null ? null : wholeValue(place, sealed);
    // Copied, since what came from Redis is a part of something larger.
    const vectors =
      bytes === null ? null : StoredVectors.open(new Uint8Array(bytes.subarray(HASH_BYTES)), space.dimensions);
    if (bytes === null || vectors === null) unusable.push(position);
    else whole.push({ position, hash: bytes.toString('hex', 0, HASH_BYTES), vectors });
  }
  return { whole, unusable };
}

/** Null for one that is not as it was written. */
function wholeValue(place: string, sealed: Buffer): Buffer | null {
  try {
    return openValue(place, sealed);
  } catch {
    return null;
  }
}

/** HASH: the rows of a block. */
function blockKey({ sessionId, model, dimensions }: VectorSpace, block: number): string {
  return `y:${spreadTag(sessionId, block)}:${dimensions}:${block}:${model}`;
}

/** SET: the blocks that a session may have. */
function listKey(sessionId: string): string {
  return `y:{${sessionId}}`;
}

function memberOf({ model, dimensions }: VectorSpace, block: number): string {
  return `${dimensions}:${block}:${model}`;
}
