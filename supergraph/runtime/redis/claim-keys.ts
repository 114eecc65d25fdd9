import { createHmac } from 'node:crypto';
import { ConfigError } from '../config.ts';
import { openValue, sealValue } from './checked-value.ts';
import { command } from './command.ts';
import type { Reply } from './node-connection.ts';
import type { RedisClient } from './redis-client.ts';
import { someKeys } from './some-keys.ts';
import { tagsInOrder } from './spread-tags.ts';

/** The form of all keys and values together: a program reads that of its own version alone. */
export const DATA_VERSION = 1;

/** There while a backup is taken in, and after that was interrupted: nobody is to take half of it for all. */
export const RESTORING_KEY = 'sc:{meta}:restoring';

/**
 * Where each mark stands: the first decides between those who claim a new Redis at once, and is the only one that earlier programs
 * wrote; the others lie in each sixteenth of all slots, so that a master that loses its keys does not take all of them.
 */
const EVERY_TAG = 4;
const TAGS = ['{meta}', ...tagsInOrder('meta').filter((_, at) => at % EVERY_TAG === 0)] as const;

export interface ClaimOptions {
  readonly tenantKey: Uint8Array | null;
  readonly isRestoring?: boolean;
}

/** A value by which the keys of a Redis are told from those of others. */
interface Mark {
  readonly name: 'version' | 'tenant';
  readonly own: string;
  /** What is to be said where another value stands. */
  readonly refusal: (found: string) => string;
}

const VERSION: Mark = {
  name: 'version',
  own: String(DATA_VERSION),
  refusal: (found) =>
    `SUPERCONTEXT_REDIS and what it names: its keys are of version ${found}, this program knows ${DATA_VERSION}: start the ` +
    'version that wrote them, or name a Redis without keys',
};

/**
 * Whether the keys of this Redis are of this program's version, and of this tenant: a Redis that has none yet is theirs from now on.
 * Marks that lack, as with a master that lost its keys, are written again where the others say the same.
 * @param options.tenantKey of a stage that names things by it; null for one that does not
 * @param options.isRestoring for who takes a backup in
 * @throws ConfigError for keys of another version or tenant, and for keys without a mark; ContractError STORAGE_CORRUPT,
 *   STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export async function claimKeys(redis: RedisClient, { tenantKey, isRestoring = false }: ClaimOptions): Promise<void> {
  if ((await standing(redis, VERSION)).size === 0) await refuseUnmarked(redis);
  await claim(redis, VERSION);
  if (!isRestoring && (await redis.readOne('EXISTS', RESTORING_KEY)) === 1) {
    throw new ConfigError([
      'SUPERCONTEXT_REDIS and what it names: a backup is being restored into it, or that was interrupted: wait, or repeat ' +
        '`npm run backup -- restore`',
    ]);
  }
  if (tenantKey === null) return;
  await claim(redis, {
    name: 'tenant',
    own: createHmac('sha256', tenantKey).update('supercontext tenant').digest('hex'),
    refusal: () =>
      'SUPERCONTEXT_TENANT_KEY and SUPERCONTEXT_REDIS: the keys there are of a tenant with another key: set that one, or name a ' +
      'Redis without keys',
  });
}

/** @throws ConfigError when there are keys that nobody has claimed */
async function refuseUnmarked(redis: RedisClient): Promise<void> {
  const [key] = await someKeys(redis, '*');
  // Another stage may have claimed the Redis meanwhile, and written.
  if (key === undefined || (await standing(redis, VERSION)).size > 0) return;
  throw new ConfigError([
    'SUPERCONTEXT_REDIS and what it names: there are keys, and no mark of whose they are: they are of another program, or the ' +
      'marks (sc:{meta…}) were removed: name a Redis without keys, or empty this one (FLUSHALL on every master) and restore a backup',
  ]);
}

/** Writes a mark wherever it lacks. @throws ConfigError where another value stands */
async function claim(redis: RedisClient, mark: Mark): Promise<void> {
  let found = await standing(redis, mark);
  if (found.size === 0) found = await write(redis, mark, [TAGS[0]]);
  refuseOthers(mark, found);
  const lacking = TAGS.filter((tag) => !found.has(tag));
  if (lacking.length > 0) refuseOthers(mark, await write(redis, mark, lacking));
}

/** @throws ConfigError */
function refuseOthers({ own, name, refusal }: Mark, found: ReadonlyMap<string, string>): void {
  const others = [...found].filter(([, value]) => value !== own);
  const [first] = others;
  if (first === undefined) return;
  const [tag, value] = first;
  if (others.length === found.size) throw new ConfigError([refusal(value)]);
  throw new ConfigError([
    `SUPERCONTEXT_REDIS and what it names: its marks contradict each other: ${placeOf(tag, name)} and ${others.length - 1} more of ` +
      `${found.size} are of another ${name}: two platforms have written there; name the Redis of one of them`,
  ]);
}

/** Values of a mark by their tags, without those that lack. @throws ContractError STORAGE_CORRUPT for one that is damaged */
async function standing(redis: RedisClient, { name }: Mark): Promise<Map<string, string>> {
  const replies = await redis.read(TAGS.map((tag) => command('GET', placeOf(tag, name))));
  return valuesOf(name, TAGS, replies);
}

/** What stands at these tags then, which is the own value where nothing did. */
async function write(redis: RedisClient, { name, own }: Mark, tags: readonly string[]): Promise<Map<string, string>> {
  const places = tags.map((tag) => placeOf(tag, name));
  const replies = await redis.write(
    places.flatMap((place) => [command('SET', place, sealValue(place, Buffer.from(own)), 'NX'), command('GET', place)]),
  );
  return valuesOf(
    name,
    tags,
    replies.filter((_, at) => at % 2 === 1),
  );
}

function valuesOf(name: Mark['name'], tags: readonly string[], replies: readonly Reply[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const [at, tag] of tags.entries()) {
    const sealed = replies[at] as Buffer | null;
    if (sealed !== null) values.set(tag, openValue(placeOf(tag, name), sealed).toString());
  }
  return values;
}

function placeOf(tag: string, name: Mark['name']): string {
  return `sc:${tag}:${name}`;
}
