import { expect, it } from 'vitest';
import type {
  Commit,
  ListedSession,
  NewEntry,
  SessionLog,
  SessionPlace,
  SessionQuery,
} from '../../subgraphs/context/log/session-log.ts';
import { digestAfter, EMPTY_LOG_DIGEST } from '../../supergraph/runtime/log-digest.ts';

const EVERYTHING = { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 };

const NEWEST: SessionQuery = {
  ...{ orderBy: 'creation', size: 100, fromEnd: false, after: null, before: null, archived: null, titleContains: null },
};
const USED_LAST: SessionQuery = { ...NEWEST, orderBy: 'activity' };

function idsOf(listed: readonly ListedSession[]): string[] {
  return listed.map(({ session }) => ('id' in session ? session.id : session.message));
}

function entry(number: number, more: Partial<NewEntry> = {}): NewEntry {
  return {
    hash: number.toString(16).padStart(32, '0'),
    tokens: 10,
    role: 'document',
    kind: 'file',
    facts: null,
    ...more,
  };
}

function commit(sessionId: string, key: string, more: Partial<Commit> = {}): Commit {
  return {
    sessionId,
    key,
    contentHash: `content of ${key}`,
    baseRevision: null,
    entries: [entry(1)],
    sizeBytes: 40,
    turn: null,
    nowMs: 1_000,
    ...more,
  };
}

