import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { Database } from './database.ts';

const BACKUPS = 40;
const ROWS = 300;
const folder = mkdtempSync(join(tmpdir(), 'supercontext-copies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a copy is made and whole however much is committed and taken into the file meanwhile', {
  timeout: 240_000,
}, async () => {
  const file = {
    path: join(folder, 'words.sqlite'),
    meaning: 'the words',
    migrations: ['CREATE TABLE words (id INTEGER PRIMARY KEY, word BLOB NOT NULL) STRICT'],
    synchronous: 'FULL',
    isJournalChecked: false,
    checked: 'all',
    checkpointQuietMs: 1,
    keepsReserve: false,
  } as const;
  const { database, insert } = Database.open(file, (database) => {
    return { database, insert: database.prepare('INSERT INTO words (word) VALUES (?)') };
  });
  const commit = (rows: number) =>
    database.transaction(() => {
      for (let row = 0; row < rows; row++) insert.run(Buffer.alloc(3_000, row));
    });
  commit(ROWS);
  let goesOn = true;
  const committing = (async () => {
    for (let at = 0; goesOn; at++) {
      // Nearly always in a transaction, which the first step of a copy must not meet.
      for (let more = 0; more < 10; more++) commit(3);
      await setTimeout(at % 5 === 0 ? 3 : 0);
    }
  })();
  for (let at = 0; at < BACKUPS; at++) {
    const copy = join(folder, `copy-${at}.sqlite`);
    await database.backupTo(copy);
    const opened = new DatabaseSync(copy, { readOnly: true });
    expect(opened.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const { rows } = opened.prepare('SELECT count(*) AS rows FROM words').get() as { rows: number };
    expect((rows - ROWS) % 3).toBe(0);
    opened.close();
    rmSync(copy);
  }
  goesOn = false;
  await committing;
  database.close();
});
