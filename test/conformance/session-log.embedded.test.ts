import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { openSessionLog } from '../../subgraphs/context/log/embedded.ts';
import { MIGRATIONS } from '../../subgraphs/context/log/schema.ts';
import type { SessionLog } from '../../subgraphs/context/log/session-log.ts';
import { digestAfter, EMPTY_LOG_DIGEST } from '../../supergraph/runtime/log-digest.ts';
import { sessionDocumentTests } from './session-documents.ts';
import { sessionLogTests } from './session-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-log-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `${files++}.sqlite`);
const paths = new WeakMap<SessionLog, string>();

function open(path: string): SessionLog {
  const log = openSessionLog(path);
  paths.set(log, path);
  return log;
}

const make = async () => open(newPath());
const reopen = async (log: SessionLog) => {
  await log.close();
  return open(paths.get(log) as string);
};

describe('documents in the embedded session log', () => sessionDocumentTests(make, reopen));

describe('the embedded session log', () => {
  sessionLogTests(make, reopen);

  it('belongs to one owner at a time', async () => {
    const path = newPath();
    const log = open(path);
    await log.open({ id: 'ses_1', title: null, key: null, nowMs: 1 });
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
    await log.close();
  });

  it('takes what was written into its file once it is left alone', async () => {
    const path = newPath();
    const log = open(path);
    const before = statSync(path).size;
    await log.open({ id: 'ses_1', title: 'x'.repeat(100_000), key: null, nowMs: 1 });
    await expect.poll(() => statSync(path).size, { timeout: 5_000 }).toBeGreaterThan(before + 100_000);
    await log.close();
  });

  it('opens a log of the second version without writing a row of it again, so that damage of then is damage now', async () => {
    const path = newPath();
    const second = new DatabaseSync(path);
    const [first, addChecksums] = MIGRATIONS;
    second.exec(`${first} INSERT INTO sessions VALUES (3, 'ses_old', NULL, NULL, 7, 1, 30, 10, 2, 0);
      INSERT INTO entries VALUES (3, 0, x'${'0a'.repeat(16)}', 20, 'document', 'file', 0, NULL, 0),
        (3, 1, x'${'0b'.repeat(16)}', 10, 'user', 'chat', 0, NULL, 0);`);
    (addChecksums as (database: DatabaseSync) => void)(second);
    second.exec('PRAGMA user_version = 2; UPDATE entries SET tokens = 11 WHERE position = 1');
    second.close();
    const log = open(path);
    expect(await log.entries('ses_old', { from: 0, through: 0, first: 1 })).toMatchObject([
      { tokens: 20, facts: null },
    ]);
    await expect(log.entries('ses_old', { from: 1, through: 1, first: 1 })).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining('ses_old position 1'),
    });
    await log.close();
  });

  it.each([
    ['changed', "UPDATE facts SET speaker = 'Eve'"],
    ['missing', 'DELETE FROM facts'],
    ['no longer named', 'UPDATE entries SET facts = NULL'],
  ])('names facts that are %s, and serves neither them nor their entry', async (_how, damage) => {
    const path = newPath();
    const log = open(path);
    const facts = { speaker: 'Zoë', occurredAtMs: 1, metadata: null };
    const { id } = await log.open({ id: 'ses_a', title: null, key: null, nowMs: 1 });
    const entry = { hash: '0c'.repeat(16), tokens: 5, role: 'user', kind: 'chat' } as const;
    const entries = [
      { ...entry, facts: null },
      { ...entry, facts },
    ];
    const appended = { sessionId: id, key: 'k', contentHash: 'c', baseRevision: null, entries, sizeBytes: 9 };
    await log.commit({ ...appended, turn: null, nowMs: 1 });
    await log.close();
    const file = new DatabaseSync(path);
    file.exec(damage);
    file.close();
    const damaged = open(path);
    expect(await damaged.entries(id, { from: 0, through: 0, first: 1 })).toHaveLength(1);
    await expect(damaged.entries(id, { from: 0, through: 1, first: 2 })).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining('ses_a position 1'),
    });
    await damaged.close();
  });

  it('opens a log of the first version, gives its rows digests and checksums, and goes on with it', async () => {
    const path = newPath();
    const first = new DatabaseSync(path);
    first.exec(`${MIGRATIONS[0]}
      INSERT INTO sessions VALUES (3, 'ses_old', 'of old', 'key', 7, 1, 30, 10, 2, 1), (4, 'ses_new', NULL, NULL, 8, 0, 0, 0, 0, 0);
      INSERT INTO entries VALUES (3, 0, x'${'0a'.repeat(16)}', 20, 'document', 'file', 0, NULL, 0),
        (3, 1, x'${'0b'.repeat(16)}', 10, 'user', 'chat', 0, 0, 0);
      INSERT INTO receipts VALUES (3, 'k', 'content', 1, 0, 2, 30, 99, 0);
      INSERT INTO turns VALUES (3, 0, 'why?', 9, 1, 1);`);
    first.close();
    const log = open(path);
    const digest = digestAfter(digestAfter(EMPTY_LOG_DIGEST, '0a'.repeat(16), 20), '0b'.repeat(16), 10);
    expect(await log.digest('ses_old', 1)).toBe(digest.toString('hex'));
    expect(await log.turns('ses_old', 0, 9)).toMatchObject([{ index: 0, prompt: 'why?' }]);
    expect(await log.entries('ses_old', { from: 0, through: 9, first: 9, only: 'chat' })).toMatchObject([
      { position: 1 },
    ]);
    const entry = { hash: '0c'.repeat(16), tokens: 5, role: 'document', kind: 'file', facts: null } as const;
    const entries = [entry];
    const again = { sessionId: 'ses_old', key: 'k', contentHash: 'content', baseRevision: null, entries, sizeBytes: 9 };
    expect(await log.commit({ ...again, turn: null, nowMs: 1 })).toMatchObject({ state: 'replayed' });
    const next = await log.commit({ ...again, key: 'l', turn: null, nowMs: 1 });
    expect(next).toMatchObject({ state: 'committed', receipt: { revision: 2, from: 2 } });
    expect(await log.digest('ses_old', 2)).toBe(digestAfter(digest, '0c'.repeat(16), 5).toString('hex'));
    await log.close();
  });

  it.each([
    ['a receipt is changed', "UPDATE receipts SET revision = 2 WHERE key = 'a'"],
    ['a receipt is gone', "DELETE FROM receipts WHERE key = 'a'"],
  ])('takes no new key in a session when %s: nobody can say which keys it has', async (_, sql) => {
    const path = newPath();
    const log = open(path);
    for (const id of ['ses_1', 'ses_2']) await log.open({ id, title: null, key: null, nowMs: 1 });
    const commit = (sessionId: string, key: string) =>
      ({
        sessionId,
        key,
        contentHash: key,
        baseRevision: null,
        entries: [],
        sizeBytes: 0,
        turn: null,
        nowMs: 1,
      }) as const;
    await log.commit(commit('ses_1', 'a'));
    await log.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const reopened = open(path);
    await expect(reopened.commit(commit('ses_1', 'a'))).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await expect(reopened.commit(commit('ses_1', 'b'))).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await reopened.commit(commit('ses_2', 'b'))).toMatchObject({ state: 'committed' });
    await reopened.close();
  });

  it('says that a file is no log', async () => {
    const path = newPath();
    copyFileSync(join(import.meta.dirname, 'session-log.ts'), path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_CORRUPT' }));
  });
});
