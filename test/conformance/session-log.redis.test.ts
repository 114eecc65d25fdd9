import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisSessionLog } from '../../subgraphs/context/log/redis-log.ts';
import { OpenedSessions } from '../../subgraphs/context/log/redis-opened.ts';
import type { Commit, NewEntry, SessionLog, SessionQuery } from '../../subgraphs/context/log/session-log.ts';
import { command } from '../../supergraph/runtime/redis/command.ts';
import { keySlot } from '../../supergraph/runtime/redis/key-slot.ts';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { sessionDocumentTests } from './session-documents.ts';
import { sessionLogTests } from './session-log.ts';

const why = whyNoRedis();
const skipped = why === null ? '' : ` (skipped: ${why})`;
const EVERYTHING = { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 };
const SESSION = `ses_${'a'.repeat(24)}`;
const NEWEST: SessionQuery = {
  ...{ orderBy: 'creation', size: 100, fromEnd: false, after: null, before: null, archived: null, titleContains: null },
};

describe.skipIf(why !== null).each([
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
])(`the session log on %s${skipped}`, (_where, start) => {
  let running: RunningRedis;

  beforeAll(async () => {
    running = await start();
  }, 60_000);
  afterAll(() => running?.stop());

  const open = async () => new RedisSessionLog(await openRedis(running.settings, { tenantKey: null }));
  const make = async () => {
    await running.flush();
    return open();
  };
  const reopen = async (log: SessionLog) => {
    await log.close();
    return open();
  };

  sessionLogTests(make, reopen);
  describe('with documents', () => sessionDocumentTests(make, reopen));
});