/** What every session log must keep. `make` opens an empty one, `reopen` closes a log and opens the same state again. */
export function sessionLogTests(
  make: () => Promise<SessionLog>,
  reopen: (log: SessionLog) => Promise<SessionLog>,
): void {
  let number = 0;
  const open = async (log: SessionLog, key: string | null = null) => {
    number++;
    const id = `ses_${number.toString(16).padStart(24, '0')}`;
    return log.open({ id, title: `title ${number}`, key, nowMs: number });
  };

  it('opens an empty session', async () => {
    const log = await make();
    const session = await open(log);
    expect(session).toMatchObject({ revision: 0, tokens: 0, fragments: 0, turns: 0 });
    expect(await log.sessions(['ses_none', session.id])).toEqual([null, session]);
    await log.close();
  });

  it('opens one session for one key, however often it is asked', async () => {
    const log = await make();
    const [first, second] = await Promise.all([open(log, 'key'), open(log, 'key')]);
    expect(second).toEqual(first);
    expect((await open(log, 'other')).id).not.toBe(first.id);
    await log.close();
  });

  it('lists sessions newest first, and goes on behind one that was erased since', async () => {
    const log = await make();
    const ids: string[] = [];
    for (let opened = 0; opened < 5; opened++) ids.unshift((await open(log)).id);
    const first = await log.list({ ...NEWEST, size: 2 });
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    await log.erase(ids[1] as string);
    const rest = await log.list({ ...NEWEST, after: first[1] ?? null });
    expect(idsOf(rest)).toEqual(ids.slice(2));
    expect(await log.list({ ...NEWEST, after: rest.at(-1) ?? null })).toEqual([]);
    expect(idsOf(await log.list({ ...NEWEST, fromEnd: true, size: 2 }))).toEqual(ids.slice(3));
    expect(idsOf(await log.list({ ...NEWEST, fromEnd: true, size: 1, before: rest[2] ?? null }))).toEqual([ids[3]]);
    await log.close();
  });

  it('lists sessions by when they were used last, each once however they share a moment', async () => {
    const log = await make();
    const ids: string[] = [];
    for (let opened = 0; opened < 6; opened++) ids.push((await open(log)).id);
    for (const [at, nowMs] of [900, 700, 900, 900, 800].entries()) {
      await log.commit(commit(ids[at] as string, 'a', { nowMs }));
    }
    const order = [3, 2, 0, 4, 1, 5].map((at) => ids[at]);
    expect(idsOf(await log.list(USED_LAST))).toEqual(order);
    const paged: string[] = [];
    for (let after: SessionPlace | null = null; ; ) {
      const page: ListedSession[] = await log.list({ ...USED_LAST, size: 1, after });
      after = page[0] ?? null;
      if (after === null) break;
      paged.push(...idsOf(page));
    }
    expect(paged).toEqual(order);
    const [, second, , fourth, , unused] = await log.list(USED_LAST);
    expect(idsOf(await log.list({ ...USED_LAST, after: second ?? null, before: fourth ?? null }))).toEqual([order[2]]);
    expect(await log.sessions([ids[4] as string, ids[5] as string])).toMatchObject([
      { lastActivityAtMs: 800 },
      { lastActivityAtMs: unused?.atMs },
    ]);
    await log.close();
  });

  it('calls a session by the title it was given, or else by its first question, and finds it by either', async () => {
    let log = await make();
    const unnamed = await log.open({ id: `ses_${'a'.repeat(24)}`, title: null, key: null, nowMs: 1 });
    const named = await log.open({ id: `ses_${'b'.repeat(24)}`, title: 'Zürich ÉCOLE', key: null, nowMs: 2 });
    expect(unnamed.title).toBeNull();
    for (const [at, { id }] of [unnamed, named].entries()) {
      await log.commit(commit(id, 'first', { turn: { prompt: 'Where is the orchard?' }, nowMs: 10 + at }));
      await log.commit(commit(id, 'second', { turn: { prompt: 'And then?' }, nowMs: 20 + at }));
    }
    log = await reopen(log);
    const found = async (titleContains: string) => idsOf(await log.list({ ...NEWEST, titleContains }));
    expect(await log.sessions([unnamed.id, named.id])).toMatchObject([
      { title: 'Where is the orchard?' },
      { title: 'Zürich ÉCOLE' },
    ]);
    expect([await found('orchard'), await found('zurich ecole'), await found('%')]).toEqual([
      [unnamed.id],
      [named.id],
      [],
    ]);
    expect(await log.change(unnamed.id, { title: 'Pears' })).toMatchObject({ title: 'Pears' });
    expect(await log.change(named.id, { title: null })).toMatchObject({ title: 'Where is the orchard?' });
    expect([await found('pears'), await found('orchard'), await found('zurich')]).toEqual([
      [unnamed.id],
      [named.id],
      [],
    ]);
    expect(await log.change('ses_none', { title: 'x' })).toBeNull();
    await log.close();
  });

  it('puts a session aside and takes it back, and its log goes on as it was', async () => {
    let log = await make();
    const [one, other] = [await open(log), await open(log)];
    expect(await log.change(one.id, { archivedAtMs: 5 })).toMatchObject({ archivedAtMs: 5, revision: 0 });
    log = await reopen(log);
    const listed = async (archived: boolean | null) => idsOf(await log.list({ ...NEWEST, archived }));
    expect([await listed(false), await listed(true), await listed(null)]).toEqual([
      [other.id],
      [one.id],
      [other.id, one.id],
    ]);
    await log.commit(commit(one.id, 'a'));
    expect(await log.sessions([one.id])).toMatchObject([{ archivedAtMs: 5, revision: 1 }]);
    expect(await log.change(one.id, { archivedAtMs: null })).toMatchObject({ archivedAtMs: null });
    expect(await listed(true)).toEqual([]);
    await log.close();
  });

  it('keeps what came with an item for each of its entries, and when a turn was said', async () => {
    const log = await make();
    const { id } = await open(log);
    const facts = { speaker: 'Zoë', occurredAtMs: -86_400_000, metadata: '{"commit":"a1"}' };
    const other = { speaker: null, occurredAtMs: 5, metadata: null };
    const entries = [entry(1), entry(2, { facts }), entry(3, { facts }), entry(4, { facts: other }), entry(5)];
    await log.commit(commit(id, 'a', { entries }));
    await log.commit(commit(id, 'b', { entries: [entry(6), entry(7)], turn: { prompt: 'why?' }, nowMs: 77 }));
    const said = { speaker: null, occurredAtMs: 77, metadata: null };
    const read = (log: SessionLog) => log.entries(id, EVERYTHING).then((all) => all.map((one) => one.facts));
    expect(await read(log)).toEqual([null, facts, facts, other, null, said, said]);
    const again = await reopen(log);
    expect(await read(again)).toEqual([null, facts, facts, other, null, said, said]);
    expect((await again.entries(id, { from: 2, through: 2, first: 1 }))[0]?.facts).toEqual(facts);
    await again.close();
  });

  it('appends entries at the end, counts them, and lists them in order of position', async () => {
    const log = await make();
    const { id } = await open(log);
    await log.commit(commit(id, 'a', { entries: [entry(1), entry(2)] }));
    const outcome = await log.commit(commit(id, 'b', { entries: [entry(3, { tokens: 5 })] }));
    expect(outcome).toMatchObject({ state: 'committed', receipt: { revision: 2, from: 2, fragments: 1, tokens: 5 } });
    expect((await log.sessions([id]))[0]).toMatchObject({ revision: 2, tokens: 25, fragments: 3 });
    const entries = await log.entries(id, EVERYTHING);
    expect(entries.map(({ position, hash }) => [position, hash])).toEqual([
      [0, entry(1).hash],
      [1, entry(2).hash],
      [2, entry(3).hash],
    ]);
    expect((await log.entries(id, { ...EVERYTHING, first: 1, newestFirst: true }))[0]?.position).toBe(2);
    expect((await log.entries(id, { from: 1, through: 1, first: 9 })).map(({ position }) => position)).toEqual([1]);
    expect(await log.entriesAt(id, [2, 9, 0, -1, 2])).toEqual([entries[2], entries[0], entries[2]]);
    expect(await log.entriesAt('ses_none', [0])).toEqual([]);
    await log.close();
  });

  it('commits a key once, also when two senders come at the same moment', async () => {
    const log = await make();
    const { id } = await open(log);
    const outcomes = await Promise.all([log.commit(commit(id, 'a')), log.commit(commit(id, 'a'))]);
    expect(outcomes.map(({ state }) => state).sort()).toEqual(['committed', 'replayed']);
    expect((await log.sessions([id]))[0]).toMatchObject({ revision: 1, fragments: 1 });
    expect(await log.receipt(id, 'a')).toMatchObject({ revision: 1, contentHash: 'content of a' });
    await log.close();
  });

  it('refuses a key that stands for other content', async () => {
    const log = await make();
    const { id } = await open(log);
    await log.commit(commit(id, 'a'));
    expect(await log.commit(commit(id, 'a', { contentHash: 'other' }))).toEqual({ state: 'key-reused' });
    expect((await log.sessions([id]))[0]).toMatchObject({ revision: 1 });
    await log.close();
  });

  it('keeps the keys of two sessions apart', async () => {
    const log = await make();
    const [one, two] = [await open(log), await open(log)];
    await log.commit(commit(one.id, 'a'));
    expect(await log.commit(commit(two.id, 'a', { contentHash: 'other' }))).toMatchObject({ state: 'committed' });
    await log.close();
  });

  it('lets one of two writers with the same base revision win, and tells the other where the session is', async () => {
    const log = await make();
    const { id } = await open(log);
    const outcomes = await Promise.all([
      log.commit(commit(id, 'a', { baseRevision: 0 })),
      log.commit(commit(id, 'b', { baseRevision: 0 })),
    ]);
    expect(outcomes.filter(({ state }) => state === 'committed')).toHaveLength(1);
    expect(outcomes).toContainEqual({ state: 'conflict', revision: 1 });
    await log.close();
  });

  it('answers a replay although the session has moved on', async () => {
    const log = await make();
    const { id } = await open(log);
    await log.commit(commit(id, 'a', { baseRevision: 0 }));
    await log.commit(commit(id, 'b'));
    expect(await log.commit(commit(id, 'a', { baseRevision: 0 }))).toMatchObject({
      state: 'replayed',
      receipt: { revision: 1 },
    });
    await log.close();
  });

  it('knows no unknown session', async () => {
    const log = await make();
    expect(await log.commit(commit('ses_none', 'a'))).toEqual({ state: 'session-missing' });
    expect(await log.entries('ses_none', EVERYTHING)).toEqual([]);
    expect(await log.turns('ses_none', 0, 10)).toEqual([]);
    expect(await log.receipt('ses_none', 'a')).toBeNull();
    await log.close();
  });

  it('makes turns of prompts and ties answers to them', async () => {
    const log = await make();
    const { id } = await open(log);
    const chat = { kind: 'chat', role: 'user' } as const;
    await log.commit(commit(id, 'doc'));
    const asked = await log.commit(commit(id, 't0', { entries: [entry(2, chat)], turn: { prompt: 'why?' } }));
    expect(asked).toMatchObject({ receipt: { turn: 0 } });
    await log.commit(
      commit(id, 'g0', {
        entries: [entry(3, { kind: 'chat', role: 'assistant' })],
        turn: { answers: 0, begunAtMs: 9 },
      }),
    );
    await log.commit(commit(id, 't1', { entries: [entry(4, chat)], turn: { prompt: 'how?' }, nowMs: 7 }));
    expect(await log.turns(id, 1, 10)).toEqual([
      { sessionId: id, index: 1, prompt: 'how?', createdAtMs: 7, from: 3, through: 3 },
    ]);
    expect((await log.turns(id, 0, 1)).map(({ prompt }) => prompt)).toEqual(['why?']);
    const entries = await log.entries(id, { ...EVERYTHING, only: 'chat' });
    expect(entries.map(({ turn, isAnswer, chatTokensBefore }) => [turn, isAnswer, chatTokensBefore])).toEqual([
      [0, false, 0],
      [0, true, 10],
      [1, false, 20],
    ]);
    expect((await log.sessions([id]))[0]).toMatchObject({ turns: 2 });
    await log.close();
  });

  it('finds instructions without reading the rest', async () => {
    const log = await make();
    const { id } = await open(log);
    await log.commit(commit(id, 'a', { entries: [entry(1), entry(2, { role: 'system', kind: 'chat' }), entry(3)] }));
    expect((await log.entries(id, { ...EVERYTHING, only: 'system' })).map(({ position }) => position)).toEqual([1]);
    await log.close();
  });

  it('carries a digest of every entry, chained from the first', async () => {
    let log = await make();
    const { id } = await open(log);
    const { id: other } = await open(log);
    await log.commit(commit(id, 'a', { entries: [entry(1), entry(2)] }));
    await log.commit(commit(id, 'b', { entries: [entry(3, { tokens: 5 })] }));
    await log.commit(commit(other, 'a', { entries: [entry(1), entry(2, { tokens: 11 })] }));
    const first = digestAfter(EMPTY_LOG_DIGEST, entry(1).hash, 10);
    const third = digestAfter(digestAfter(first, entry(2).hash, 10), entry(3).hash, 5);
    log = await reopen(log);
    expect(await log.digest(id, -1)).toBe('0'.repeat(32));
    expect(await log.digest(id, 0)).toBe(first.toString('hex'));
    expect(await log.digest(id, 2)).toBe(third.toString('hex'));
    expect(await log.digest(other, 1)).not.toBe(await log.digest(id, 1));
    expect(await log.digest(id, 3)).toBeNull();
    expect(await log.digest('ses_none', -1)).toBeNull();
    await log.close();
  });

  it('has everything it acknowledged after it was closed and opened again', async () => {
    let log = await make();
    const { id } = await open(log, 'key');
    await log.commit(commit(id, 'a', { turn: { prompt: 'why?' } }));
    const before = [await log.sessions([id]), await log.entries(id, EVERYTHING), await log.turns(id, 0, 9)];
    log = await reopen(log);
    expect([await log.sessions([id]), await log.entries(id, EVERYTHING), await log.turns(id, 0, 9)]).toEqual(before);
    expect(await log.commit(commit(id, 'a'))).toMatchObject({ state: 'replayed' });
    expect((await log.open({ id: 'ses_new', title: null, key: 'key', nowMs: 1 })).id).toBe(id);
    await log.close();
  });

  it('erases a session with all there is of it, and nothing of another', async () => {
    let log = await make();
    const { id } = await open(log, 'mine');
    const { id: other } = await open(log);
    await log.commit(commit(id, 'a', { entries: [entry(1), entry(2)], turn: { prompt: 'why?' } }));
    await log.commit(commit(other, 'a', { entries: [entry(1)], turn: { prompt: 'who?' } }));
    const erased = await log.erase(id);
    expect(erased).toMatchObject({ turns: 1 });
    expect([...(erased?.hashes ?? [])].sort()).toEqual([entry(1).hash, entry(2).hash]);
    expect(await log.erase(id)).toBeNull();
    log = await reopen(log);
    expect(await log.sessions([id])).toEqual([null]);
    expect(await log.entries(id, EVERYTHING)).toEqual([]);
    expect(await log.commit(commit(id, 'b'))).toEqual({ state: 'session-missing' });
    expect((await open(log, 'mine')).id).not.toBe(id);
    expect(await log.turns(other, 0, 9)).toHaveLength(1);
    await log.close();
  });
}
