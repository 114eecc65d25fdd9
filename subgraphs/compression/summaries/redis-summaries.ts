import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, type StageVersion, type Summary } from '@supercontext/contract';
import { InTurn } from '@supercontext/runtime/process/in-slices.ts';
import { changeHash } from '@supercontext/runtime/redis/change-hash.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { parseNodeId } from '../tree/node-plan.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import { addNode, dropOver, isCurrent } from './grow-tree.ts';
import { dropTexts, keepListed, openText, putUnlisted, summaryKey } from './redis-texts.ts';
import { droppedField, ERASED, forgetting, HEAD, hashOf, SessionTrees, TreesDraft, treeKey } from './redis-tree.ts';
import type { MadeSummary, StoredSummary, SummaryStore, TreeState } from './summary-store.ts';

/** Nodes of trees that are remembered, of all sessions together: some 500 bytes each. */
const MAXIMUM_REMEMBERED = 100_000;
/** Others change the same trees now and then. */
const MAXIMUM_TRIES = 32;
const PAUSE_MS = 20;
/** That a session was erased is known for as long as somebody may still make a node of it. */
const ERASED_MS = 2 * 60_000;

export interface RedisSummaryOptions {
  readonly redis: RedisClient;
  /** Told what was given up, and why. */
  readonly onDamaged: (what: string, fault: unknown) => void;
}

/**
 * Summaries in Redis, for any number of processes: a text each, all over the cluster, and the trees of a session in one hash, which
 * alone says what there is. It is changed by compare-and-set, under the rules of every summary store. A batch is atomic for each
 * session. Nothing is put for a session that was erased of late, whoever erased it.
 */
export class RedisSummaryStore implements SummaryStore {
  readonly #redis: RedisClient;
  readonly #onDamaged: RedisSummaryOptions['onDamaged'];
  readonly #inTurn = new InTurn();
  /** As they were last read or changed; the least recently used first. Each is compared with Redis whenever it is used. */
  readonly #remembered = new Map<string, SessionTrees>();
  /** Changes of this process to one session go one after the other. */
  readonly #changing = new Map<string, Promise<unknown>>();

  constructor({ redis, onDamaged }: RedisSummaryOptions) {
    this.#redis = redis;
    this.#onDamaged = onDamaged;
  }

