import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type {
  Commit,
  NewDocumentPart,
  NewEntry,
  NewVersion,
  SessionLog,
} from '../../subgraphs/context/log/session-log.ts';

const SESSION = `ses_${'d'.repeat(24)}`;
const EVERYTHING = { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 };
const ALL = { size: 100, fromEnd: false, after: null, before: null };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hashOfParts = (...texts: string[]) =>
  sha256Of(Buffer.concat(texts.map((text) => Buffer.from(sha256(text), 'hex'))));
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let keys = 0;

/** A commit of files, each of two entries of ten tokens. */
function filesOf(
  files: readonly { readonly path: string; readonly text: string; readonly version?: NewVersion }[],
  more: Partial<Commit> = {},
): Commit {
  const documents = files.map(
    ({ path, text, version = null }, at): NewDocumentPart => ({
      ...{ path, hash: sha256(text), first: 2 * at, entries: 2, version },
    }),
  );
  const entries = files.flatMap(({ text }) => [entryOf(`${text} 1`), entryOf(`${text} 2`)]);
  const key = `key ${keys++}`;
  return {
    ...{
      sessionId: SESSION,
      key,
      contentHash: key,
      baseRevision: null,
      entries,
      sizeBytes: 9,
      turn: null,
      nowMs: 1_000 + keys,
    },
    ...{ documents, removes: [], ...more },
  };
}

function entryOf(text: string): NewEntry {
  return { hash: sha256(text).slice(0, 32), tokens: 10, role: 'document', kind: 'file', facts: null };
}

const WHOLE: NewVersion = { part: 0, parts: 1, hash: null };

