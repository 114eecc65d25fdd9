import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import type { AnswerOutbox } from '@supercontext/reasoning/events/answer-outbox.ts';
import { EmbeddedEventLog } from '@supercontext/reasoning/events/embedded.ts';
import type { EventLog, NewGeneration } from '@supercontext/reasoning/events/event-log.ts';
import { RedisEventLog } from '@supercontext/reasoning/events/redis-event-log.ts';
import { NO_TIMINGS, NO_USAGE, type Outcome } from '@supercontext/reasoning/generation.ts';
import { openFragmentStore } from '@supercontext/store/fragments/embedded.ts';
import type { FragmentStore } from '@supercontext/store/fragments/fragment-store.ts';
import { redisFragmentStore } from '@supercontext/store/fragments/redis-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionLog } from '../../subgraphs/context/log/embedded.ts';
import { RedisSessionLog } from '../../subgraphs/context/log/redis-log.ts';
import type { SessionLog, SessionQuery } from '../../subgraphs/context/log/session-log.ts';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import type { RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import type { SealedPage } from '../../supergraph/runtime/sealed-pages.ts';
import { Withdrawn } from '../../supergraph/runtime/withdrawn.ts';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';
import { newGeneration } from './event-log.ts';
import { fillSession } from './moved-session.ts';

const why = whyNoRedis();
const skipped = why === null ? '' : ` (skipped: ${why})`;
const SESSION = `ses_${'a'.repeat(24)}`;
const KEY = Buffer.alloc(32, 7);
const NEWEST: SessionQuery = {
  ...{ orderBy: 'activity', size: 9, fromEnd: false, after: null, before: null, archived: null, titleContains: null },
};

async function itemsOf(pages: AsyncIterable<SealedPage<object>>): Promise<object[]> {
  const items: object[] = [];
  for await (const page of pages) {
    expect(page.length).toBeLessThan(3_000);
    items.push(...page);
  }
  return items;
}

/** Each as a text, bytes in hex: whether these or those bytes are a Buffer is nobody's business. */
function textsOf(items: readonly object[]): string[] {
  return items.map((item) =>
    JSON.stringify(item, (_name, value) => {
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
      return value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value;
    }),
  );
}

async function* pagesOf<Item extends object>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  for (let from = 0; from < items.length; from += 100) yield items.slice(from, from + 100);
}