  async put(nodes: readonly MadeSummary[]): Promise<void> {
    const bySession = Map.groupBy(nodes, ({ sessionId }) => sessionId);
    await Promise.all([...bySession].map(([sessionId, some]) => this.#put(sessionId, some)));
  }

  async read(ids: readonly string[]): Promise<readonly (StoredSummary | null)[]> {
    const parsed = ids.map(parseNodeId);
    const known = [...new Set(parsed.flatMap((one) => (one === null ? [] : [one.sessionId])))];
    const keys = parsed.map((one) => (one === null ? null : summaryKey(one.sessionId, one.hash.toString('hex'))));
    const asked = keys.filter((key) => key !== null);
    // Texts first: what a tree lists afterwards was there before.
    const texts = await this.#redis.read(asked.map((key) => command('GET', key)));
    const trees = new Map(await Promise.all(known.map(async (id) => [id, await this.#trees(id)] as const)));
    const found = new Map(asked.map((key, at) => [key, texts[at] as Buffer | null]));
    const stored: (StoredSummary | null)[] = [];
    for (const [at, id] of ids.entries()) {
      const key = keys[at];
      const sessionId = parsed[at]?.sessionId ?? '';
      const node = trees.get(sessionId)?.byId.get(id)?.node;
      if (key == null || node === undefined) stored.push(null);
      else {
        const summary = await this.#text(node.id, sessionId, found.get(key) ?? null);
        if (summary === null) trees.delete(sessionId);
        const { ordinal, originalTokens } = node;
        stored.push(summary === null ? null : { sessionId, ordinal, originalTokens, summary });
      }
    }
    return stored.map((one) => (one !== null && trees.has(one.sessionId) ? one : null));
  }

  async missing(ids: readonly string[]): Promise<readonly string[]> {
    const sessions = new Set(ids.flatMap((id) => parseNodeId(id)?.sessionId ?? []));
    const trees = await Promise.all([...sessions].map((id) => this.#trees(id)));
    return ids.filter((id) => !trees.some(({ byId }) => byId.has(id)));
  }

  async frontier(sessionId: string): Promise<readonly TreeNode[]> {
    return (await this.#trees(sessionId)).frontier();
  }

  async state(sessionId: string, method: StageVersion): Promise<TreeState> {
    return (await this.#trees(sessionId)).state(method);
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    return (await this.#trees(sessionId)).withdrawn;
  }

  async withdraw(sessionId: string, withdrawn: Withdrawn): Promise<void> {
    await this.#change(sessionId, async (trees) => {
      if (trees.withdrawn.digest === withdrawn.digest) return null;
      const draft = new TreesDraft(trees);
      const changed = Withdrawn.of(trees.withdrawn.difference(withdrawn));
      for (const method of draft.methods()) dropOver(draft.tree(method), changed);
      draft.withdraw(withdrawn);
      return draft;
    });
  }

  async forget(sessionId: string): Promise<void> {
    await this.#drop(sessionId, false);
  }

  erase(sessionId: string): Promise<number> {
    return this.#drop(sessionId, true);
  }

  async wasErased(sessionId: string): Promise<boolean> {
    return (await this.#redis.readOne('HEXISTS', treeKey(sessionId), ERASED)) === 1;
  }

  async backupTo(): Promise<void> {
    throw new ContractError(
      'INPUT_INVALID',
      'the summaries are in Redis, and no file that could be copied: back up Redis itself (BGSAVE on each master), or have them made again',
    );
  }

  async close(): Promise<void> {
    this.#remembered.clear();
  }

  async #put(sessionId: string, nodes: readonly MadeSummary[]): Promise<void> {
    const wrong = nodes.find(({ summary }) => parseNodeId(summary.id) === null);
    if (wrong !== undefined) throw new RangeError(`no id of a summary: ${wrong.summary.id}`);
    const added = await this.#change(sessionId, async (trees) => {
      const draft = new TreesDraft(trees);
      const about = { has: (id: string) => draft.has(id), withdrawn: () => trees.withdrawn };
      for (const made of nodes) {
        const { id, method } = made.summary;
        if (isCurrent(made, about) && !draft.has(id)) addNode(draft.tree(method), made);
      }
      if (draft.added.length > 0) await putUnlisted(this.#redis, sessionId, draft.added);
      return draft;
    });
    if (added.length > 0) await keepListed(this.#redis, sessionId, added);
  }

  /** Changes the trees of a session that was not erased; what was added. @param work what is to be changed; null for nothing */
  #change(sessionId: string, work: (trees: SessionTrees) => Promise<TreesDraft | null>): Promise<readonly Summary[]> {
    return this.#oneByOne(sessionId, async () => {
      const unlisted = new Set<string>();
      for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
        if (tries > 0) await sleep(Math.random() * PAUSE_MS);
        const trees = await this.#trees(sessionId);
        if (trees.isErased) await dropTexts(this.#redis, sessionId, [...unlisted]);
        const draft = trees.isErased ? null : await work(trees);
        if (draft === null || !draft.isChanged) return [];
        for (const { id } of draft.added) unlisted.add(hashOf(id));
        const change = draft.change();
        if (await changeHash(this.#redis, treeKey(sessionId), change)) {
          draft.apply(change);
          this.#remember(trees);
          await this.#sweep(trees);
          return draft.added;
        }
        this.#remembered.delete(sessionId);
      }
      throw new ContractError('STORAGE_UNAVAILABLE', 'Redis: others change the same summaries all the time');
    });
  }

  async #oneByOne<Result>(sessionId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#changing.get(sessionId) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#changing.set(sessionId, done);
    try {
      return await done;
    } finally {
      if (this.#changing.get(sessionId) === done) this.#changing.delete(sessionId);
    }
  }

  /** The trees of a session as they are now. Those that are damaged are forgotten. */
  async #trees(sessionId: string): Promise<SessionTrees> {
    const key = treeKey(sessionId);
    const remembered = this.#remembered.get(sessionId);
    if (remembered !== undefined) {
      const head = (await this.#redis.readOne('HGET', key, HEAD)) as Buffer | null;
      if (head !== null && remembered.sealedHead !== null && head.equals(remembered.sealedHead)) {
        this.#remember(remembered);
        return remembered;
      }
    }
    const values = (await this.#redis.readOne('HGETALL', key)) as readonly Buffer[];
    try {
      const trees = SessionTrees.read(sessionId, values);
      if (trees.sealedHead !== null) this.#remember(trees);
      return trees;
    } catch (error) {
      this.#onDamaged(`the summaries of ${sessionId}`, error);
      await this.#drop(sessionId, false);
      return new SessionTrees(sessionId);
    }
  }

  #remember(trees: SessionTrees): void {
    this.#remembered.delete(trees.sessionId);
    this.#remembered.set(trees.sessionId, trees);
    let size = 0;
    for (const { byId } of this.#remembered.values()) size += 1 + byId.size;
    for (const [oldest, { byId }] of this.#remembered) {
      if (size <= MAXIMUM_REMEMBERED) return;
      size -= 1 + byId.size;
      this.#remembered.delete(oldest);
    }
  }

  /** Null when it is damaged: then the session is forgotten. */
  async #text(id: string, sessionId: string, read: Buffer | null): Promise<Summary | null> {
    const key = summaryKey(sessionId, hashOf(id));
    try {
      // It may have been put between the two reads.
      const text = read ?? ((await this.#redis.readOne('GET', key)) as Buffer | null) ?? Buffer.alloc(0);
      return await this.#inTurn.run(() => openText(sessionId, hashOf(id), text));
    } catch (error) {
      if (error instanceof ContractError && error.code === 'STORAGE_UNAVAILABLE') throw error;
      this.#onDamaged(`the summary ${id}`, error);
      await this.#drop(sessionId, false);
      return null;
    }
  }

  /** Drops the texts of nodes that are no more. */
  async #sweep({ sessionId, dropped }: SessionTrees): Promise<void> {
    const hashes = [...dropped];
    if (hashes.length === 0) return;
    await dropTexts(this.#redis, sessionId, hashes);
    await this.#redis.write([command('HDEL', treeKey(sessionId), ...hashes.map(droppedField))]);
    for (const hash of hashes) dropped.delete(hash);
  }

  /** Drops all of a session: first what says that it is there, then its texts. How many nodes there were. */
  async #drop(sessionId: string, isErased: boolean): Promise<number> {
    const key = treeKey(sessionId);
    for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
      this.#remembered.delete(sessionId);
      const [names, head] = await this.#redis.read([command('HKEYS', key), command('HGET', key, HEAD)]);
      const fields = (names as readonly Buffer[]).map(String);
      if (!isErased && (fields.length === 0 || fields.includes(ERASED))) return 0;
      const change = forgetting(fields, { head: head as Buffer | null, isErased });
      if (!(await changeHash(this.#redis, key, change))) continue;
      await dropTexts(this.#redis, sessionId, change.dropped);
      // Not done when somebody has begun anew meanwhile, and has taken over which texts are no more.
      await changeHash(this.#redis, key, {
        expect: [[HEAD, change.mark]],
        drop: [HEAD, ...change.dropped.map(droppedField)],
        ...(isErased ? { expireMs: ERASED_MS } : {}),
        isOnReserve: true,
      });
      return change.nodes.length;
    }
    throw new ContractError('STORAGE_UNAVAILABLE', 'Redis: others change the same summaries all the time');
  }
}