/** What every session log must keep of documents. */
export function sessionDocumentTests(
  make: () => Promise<SessionLog>,
  reopen: (log: SessionLog) => Promise<SessionLog>,
): void {
  const opened = async () => {
    const log = await make();
    await log.open({ id: SESSION, title: null, key: null, nowMs: 1 });
    return log;
  };
  const shown = async (log: SessionLog) => {
    const withdrawn = await log.withdrawn(SESSION);
    const positions = (await log.entries(SESSION, EVERYTHING)).map(({ position }) => position);
    return positions.filter((position) => !withdrawn.has(position));
  };
  const stateOf = async (log: SessionLog) => {
    const [session] = await log.sessions([SESSION]);
    return { fragments: session?.fragments, withdrawn: session?.withdrawn.count, tokens: session?.tokens };
  };

  it('makes files with one path one document, in the parts in which they came', async () => {
    const log = await opened();
    const first = filesOf([
      { path: 'b.md', text: 'one' },
      { path: 'a.md', text: 'other' },
    ]);
    await log.commit(first);
    await log.commit(filesOf([{ path: 'b.md', text: 'two' }], { nowMs: 5_000 }));
    expect(await log.documents(SESSION, ALL)).toEqual([
      { path: 'a.md', hash: sha256('other'), parts: 1, tokens: 20, appendedAtMs: first.nowMs },
      { path: 'b.md', hash: hashOfParts('one', 'two'), parts: 2, tokens: 40, appendedAtMs: 5_000 },
    ]);
    expect(await log.documentsAt(SESSION, ['c.md', 'a.md'])).toMatchObject([null, { path: 'a.md' }]);
    await log.close();
  });

  it('pages through documents by their paths, both ways', async () => {
    const log = await opened();
    const paths = Array.from({ length: 7 }, (_, at) => `${'gfedcba'[at]}/é ${at}.md`);
    await log.commit(filesOf(paths.map((path) => ({ path, text: path }))));
    const listed = async (query: Partial<typeof ALL>) =>
      (await log.documents(SESSION, { ...ALL, ...query })).map(({ path }) => path);
    const sorted = paths.toSorted();
    expect(await listed({ size: 3 })).toEqual(sorted.slice(0, 3));
    const after = { ...ALL, size: 9, after: sorted[2] as string };
    expect(await listed(after as never)).toEqual(sorted.slice(3));
    expect(await listed({ size: 2, fromEnd: true })).toEqual(sorted.slice(5));
    expect(await listed({ size: 2, fromEnd: true, before: sorted[5] } as never)).toEqual(sorted.slice(3, 5));
    await log.close();
  });

  it('puts a version in the place of the one before, whose positions stay and are no part of the session any more', async () => {
    let log = await opened();
    await log.commit(
      filesOf([
        { path: 'a.md', text: 'old' },
        { path: 'b.md', text: 'other' },
      ]),
    );
    const digest = await log.digest(SESSION, 3);
    await log.commit(filesOf([{ path: 'a.md', text: 'new', version: WHOLE }]));
    log = await reopen(log);
    expect([await shown(log), await stateOf(log)]).toEqual([[2, 3, 4, 5], { fragments: 6, withdrawn: 2, tokens: 40 }]);
    expect((await log.withdrawn(SESSION)).stretches).toEqual([{ from: 0, through: 1 }]);
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash: sha256('new'), parts: 1, tokens: 20 }]);
    expect(await log.digest(SESSION, 3)).toBe(digest);
    await log.close();
  });

  it('removes documents, in the same commit that adds others, and knows no more of them', async () => {
    const log = await opened();
    await log.commit(filesOf([{ path: 'a.md', text: 'old' }]));
    const missing = log.commit(filesOf([{ path: 'b.md', text: 'new' }], { removes: ['none.md'] }));
    await expect(missing).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    expect(await stateOf(log)).toEqual({ fragments: 2, withdrawn: 0, tokens: 20 });
    const removal = filesOf([{ path: 'b.md', text: 'new' }], { removes: ['a.md'] });
    expect(await log.commit(removal)).toMatchObject({ state: 'committed' });
    expect(await log.commit(removal)).toMatchObject({ state: 'replayed' });
    expect([await shown(log), (await log.documents(SESSION, ALL)).map(({ path }) => path)]).toEqual([[2, 3], ['b.md']]);
    const alone = filesOf([], { removes: ['b.md'] });
    expect(await log.commit(alone)).toMatchObject({ state: 'committed', receipt: { fragments: 0, from: 4 } });
    expect([await shown(log), await stateOf(log)]).toEqual([[], { fragments: 4, withdrawn: 4, tokens: 0 }]);
    await log.close();
  });

  it('keeps the parts of a version out of sight until the last one is there, over commits and restarts', async () => {
    let log = await opened();
    const hash = hashOfParts('x', 'y', 'z');
    const part = (at: number, text: string) => [{ path: 'a.md', text, version: { part: at, parts: 3, hash } }];
    await log.commit(filesOf([{ path: 'a.md', text: 'old' }]));
    await log.commit(filesOf(part(0, 'x')));
    log = await reopen(log);
    await log.commit(filesOf(part(1, 'y')));
    expect([await shown(log), await stateOf(log)]).toEqual([[0, 1], { fragments: 6, withdrawn: 4, tokens: 20 }]);
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash: sha256('old'), parts: 1 }]);
    await log.commit(filesOf(part(2, 'z')));
    expect([await shown(log), await stateOf(log)]).toEqual([
      [2, 3, 4, 5, 6, 7],
      { fragments: 8, withdrawn: 2, tokens: 60 },
    ]);
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash, parts: 3, tokens: 60 }]);
    await log.close();
  });

  it('refuses a part that is not the next one of its version, and one that makes another document than was said', async () => {
    const log = await opened();
    const hash = hashOfParts('x', 'y');
    const part = (at: number, text: string, of = hash) =>
      log.commit(filesOf([{ path: 'a.md', text, version: { part: at, parts: 2, hash: of } }]));
    await expect(part(1, 'y')).rejects.toMatchObject({ code: 'INPUT_INVALID', details: { expected: 0 } });
    await part(0, 'x');
    await expect(part(1, 'y', hashOfParts('other', 'y'))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(part(1, 'not y')).rejects.toMatchObject({ details: { argument: 'version.hash' } });
    await part(1, 'y');
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash, parts: 2 }]);
    expect(await stateOf(log)).toEqual({ fragments: 4, withdrawn: 0, tokens: 40 });
    const whole = filesOf([{ path: 'a.md', text: 'z', version: { part: 0, parts: 1, hash: sha256('y') } }]);
    await expect(log.commit(whole)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await log.close();
  });

  it('takes a version once from two that send it at once, and forgets one that another has begun after', async () => {
    const log = await opened();
    const hash = hashOfParts('x', 'y', 'z');
    const part = (at: number, text: string, of = hash, parts = 3) =>
      log.commit(filesOf([{ path: 'a.md', text, version: { part: at, parts, hash: of } }]));
    for (const [at, text] of [
      ...([
        [0, 'x'],
        [0, 'x'],
        [1, 'y'],
        [1, 'y'],
        [2, 'z'],
        [2, 'z'],
      ] as const),
      // The slower one goes on with what is there already.
    ])
      await part(at, text);
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash, parts: 3, tokens: 60 }]);
    expect(await stateOf(log)).toEqual({ fragments: 12, withdrawn: 6, tokens: 60 });
    await part(0, 'p', hashOfParts('p', 'q'), 2);
    await part(0, 'x');
    await expect(part(1, 'q', hashOfParts('p', 'q'), 2)).rejects.toMatchObject({ details: { expected: 0 } });
    await log.close();
  });

  it('takes thousands of parts of one document in one commit without waiting for it', async () => {
    const log = await opened();
    const many = Array.from({ length: 4_096 }, (_, at) => ({ path: 'a.md', text: `part ${at}` }));
    const startMs = performance.now();
    await log.commit(filesOf(many));
    const hash = hashOfParts(...many.map(({ text }) => text));
    const version = (at: number) => ({ part: at, parts: many.length, hash });
    await log.commit(filesOf(many.map((file, at) => ({ ...file, version: version(at) }))));
    // Quadratic, it took more than a minute.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(await log.documentsAt(SESSION, ['a.md'])).toMatchObject([{ hash, parts: 4_096 }]);
    await log.close();
  });

  it('says of the answers to a turn the one that was begun last, in whatever order they come', async () => {
    const log = await opened();
    const said = (text: string, role: 'user' | 'assistant'): NewEntry => ({ ...entryOf(text), role, kind: 'chat' });
    await log.commit({ ...filesOf([]), entries: [said('why?', 'user')], turn: { prompt: 'why?' } });
    const answer = (text: string, turn: number, begunAtMs: number) =>
      log.commit({ ...filesOf([]), entries: [said(text, 'assistant')], turn: { answers: turn, begunAtMs } });
    await answer('so', 0, 100);
    await log.commit({ ...filesOf([]), entries: [said('how?', 'user')], turn: { prompt: 'how?' } });
    await answer('thus', 1, 200);
    await answer('better', 0, 300);
    expect(await shown(log)).toEqual([0, 2, 3, 4]);
    await answer('best', 0, 500);
    // One that was begun before it and took longer, or waited for this stage to come back.
    await answer('late', 0, 400);
    expect([await shown(log), await stateOf(log)]).toEqual([[0, 2, 3, 5], { fragments: 7, withdrawn: 3, tokens: 40 }]);
    expect((await log.entriesAt(SESSION, [5]))[0]?.facts?.occurredAtMs).toBe(500);
    await log.close();
  });

  it('forgets all of it with the session', async () => {
    const log = await opened();
    await log.commit(filesOf([{ path: 'a.md', text: 'old' }]));
    await log.commit(filesOf([{ path: 'a.md', text: 'new', version: WHOLE }]));
    expect((await log.erase(SESSION))?.hashes).toHaveLength(4);
    expect([await log.documents(SESSION, ALL), (await log.withdrawn(SESSION)).count]).toEqual([[], 0]);
    await log.open({ id: SESSION, title: null, key: null, nowMs: 1 });
    expect(await log.documents(SESSION, ALL)).toEqual([]);
    await log.close();
  });
}
