import { ContractError, canonicalFragment, decodeFragment, type Fragment } from '@supercontext/contract';
import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { isDamagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand } from '@supercontext/runtime/redis/command.ts';
import type { Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { Outcome } from '@supercontext/runtime/redis/split-pipeline.ts';
import type { FragmentHash, FragmentName } from '../fragment-id.ts';
import type { FragmentRead, WholeFragment } from './fragment-store.ts';
import { GzipMembers } from './gzip-members.ts';
import { KeyedHash } from './keyed-hash.ts';
import { openFragments, type StoredFragment, sealFragment } from './redis-fragment-value.ts';
import { ALL_PARTS, evenWhenFull, fragmentKey, partOf, putsKey, tagOf } from './redis-keys.ts';
import { type FragmentBodies, notWhatItIsNamedFor } from './session-fragments.ts';

/** The id is the first 128 bits of the keyed hash. */
const HASH_BYTES = 16;
/** Keys asked for their size, or deleted, at once. */
const KEYS_A_CALL = 1_024;
/** How long to try for keys together: a slot that moves has some of them on either side until all are moved. */
const TOGETHER_DEADLINE_MS = 500;
/** At rest, of fragments opened at once. */
const GROUP_BYTES = 32 * 1024;

const NOTHING = Buffer.alloc(0);
const MISSING: FragmentRead = { state: 'missing' };

interface Put {
  readonly hash: FragmentHash;
  readonly key: string;
  readonly body: Uint8Array;
  readonly sealed: Buffer;
}

/** What was there at a key before: nothing, the same, or something that must be replaced. */
type Before = 'nothing' | 'same' | 'damaged';

/**
 * The fragments of sessions, each session's own, spread evenly over all masters. Beside them the hashes of what was put: they are
 * written first, in the same pipeline, so that whatever lies there is found when the session is erased.
 */
export class RedisFragments implements FragmentBodies {
  readonly #redis: RedisClient;
  readonly #keyedHash: KeyedHash;
  readonly #members = new GzipMembers();

  constructor(redis: RedisClient, tenantKey: Buffer) {
    this.#redis = redis;
    this.#keyedHash = new KeyedHash(tenantKey);
  }

  async put(
    fragments: readonly Fragment[],
    sessionId: string,
  ): Promise<{ hashes: FragmentHash[]; deduplicated: number }> {
    const createdAtMs = Date.now();
    const puts = new Map<FragmentHash, Promise<Put>>();
    const hashes = await inSlices(fragments, (fragment) => {
      const body = canonicalFragment(fragment);
      const hash = this.#hashOf(body);
      if (!puts.has(hash)) puts.set(hash, this.#sealed(sessionId, { hash, body, createdAtMs }));
      return hash;
    });
    const before = await this.#write(sessionId, await Promise.all(puts.values()));
    return { hashes, deduplicated: hashes.length - before.filter((state) => state !== 'same').length };
  }

  async get(names: readonly FragmentName[]): Promise<FragmentRead[]> {
    const places = new Map<string, number>();
    const unique: (FragmentName & { readonly key: string })[] = [];
    const at = names.map((name) => {
      const key = fragmentKey(name);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, unique.length);
      return unique.push({ ...name, key }) - 1;
    });
    const values = await this.#values(unique.map(({ key }) => key));
    const found = unique.map((name) => ({ ...name, sealed: values.get(name.key) ?? null }));
    const opened = (await inSlices(groupsOf(found), openGroup)).flat();
    const reads = await inSlices(opened, ({ hash, sealed, stored }) =>
      sealed === null ? MISSING : this.#read(hash, stored),
    );
    return at.map((place) => reads[place] as FragmentRead);
  }

  async read(sessionId: string, hashes: readonly FragmentHash[]): Promise<WholeFragment[]> {
    const keys = hashes.map((hash) => fragmentKey({ sessionId, hash }));
    const values = await this.#values(keys);
    const found = hashes.map((hash, at) => ({ sessionId, hash, key: keys[at] as string }));
    const held = found.map((name) => ({ ...name, sealed: values.get(name.key) ?? null }));
    const opened = (await inSlices(groupsOf(held), openGroup)).flat();
    const whole = await inSlices(opened, ({ hash, sealed, stored }) => {
      if (sealed === null) return null;
      if (stored === null || this.#hashOf(stored.body) !== hash) throw notWhatItIsNamedFor(hash);
      return { hash, body: stored.body, createdAtMs: stored.createdAtMs };
    });
    return whole.filter((fragment) => fragment !== null);
  }

  async keep(sessionId: string, fragments: readonly WholeFragment[]): Promise<void> {
    const whole = await inSlices(fragments, (fragment) => {
      if (this.#hashOf(fragment.body) !== fragment.hash) throw notWhatItIsNamedFor(fragment.hash);
      return fragment;
    });
    await this.#write(sessionId, await Promise.all(whole.map((fragment) => this.#sealed(sessionId, fragment))));
  }

  /** Bytes at rest of each, 0 for one that is not there. */
  async sizesOf(sessionId: string, hashes: readonly FragmentHash[]): Promise<number[]> {
    const commands = hashes.map((hash) => command('STRLEN', fragmentKey({ sessionId, hash })));
    return (await this.#redis.read(commands)).map(Number);
  }

  /**
   * Hashes that a session's log lists, among those it has put, where they lack: `erase` finds them then. Done in a full Redis, too. What
   * stands in the place of the names and is of another type gives way.
   */
  async name(sessionId: string, hashes: readonly FragmentHash[]): Promise<void> {
    const parts = [...Map.groupBy(new Set(hashes), partOf)];
    const replies = await this.#settle(
      parts.map(([part, some]) => command('SMISMEMBER', putsKey(sessionId, part), ...some.map(bytesOf))),
    );
    const named = parts.flatMap(([part, some], at) => {
      const [key, reply] = [putsKey(sessionId, part), replies[at] as readonly number[] | null];
      const lacking = reply === null ? some : some.filter((_, place) => reply[place] === 0);
      const add = lacking.length === 0 ? [] : [evenWhenFull('SADD', key, ...lacking.map(bytesOf))];
      return reply === null ? [command('UNLINK', key), ...add] : add;
    });
    if (named.length > 0) await this.#redis.write(named);
  }

  /** Deletes all that a session has put: how many, and their bytes at rest. Interrupted, it goes on with the next call. */
  async erase(sessionId: string): Promise<{ readonly fragments: number; readonly sizeBytes: number }> {
    const sets = ALL_PARTS.map((part) => putsKey(sessionId, part));
    const members = await this.#settle(sets.map((key) => command('SMEMBERS', key)));
    const ofAnotherType = sets.filter((_, at) => members[at] === null);
    if (ofAnotherType.length > 0) await this.#redis.write(ofAnotherType.map((key) => command('UNLINK', key)));
    const named = sets.flatMap((set, at) =>
      ((members[at] ?? []) as readonly Buffer[]).map((member) => ({ set, member, hash: member.toString('hex') })),
    );
    let [fragments, sizeBytes] = [0, 0];
    for (let from = 0; from < named.length; from += KEYS_A_CALL) {
      const some = named.slice(from, from + KEYS_A_CALL);
      const keys = some.map(({ hash }) => fragmentKey({ sessionId, hash }));
      const sizes = await this.#settle(keys.map((key) => command('STRLEN', key)));
      const gone = await this.#redis.write(keys.map((key) => command('UNLINK', key)));
      for (const [at, reply] of gone.entries()) {
        if (reply !== 1) continue;
        fragments++;
        sizeBytes += Number(sizes[at]);
      }
      // Only these: another may have been put meanwhile.
      const bySet = [...Map.groupBy(some, ({ set }) => set)];
      await this.#redis.write(bySet.map(([set, ones]) => command('SREM', set, ...ones.map(({ member }) => member))));
    }
    return { fragments, sizeBytes };
  }

  /** What stands at keys, those of one tag in one command. Where some of them are on the other side of a slot that moves, one by one. */
  async #values(keys: readonly string[]): Promise<ReadonlyMap<string, Buffer | null>> {
    const values = new Map<string, Buffer | null>();
    const groups = [...Map.groupBy(keys, tagOf).values()] as [string, ...string[]][];
    const commands = groups.map(([first, ...rest]) => command('MGET', first, ...rest));
    const outcomes = await this.#redis.settle(commands, { isWrite: false, deadlineMs: TOGETHER_DEADLINE_MS });
    // To MGET a key of another type is one that is not there.
    const left: string[] = [];
    for (const [at, group] of groups.entries()) {
      const outcome = outcomes[at];
      const some = outcome instanceof Error ? [] : (outcome as (Buffer | null)[]);
      for (const [place, key] of group.entries()) {
        const value = some[place] ?? null;
        if (value === null) left.push(key);
        else values.set(key, value);
      }
    }
    const replies = await this.#redis.settle(
      left.map((key) => command('GET', key)),
      { isWrite: false },
    );
    for (const [at, key] of left.entries()) values.set(key, standsAt(replies[at] as Outcome));
    return values;
  }

  /** What was there before, for each. */
  async #write(sessionId: string, puts: readonly Put[]): Promise<Before[]> {
    const parts = Map.groupBy(puts, ({ hash }) => partOf(hash));
    const names = [...parts].map(([part, some]) =>
      command('SADD', putsKey(sessionId, part), ...some.map(({ hash }) => bytesOf(hash))),
    );
    const values = puts.map(({ key, sealed }) => command('SET', key, sealed, 'NX', 'GET'));
    const outcomes = await this.#redis.settle([...names, ...values], { isWrite: true });
    const isFault = (outcome: Outcome, at: number) =>
      outcome instanceof Error && !(at >= names.length && isDamagedValue(outcome));
    const faults = outcomes.filter(isFault);
    if (faults.length > 0) {
      // What is there already needs no room.
      if (faults.every(isFull) && (await this.#areThere(puts))) return puts.map(() => 'same');
      throw faults.find(isFull) ?? faults[0];
    }
    const replies = outcomes.slice(names.length).map(standsAt);
    const before = await inSlices(
      puts.map((put, at) => ({ put, value: replies[at] ?? null })),
      ({ put, value }) => stateBefore(put, value),
    );
    const damaged = puts.filter((_, at) => before[at] === 'damaged');
    await this.#redis.write(damaged.map(({ key, sealed }) => command('SET', key, sealed)));
    return before;
  }

  /** Asked as a write, since it is to be known of the replicas, too. */
  async #areThere(puts: readonly Put[]): Promise<boolean> {
    const replies = await this.#redis.write(puts.map(({ key }) => command('GET', key)));
    return puts.every((put, at) => stateBefore(put, replies[at] as Buffer | null) === 'same');
  }

  /** A reply for each, null for a key of another type. @throws ContractError STORAGE_UNAVAILABLE */
  async #settle(commands: readonly RedisCommand[]): Promise<Reply[]> {
    const outcomes = await this.#redis.settle(commands, { isWrite: false });
    return outcomes.map((outcome) => {
      if (!(outcome instanceof Error)) return outcome;
      if (isDamagedValue(outcome)) return null;
      throw outcome;
    });
  }

  async #sealed(sessionId: string, { hash, body, createdAtMs }: WholeFragment): Promise<Put> {
    const packed = await this.#members.pack(body);
    const key = fragmentKey({ sessionId, hash });
    return { hash, key, body, sealed: sealFragment(key, { body, packed, createdAtMs }) };
  }

  #read(hash: FragmentHash, stored: StoredFragment | null): FragmentRead {
    if (stored === null || this.#hashOf(stored.body) !== hash) return { state: 'corrupt' };
    try {
      return { state: 'whole', fragment: decodeFragment(stored.body), createdAtMs: stored.createdAtMs };
    } catch {
      // Of the right hash and yet none that this version can read: to the caller the same.
      return { state: 'corrupt' };
    }
  }

  #hashOf(body: Uint8Array): FragmentHash {
    return this.#keyedHash.of(body).toString('hex', 0, HASH_BYTES);
  }
}