describe.skipIf(why !== null)(`the session log in Redis${skipped}`, () => {
  let cluster: RunningRedis;
  let redis: RedisClient;
  let log: SessionLog;

  beforeAll(async () => {
    cluster = await runningCluster();
  }, 60_000);
  afterAll(() => cluster?.stop());

  const fresh = async () => {
    await cluster.heal();
    await cluster.flush();
    redis = await connectRedis(cluster.settings);
    log = new RedisSessionLog(redis);
    await log.open({ id: SESSION, title: null, key: 'mine', nowMs: 1 });
  };
  const entry = (number: number, more: Partial<NewEntry> = {}): NewEntry => ({
    ...{ hash: number.toString(16).padStart(32, '0'), tokens: 10, role: 'user', kind: 'chat', facts: null },
    ...more,
  });
  const commit = (key: string, more: Partial<Commit> = {}): Commit => ({
    ...{ sessionId: SESSION, key, contentHash: key, baseRevision: null, entries: [entry(1)] },
    ...{ sizeBytes: 9, turn: null, nowMs: 1_000, ...more },
  });
  const keys = async () => {
    const found = await Promise.all(redis.shards.map(({ master }) => cluster.at(master).call('KEYS', '*')));
    return found.flatMap((some) => (some as readonly Buffer[]).map(String)).filter((key) => !key.startsWith('sc:'));
  };

  it('takes no session for missing where its master has lost its replicas: another may have taken its place', async () => {
    await fresh();
    const missing = `ses_${'f'.repeat(24)}`;
    expect(await log.sessions([missing, SESSION])).toMatchObject([null, { id: SESSION }]);
    const replicas = await cluster.replicasOf(redis.masterOf(`v:{${missing}}`) as string);
    for (const replica of replicas) replica.freeze();
    const refused = { status: 'rejected', reason: { code: 'STORAGE_UNAVAILABLE' } };
    const asked = [log.sessions([missing]), log.commit(commit('a', { sessionId: missing }))];
    expect(await Promise.allSettled(asked)).toMatchObject([refused, refused]);
    for (const replica of replicas) replica.thaw();
    expect(await log.sessions([missing])).toEqual([null]);
    expect(await log.commit(commit('a', { sessionId: missing }))).toEqual({ state: 'session-missing' });
  }, 60_000);

  it('keeps thousands of entries over many commits, and finds each of them by any selection', async () => {
    await fresh();
    const sizes = [1, 127, 1, 128, 200, 5_000, 77];
    let number = 0;
    for (const [at, size] of sizes.entries()) {
      const entries = Array.from({ length: size }, () => {
        number++;
        return entry(
          number,
          number % 3 === 0 ? { role: 'system', kind: 'file' } : { role: number % 3 === 1 ? 'user' : 'assistant' },
        );
      });
      await log.commit(commit(`k${at}`, { entries }));
    }
    const all = await log.entries(SESSION, EVERYTHING);
    expect(all.map(({ hash }) => Number.parseInt(hash, 16))).toEqual(Array.from({ length: number }, (_, at) => at + 1));
    for (const [only, rest] of [
      ['system', 0],
      ['assistant', 2],
    ] as const) {
      const found = await log.entries(SESSION, { ...EVERYTHING, only, newestFirst: true });
      expect(found.map(({ position }) => position)).toEqual(
        all
          .map(({ position }) => position)
          .filter((position) => (position + 1) % 3 === rest)
          .reverse(),
      );
    }
    const some = { from: 100, through: 5_400, first: 3, newestFirst: true } as const;
    expect((await log.entries(SESSION, some)).map(({ position }) => position)).toEqual([5_400, 5_399, 5_398]);
    await log.close();
  });

  it('lets many write to one session at once, each once', async () => {
    await fresh();
    const other = new RedisSessionLog(await connectRedis(cluster.settings));
    const all = Array.from({ length: 24 }, (_, at) => (at % 2 === 0 ? log : other).commit(commit(`k${at >> 1}`)));
    const outcomes = await Promise.all(all);
    expect(outcomes.filter(({ state }) => state === 'committed')).toHaveLength(12);
    expect(outcomes.filter(({ state }) => state === 'replayed')).toHaveLength(12);
    expect(await log.sessions([SESSION])).toMatchObject([{ revision: 12, fragments: 12, tokens: 120 }]);
    await other.close();
    await log.close();
  });

  it('acknowledges no commit, and no repetition of one, that the replicas lack', async () => {
    await fresh();
    const replicas = await cluster.replicasOf(redis.masterOf(`v:{${SESSION}}`) as string);
    expect(replicas).toHaveLength(2);
    for (const replica of replicas) replica.freeze();
    const hasty = new RedisSessionLog(await connectRedis(cluster.settings, 1_800));
    const unavailable = { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('replicas have the write') };
    await expect(hasty.commit(commit('a'))).rejects.toMatchObject(unavailable);
    await hasty.close();
    const other = new RedisSessionLog(await connectRedis(cluster.settings, 1_800));
    await expect(other.receipt(SESSION, 'a')).rejects.toMatchObject(unavailable);
    for (const replica of replicas) replica.thaw();
    await expect
      .poll(() => other.commit(commit('a')).catch(() => null), { timeout: 10_000 })
      .toMatchObject({ state: 'replayed' });
    expect(await log.sessions([SESSION])).toMatchObject([{ revision: 1 }]);
    await other.close();
    await log.close();
  }, 60_000);

  it('loses nothing that it acknowledged when the master of the session dies, and does nothing twice', async () => {
    await fresh();
    const acknowledged: string[] = [];
    const writing = (async () => {
      for (let at = 0; acknowledged.length < 400; at++) {
        const outcome = await log.commit(commit(`k${at}`, { nowMs: at }));
        if (outcome.state === 'committed') acknowledged.push(`k${at}`);
      }
    })();
    await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(50);
    await cluster.at(redis.masterOf(`v:{${SESSION}}`) as string).kill();
    await writing;
    expect(await log.sessions([SESSION])).toMatchObject([{ revision: 400, fragments: 400 }]);
    const receipts = await Promise.all(acknowledged.map((key) => log.receipt(SESSION, key)));
    expect(receipts.map((receipt) => receipt?.revision)).toEqual(acknowledged.map((_, at) => at + 1));
    await log.close();
  }, 60_000);

  it('goes on while the slot of the session moves to another master and back', async () => {
    await fresh();
    const slot = keySlot(`v:{${SESSION}}`);
    const home = cluster.at(redis.masterOf(`v:{${SESSION}}`) as string);
    const other = cluster.at(redis.shards.find(({ master }) => master !== home.address)?.master as string);
    let isOver = false;
    let commits = 0;
    const file = { hash: 'a'.repeat(64), first: 0, entries: 1, version: null };
    const writing = (async () => {
      // Every other one brings a document, and so changes the paths as well.
      for (; !isOver; commits++) {
        const documents = commits % 2 === 0 ? [] : [{ path: `${commits}.md`, ...file }];
        await log.commit(commit(`k${commits}`, { documents }));
      }
    })();
    for (const to of [other, home, other]) {
      const before = commits;
      await cluster.moveSlot(slot, to, async () => {});
      await expect.poll(() => commits, { timeout: 10_000 }).toBeGreaterThan(before + 5);
    }
    isOver = true;
    await writing;
    expect(await log.sessions([SESSION])).toMatchObject([{ revision: commits, fragments: commits }]);
    expect(await log.documents(SESSION, { size: 1_000, fromEnd: false, after: null, before: null })).toHaveLength(
      commits >> 1,
    );
    await log.close();
  }, 60_000);

  it.each([
    ['an entry is flipped', 'e0', 'position 0', () => log.entries(SESSION, EVERYTHING)],
    ['the head is flipped', 'head', 'head', () => log.sessions([SESSION])],
    ['a receipt is flipped', 'ra', 'ra', () => log.commit(commit('a'))],
    ['facts are flipped', 'f1', 'f1', () => log.entries(SESSION, EVERYTHING)],
    ['a turn is flipped', 't0', 't0', () => log.turns(SESSION, 0, 1)],
    ['a mark is flipped', 'k0', 'marks', () => log.entries(SESSION, { ...EVERYTHING, only: 'chat' })],
    ['a document is flipped', 'da.md', 'da.md', () => log.documentsAt(SESSION, ['a.md'])],
    ['what is withdrawn is flipped', 'w', ' w', () => log.withdrawn(SESSION)],
  ])('names it, and serves nothing of it, when %s, is cut or is gone', async (_what, field, named, read) => {
    await fresh();
    const document = { path: 'a.md', hash: 'a'.repeat(64), first: 0, entries: 1 };
    await log.commit(commit('a', { documents: [{ ...document, version: null }] }));
    await log.commit(commit('b', { turn: { prompt: 'why?' } }));
    await log.commit(commit('c', { documents: [{ ...document, version: { part: 0, parts: 1, hash: null } }] }));
    await read();
    const key = `v:{${SESSION}}`;
    const value = (await redis.readOne('HGET', key, field)) as Buffer;
    const corrupt = (text: string) => ({ code: 'STORAGE_CORRUPT', message: expect.stringContaining(text) });
    const flipped = Buffer.from(value);
    flipped[9] = (flipped[9] ?? 0) ^ 4;
    if (value.length <= 9) flipped[0] = (flipped[0] ?? 0) ^ 4;
    for (const damage of [flipped, value.subarray(0, -1)]) {
      await redis.writeOne('HSET', key, field, damage);
      // Cut, the last of the entries is what is damaged.
      await expect(read()).rejects.toMatchObject(corrupt(damage === flipped ? named : SESSION));
      if (field === 'head') continue;
      expect(await log.list(NEWEST)).toHaveLength(1);
    }
    await redis.writeOne('HDEL', key, field);
    await expect(read()).rejects.toMatchObject(corrupt(SESSION));
    expect((await log.erase(SESSION))?.turns).toBeDefined();
    expect(await keys()).toEqual([]);
    await log.close();
  });

  it('erases a session whose log is of another type', async () => {
    await fresh();
    const key = `v:{${SESSION}}`;
    await redis.write([command('DEL', key), command('RPUSH', key, 'x')]);
    await expect(log.sessions([SESSION])).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await log.erase(SESSION)).toEqual({ turns: 0, hashes: [] });
    expect((await keys()).filter((one) => !one.startsWith('o:'))).toEqual([]);
    expect(await log.erase(SESSION)).toBeNull();
    await log.close();
  });

  it('puts back into the lists what is in them no more, as it stood there', async () => {
    await fresh();
    const ids = Array.from({ length: 40 }, (_, at) => `ses_${at.toString(16).padStart(24, '0')}`);
    for (const [at, id] of ids.entries()) await log.open({ id, title: null, key: null, nowMs: 5 + at });
    await log.commit(commit('a', { sessionId: ids[3] as string }));
    const orders = ['creation', 'activity'] as const;
    const all = () => Promise.all(orders.map((orderBy) => log.list({ ...NEWEST, orderBy })));
    const before = await all();
    expect(before.map(({ length }) => length)).toEqual([41, 41]);
    const lists = (await keys()).filter((key) => /^[lm]:/.test(key));
    await redis.write(lists.filter((_, at) => at % 2 === 0).map((key) => command('DEL', key)));
    const damaged = ids[3] as string;
    await redis.writeOne('HDEL', `v:{${damaged}}`, 'head');
    const relisted = await (log as RedisSessionLog).relist();
    expect(relisted.ids.toSorted()).toEqual([SESSION, ...ids].toSorted());
    expect(relisted.relisted).toBeGreaterThan(5);
    const whole = (listed: typeof before) => listed.map((some) => some.filter(({ session }) => 'id' in session));
    const left = before.map((some) => some.filter(({ session }) => 'id' in session && session.id !== damaged));
    expect(whole(await all())).toEqual(left);
    expect((await (log as RedisSessionLog).relist()).relisted).toBe(0);
    await log.erase(ids[0] as string);
    expect((await (log as RedisSessionLog).relist()).ids).not.toContain(ids[0]);
    await log.close();
  });

  it('gives no place twice though the counter of places is lost, and is not new then', async () => {
    await fresh();
    const other = `ses_${'b'.repeat(24)}`;
    const [first] = await log.sessions([SESSION]);
    await redis.writeOne('DEL', 'sc:{places}');
    expect(await log.isNew()).toBe(false);
    const second = await log.open({ id: other, title: null, key: null, nowMs: 2 });
    expect(second.place).toBeGreaterThan(first?.place as number);
    await log.close();
  });

  it('lists what it has though the index says more, and leaves no key of a session that is erased', async () => {
    await fresh();
    const ids = Array.from({ length: 120 }, (_, at) => `ses_${at.toString(16).padStart(24, '0')}`);
    for (const [at, id] of ids.entries()) await log.open({ id, title: `no ${at}`, key: null, nowMs: 5 });
    const gone = ids.filter((_, at) => at % 2 === 0);
    // As if the processes that opened these had died between the two.
    await redis.write(gone.map((id) => command('DEL', `v:{${id}}`)));
    // Until then they are sessions that have lost their logs.
    const lost = await log.list({ ...NEWEST, size: 1_000 });
    expect(lost.filter(({ session }) => 'code' in session && session.code === 'STORAGE_CORRUPT')).toHaveLength(60);
    const opened = new OpenedSessions(redis);
    for (const id of gone) expect(await opened.forget(id)).toBe(true);
    const kept = [SESSION, ...ids.filter((_, at) => at % 2 === 1)];
    for (const orderBy of ['creation', 'activity'] as const) {
      const found: string[] = [];
      for (let after = null; ; ) {
        const page = await log.list({ ...NEWEST, orderBy, size: 7, after });
        if (page.length === 0) break;
        found.push(...page.map(({ session }) => ('id' in session ? session.id : '')));
        after = page.at(-1) as never;
      }
      expect(found.reverse()).toEqual(kept);
    }
    expect(await log.list({ ...NEWEST, titleContains: 'no 11', fromEnd: true, size: 2 })).toHaveLength(2);
    for (const id of kept) await log.erase(id);
    const left = await keys();
    expect(left.filter((key) => kept.some((id) => key.includes(id)) || key.startsWith('o:'))).toEqual([]);
    expect(await log.isNew()).toBe(false);
    await expect(log.backupTo('/nowhere')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await log.close();
  });
});