describe.skipIf(why !== null)(`what goes from files into a cluster, and back${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-import-'));
  let cluster: RunningRedis;
  let redis: RedisClient;
  let files = 0;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await runningCluster();
    redis = await openRedis(cluster.settings, { tenantKey: KEY });
  }, 60_000);
  afterAll(async () => {
    for (const close of closing) await close();
    await redis?.close();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const path = () => join(folder, `${files++}.sqlite`);
  const logs = async (): Promise<Record<'files' | 'cluster', () => Promise<SessionLog>>> => {
    await cluster.flush();
    return {
      files: async () => {
        const log = openSessionLog(path());
        closing.push(() => log.close());
        return log;
      },
      cluster: async () => new RedisSessionLog(redis),
    };
  };

  describe.each([
    ['files', 'cluster'],
    ['cluster', 'files'],
  ] as const)('a session from %s to %s', (from, to) => {
    it('is the same there in every row, and goes on', async () => {
      const open = await logs();
      const [source, target] = [await open[from](), await open[to]()];
      await source.open({ id: `ses_${'0'.repeat(24)}`, title: 'earlier', key: null, nowMs: 1 });
      await fillSession(source, SESSION, { files: 4_500 });
      const sent = await itemsOf(source.exportSession(SESSION));
      expect(sent.length).toBeGreaterThan(4_900);
      expect(await target.importSession(source.exportSession(SESSION))).toBe(true);
      expect(textsOf(await itemsOf(target.exportSession(SESSION)))).toEqual(textsOf(sent));
      expect(await target.importSession(source.exportSession(SESSION))).toBe(false);

      expect(await target.sessions([SESSION])).toEqual(await source.sessions([SESSION]));
      expect((await target.list(NEWEST)).map(({ session }) => session)).toEqual(await source.sessions([SESSION]));
      const everything = { from: 0, through: 9_999, first: 9_999 };
      for (const only of [undefined, 'chat', 'assistant', 'system'] as const) {
        const range = { ...everything, ...(only === undefined ? {} : { only }) };
        expect(await target.entries(SESSION, range)).toEqual(await source.entries(SESSION, range));
      }
      const query = { size: 999, fromEnd: false, after: null, before: null };
      expect(await target.documents(SESSION, query)).toEqual(await source.documents(SESSION, query));
      expect(await target.turns(SESSION, 0, 9)).toEqual(await source.turns(SESSION, 0, 9));
      expect((await target.withdrawn(SESSION)).digest).toBe((await source.withdrawn(SESSION)).digest);
      expect(await target.receipt(SESSION, 'key 0 ü')).toEqual(await source.receipt(SESSION, 'key 0 ü'));
      // The key that opened it leads to it, and a place is not given twice.
      const opened = { id: `ses_${'b'.repeat(24)}`, title: null, nowMs: 9 };
      expect(await target.open({ ...opened, key: `opened ${SESSION}` })).toMatchObject({ id: SESSION, place: 2 });
      expect(await target.open({ ...opened, key: null })).toMatchObject({ place: 3 });
      await source.open({ ...opened, key: null });
      // Both go on alike: a key again, one more answer, one more version.
      const hash = 'c'.repeat(64);
      for (const log of [source, target]) {
        const commit = { sessionId: SESSION, contentHash: 'x', baseRevision: null, sizeBytes: 1, nowMs: 9_000 };
        const entries = [{ hash: 'd'.repeat(32), tokens: 3, role: 'assistant', kind: 'chat', facts: null }] as const;
        const again = { ...commit, key: 'key 0 ü', entries, turn: null };
        expect(await log.commit(again)).toEqual({ state: 'key-reused' });
        const answer = { ...commit, key: 'answer', entries, turn: { answers: 0, begunAtMs: 99 } };
        expect(await log.commit(answer)).toMatchObject({ state: 'committed' });
        const document = { path: '20.md', hash, first: 0, entries: 1, version: { part: 0, parts: 1, hash: null } };
        const version = { ...commit, key: 'version', entries, turn: null, documents: [document] };
        expect(await log.commit(version)).toMatchObject({ state: 'committed' });
      }
      const both = [
        await itemsOf(target.exportSession(SESSION)),
        await itemsOf(source.exportSession(SESSION)),
      ] as const;
      expect(textsOf(both[0])).toEqual(textsOf(both[1]));
    }, 60_000);

    it('is refused when it was changed or cut on its way, and leaves nothing that is seen', async () => {
      const open = await logs();
      const [source, target] = [await open[from](), await open[to]()];
      await fillSession(source, SESSION, { files: 300 });
      const sent = (await itemsOf(source.exportSession(SESSION))) as { row?: { tokens?: number } }[];
      const changed = sent.map((item, at) => {
        return at === 50 ? { ...item, row: { ...item.row, tokens: (item.row?.tokens ?? 0) + 1 } } : item;
      });
      for (const damaged of [changed, sent.slice(0, -1), sent.toSpliced(60, 1), sent.slice(1)]) {
        await expect(target.importSession(pagesOf(damaged as never[]))).rejects.toMatchObject({
          code: 'STORAGE_CORRUPT',
        });
        expect(await target.sessions([SESSION])).toEqual([null]);
        expect(await target.list(NEWEST)).toEqual([]);
      }
      expect(await target.importSession(pagesOf(sent as never[]))).toBe(true);
      await target.change(SESSION, { title: 'other' });
      await expect(target.importSession(pagesOf(sent as never[]))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await target.erase(SESSION);
      expect(await target.sessions([SESSION])).toEqual([null]);
      await expect(itemsOf(target.exportSession(SESSION))).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    }, 60_000);

    it('is what it was at one moment while others write to it', async () => {
      const open = await logs();
      const [source, target] = [await open[from](), await open[to]()];
      await fillSession(source, SESSION, { files: 1_500 });
      let isOver = false;
      let commits = 0;
      const writing = (async () => {
        for (; !isOver; commits++) {
          const entries = [{ hash: 'e'.repeat(32), tokens: 1, role: 'user', kind: 'chat', facts: null }] as const;
          const document = { path: `${commits % 7}.txt`, hash: 'f'.repeat(64), first: 0, entries: 1 };
          const documents = [{ ...document, version: { part: 0, parts: 1, hash: null } }];
          const commit = { sessionId: SESSION, key: `while ${commits}`, contentHash: 'x', baseRevision: null };
          await source.commit({ ...commit, entries, sizeBytes: 1, turn: null, nowMs: 1, documents });
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await expect.poll(() => commits).toBeGreaterThan(3);
      const before = (await source.sessions([SESSION]))[0]?.revision ?? 0;
      await target.importSession(source.exportSession(SESSION));
      const after = (await source.sessions([SESSION]))[0]?.revision ?? 0;
      isOver = true;
      await writing;
      const [taken] = await target.sessions([SESSION]);
      expect(taken?.revision).toBeGreaterThanOrEqual(before);
      expect(taken?.revision).toBeLessThanOrEqual(after);
      expect(after).toBeGreaterThan(before);
    }, 60_000);
  });

  describe.each([
    ['files', 'cluster'],
    ['cluster', 'files'],
  ] as const)('the fragments of a session from %s to %s', (from, to) => {
    const stores = async (): Promise<Record<'files' | 'cluster', () => FragmentStore>> => {
      await cluster.flush();
      return {
        files: () => {
          const store = openFragmentStore({ path: path(), tenantKey: KEY });
          closing.push(() => store.close());
          return store;
        },
        cluster: () => redisFragmentStore({ redis, tenantKey: KEY }),
      };
    };
    const fragment = (text: string): Fragment => ({
      ...{ contractVersion: WRITTEN_VERSIONS.fragment, role: 'document', source: { kind: 'file', name: 'a.md' } },
      ...{ text, tokens: tokens(text.length), tokenizer: CONTRACT_TOKENIZER },
    });
    const texts = Array.from({ length: 1_500 }, (_, at) => `Line ${at} of what is kept. `.repeat(1 + (at % 20)));

    it('are the same there, with their times, and the copy of the log is', async () => {
      const open = await stores();
      const [source, target] = [open[from](), open[to]()];
      const { hashes } = await source.put(texts.map(fragment), SESSION);
      const listed = hashes.slice(0, -10);
      const entries = [...listed, hashes[3] as string].map((hash, position) => ({ position, hash, tokens: 10 }));
      const withdrawn = Withdrawn.of([{ from: 5, through: 9 }]);
      const known = await source.replicate(SESSION, entries, { withdrawn });
      const names = hashes.map((hash) => ({ sessionId: SESSION, hash }));
      // All but one of those that no copy lists yet, but the log itself.
      const also = hashes.slice(-10, -1);
      const sent = await itemsOf(source.exportSession(SESSION, also));
      expect(sent.length).toBe(1 + (hashes.length - 1) + entries.length + 1);
      for (let times = 0; times < 2; times++) await target.importSession(SESSION, source.exportSession(SESSION, also));
      expect(textsOf(await itemsOf(target.exportSession(SESSION, also)))).toEqual(textsOf(sent));
      expect(await target.known(SESSION)).toEqual(known);
      expect(await target.entries(SESSION, 0, 9_999)).toEqual(entries);
      expect((await target.withdrawn(SESSION)).stretches).toEqual(withdrawn.stretches);
      expect((await target.get(names)).slice(0, -1)).toEqual((await source.get(names)).slice(0, -1));
      expect((await target.get(names)).at(-1)).toEqual({ state: 'missing' });
      expect(await target.erase(SESSION)).toMatchObject({ shared: 0 });
      expect(await target.known(SESSION)).toMatchObject({ knownThrough: -1 });
    }, 60_000);

    it('are refused when one is not what it is named for, or another log is known', async () => {
      const open = await stores();
      const [source, target] = [open[from](), open[to]()];
      const { hashes } = await source.put(texts.slice(0, 50).map(fragment), SESSION);
      await source.replicate(
        SESSION,
        hashes.map((hash, position) => ({ position, hash, tokens: 10 })),
      );
      const sent = (await itemsOf(source.exportSession(SESSION, []))) as { fragment?: { body: Uint8Array } }[];
      const changed = sent.map((item, at) => {
        if (at !== 20 || item.fragment === undefined) return item;
        return { fragment: { ...item.fragment, body: Buffer.from(item.fragment.body).fill(33, 4, 5) } };
      });
      for (const damaged of [changed, sent.slice(0, -1), sent.slice(1)]) {
        const refused = target.importSession(SESSION, pagesOf(damaged as never[]));
        await expect(refused).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
      }
      await target.erase(SESSION);
      await target.replicate(SESSION, [{ position: 0, hash: 'f'.repeat(32), tokens: 1 }]);
      const refused = target.importSession(SESSION, source.exportSession(SESSION, []));
      await expect(refused).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }, 60_000);
  });

  describe.each([
    ['files', 'cluster'],
    ['cluster', 'files'],
  ] as const)('the generations of a session from %s to %s', (from, to) => {
    const OUTCOME: Outcome = {
      ...{ text: '', usage: NO_USAGE, timings: NO_TIMINGS, hops: [], citations: [], failure: null },
    };
    const open = {
      files: async (): Promise<EventLog & AnswerOutbox> => {
        const log = new EmbeddedEventLog(path());
        closing.push(() => log.close());
        return log;
      },
      cluster: async (): Promise<EventLog & AnswerOutbox> => {
        const log = await RedisEventLog.open({ redis, leaseMs: 300 });
        closing.push(() => log.close());
        return log;
      },
    };

    it('are the same there, with their events, keys and answers that are to be recorded, and those that ran are ended', async () => {
      await cluster.flush();
      const [source, target] = [await open[from](), await open[to]()];
      // In Redis by a process that is gone afterwards, as the operator's is.
      const importing = to === 'cluster' ? await RedisEventLog.open({ redis, leaseMs: 300 }) : target;
      const generations = [0, 1, 2, 3].map(() => newGeneration({ sessionId: SESSION, turnId: `${SESSION}.t7` }));
      for (const generation of generations) await source.create(generation);
      const [done, told, failed, running] = generations.map(({ record }) => record.id) as [
        string,
        string,
        string,
        string,
      ];
      for (let at = 0; at < 1_300; at++) void source.append(done, { text: `${at} `, tokens: 1 });
      await source.finish(done, { type: 'completed', reason: 'stop' }, { ...OUTCOME, text: 'all of it' });
      await source.finish(told, { type: 'completed', reason: 'length' }, { ...OUTCOME, text: 'told' });
      await source.markRecorded(told);
      const failure = { code: 'MODEL_FAILED', message: 'no' } as const;
      await source.finish(failed, { type: 'failed', ...failure }, { ...OUTCOME, failure });
      await source.append(running, { text: 'half', tokens: 1 });
      const sent = await itemsOf(source.exportSession(SESSION));
      expect(sent.length).toBe(4 * 2 + (2 + 1_300 + 1) + 3 + 3 + 3 + 1);
      expect(await importing.importSession(SESSION, source.exportSession(SESSION))).toBe(4);
      expect(await importing.importSession(SESSION, source.exportSession(SESSION))).toBe(0);
      if (importing instanceof RedisEventLog) await importing.close();
      expect(textsOf(await itemsOf(target.exportSession(SESSION)))).toEqual(textsOf(sent));
      const ids = [done, told, failed, running];
      expect(await target.unfinished(SESSION)).toEqual([running]);
      expect(await target.failOrphans()).toBe(1);
      const ended = await target.get(ids);
      expect(ended.slice(0, -1)).toEqual((await source.get(ids)).slice(0, -1));
      expect(ended.at(-1)).toMatchObject({
        status: 'failed',
        outcome: { text: 'half', failure: { code: 'MODEL_FAILED' } },
      });
      const [ofTurn] = await target.ofTurns([`${SESSION}.t7`]);
      expect(ofTurn?.map(({ id }) => id)).toEqual(ids);
      const { record, idempotencyKey, requestHash } = generations[0] as NewGeneration;
      expect((await target.find(SESSION, idempotencyKey, requestHash))?.id).toBe(record.id);
      expect((await target.unrecorded(9)).map(({ generationId }) => generationId)).toEqual([done]);
      for (const damaged of [sent.slice(0, -1), sent.toSpliced(30, 1), sent.slice(1)]) {
        const other = await open.files();
        const refused = other.importSession(SESSION, pagesOf(damaged as never[]));
        await expect(refused).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
      }
      await target.erase(SESSION);
      expect(await target.get(ids)).toEqual([null, null, null, null]);
    }, 60_000);
  });
});