interface Found extends FragmentName {
  readonly key: string;
  /** Null when there is nothing. */
  readonly sealed: Buffer | null;
}

/** Some at a time: as many as are opened in less than a millisecond. */
function groupsOf(found: readonly Found[]): Found[][] {
  const groups: Found[][] = [];
  let sizeBytes = Number.POSITIVE_INFINITY;
  for (const one of found) {
    const own = one.sealed?.length ?? 0;
    if (sizeBytes + own > GROUP_BYTES) {
      groups.push([]);
      sizeBytes = 0;
    }
    groups.at(-1)?.push(one);
    sizeBytes += own;
  }
  return groups;
}

function openGroup(group: readonly Found[]): (Found & { readonly stored: StoredFragment | null })[] {
  const stored = openFragments(group.map(({ key, sealed }) => ({ key, sealed: sealed ?? NOTHING })));
  return group.map((one, at) => ({ ...one, stored: stored[at] ?? null }));
}

function stateBefore({ key, body }: Put, value: Buffer | null): Before {
  if (value === null) return 'nothing';
  const [stored] = openFragments([{ key, sealed: value }]);
  return stored?.body.equals(body) === true ? 'same' : 'damaged';
}

/** What stands at a key: nothing that was sealed where it is of another type. */
function standsAt(outcome: Outcome): Buffer | null {
  if (!(outcome instanceof Error)) return outcome as Buffer | null;
  if (isDamagedValue(outcome)) return NOTHING;
  throw outcome;
}

function bytesOf(hash: FragmentHash): Buffer {
  return Buffer.from(hash, 'hex');
}

function isFull(error: unknown): boolean {
  return error instanceof ContractError && error.code === 'STORAGE_FULL';
}
