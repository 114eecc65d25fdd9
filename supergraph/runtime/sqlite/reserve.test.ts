import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from './database.ts';
import { Derived } from './derived.ts';

const MIGRATIONS = ['CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, text TEXT) STRICT'];
/** The WAL has been taken in by then. */
const LULL_MS = 100;
const DISK_BYTES = 8 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'reserve-'));
const path = join(folder, 'words.sqlite');
const mount = () =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { encoding: 'utf8' });
const tried = mount();
if (tried.status === 0) spawnSync('umount', [folder]);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function wordsOf(database: Database) {
  const insert = database.prepare('INSERT INTO words (text) VALUES (?)');
  const remove = database.prepare('DELETE FROM words WHERE text LIKE ?');
  return { database, insert, remove };
}

const truth = () =>
  Database.open(
    {
      ...{ path, meaning: 'the list of words', migrations: MIGRATIONS, synchronous: 'FULL', isJournalChecked: true },
      ...{ checked: 'all', checkpointQuietMs: 20, keepsReserve: true },
    },
    wordsOf,
  );

const derived = (onDamaged = vi.fn()) =>
  new Derived({ path, meaning: 'the index of words', migrations: MIGRATIONS, onDamaged }, wordsOf);

const text = (first: string) => first + randomBytes(20_000).toString('hex');

/** Writes until there is no room; how often it could. */
function filledBy(write: () => void): number {
  for (let written = 0; written < 1_000; written++) {
    try {
      write();
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORAGE_FULL' });
      return written;
    }
  }
  throw new Error('the disk takes everything');
}

/** Another program takes the rest, to the last byte. */
function fillUp(): void {
  expect(() => {
    for (;;) appendFileSync(join(folder, 'of-another-program'), randomBytes(4_096));
  }).toThrow('ENOSPC');
  expect(statfsSync(folder).bavail).toBe(0);
}

const freeBytes = () => statfsSync(folder).bavail * statfsSync(folder).bsize;
const holds = (marker: string) =>
  [path, `${path}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(marker));

describe.skipIf(tried.status !== 0)(
  `a full disk${tried.status === 0 ? '' : ` (skipped: ${tried.stderr.trim()})`}`,
  () => {
    beforeEach(() => void expect(mount().status).toBe(0));
    afterEach(() => void spawnSync('umount', ['-l', folder]));

    it('lets a file of truth delete and scrub, whoever filled it, and keeps its reserve for the next time', async () => {
      const words = truth();
      const texts = new Map<string, string>();
      const add = (first: string) => {
        texts.set(first, text(first));
        words.database.transaction(() => words.insert.run(texts.get(first) ?? ''));
      };
      for (const first of ['one', 'two', 'six']) add(first);
      expect(filledBy(() => add('more'))).toBeGreaterThan(10);
      await sleep(LULL_MS);
      for (const first of ['one', 'two', 'six']) {
        fillUp();
        expect(words.database.transactionOnReserve(() => words.remove.run(`${first}%`).changes)).toBe(1);
        words.database.scrub();
        expect(holds(texts.get(first) ?? '')).toBe(false);
        expect(statSync(`${path}-reserve`).size).toBe(DISK_BYTES / 64);
      }
      words.database.close();
    });

    it('is not filled by a file of truth so far that its own WAL could not be taken in', () => {
      const words = truth();
      // In one go, so that no lull comes in between.
      expect(filledBy(() => words.database.transaction(() => words.insert.run(text('one'))))).toBeGreaterThan(10);
      expect(freeBytes()).toBeGreaterThan(0);
      rmSync(`${path}-reserve`);
      words.database.scrub();
      expect(statSync(`${path}-wal`).size).toBe(0);
      words.database.close();
    });

    it('deletes and scrubs on a disk that another program filled right after a commit, however long the WAL', () => {
      const words = truth();
      // No lull comes in between, so that none of it is in the file yet.
      for (let written = 0; written < 60; written++)
        words.database.transaction(() => words.insert.run(text(written === 0 ? 'one' : 'more')));
      expect(statSync(`${path}-wal`).size).toBeGreaterThan((10 * DISK_BYTES) / 64);
      fillUp();
      expect(words.database.transactionOnReserve(() => words.remove.run('one%').changes)).toBe(1);
      words.database.scrub();
      expect([statSync(`${path}-wal`).size, holds('one')]).toEqual([0, false]);
      words.database.close();
    });

    it('has its reserve again right after it was used, for what adds, too, however fast another program is', () => {
      const words = truth();
      for (const first of ['one', 'two', 'six']) words.database.transaction(() => words.insert.run(text(first)));
      for (const first of ['one', 'two', 'six']) {
        fillUp();
        words.database.transactionOnReserve(() => words.insert.run(text('told')));
        fillUp();
        expect(words.database.transactionOnReserve(() => words.remove.run(`${first}%`).changes)).toBe(1);
      }
      words.database.scrub();
      expect(holds('one')).toBe(false);
      words.database.close();
    });

    it('is left some room by what can be made again, which gives its file up where nothing else helps', () => {
      const onDamaged = vi.fn();
      const words = derived(onDamaged);
      expect(filledBy(() => words.add(({ insert }) => insert.run(text('one'))))).toBeGreaterThan(10);
      expect(freeBytes()).toBeGreaterThan((2 * DISK_BYTES) / 64);
      fillUp();
      expect(words.erase(({ remove }) => Number(remove.run('one%').changes), -1)).toBe(-1);
      expect(onDamaged).toHaveBeenCalledWith(null, expect.objectContaining({ code: 'STORAGE_FULL' }));
      expect([holds('one'), existsSync(`${path}.damaged`)]).toEqual([false, false]);
      words.add(({ insert }) => insert.run('there is room again'));
      words.close();
    });

    it('lets what can be made again be erased even where others take the room of the file that was given up', () => {
      const words = derived(vi.fn(fillUp));
      words.add(({ insert }) => insert.run(text('one')));
      fillUp();
      for (let times = 0; times < 3; times++)
        expect(words.erase(({ remove }) => Number(remove.run('one%').changes), -1)).toBe(-1);
      expect([holds('one'), existsSync(`${path}.damaged`)]).toEqual([false, false]);
      expect(() => words.add(({ insert }) => insert.run('more'))).toThrow(
        expect.objectContaining({ code: 'STORAGE_FULL' }),
      );
      rmSync(join(folder, 'of-another-program'));
      words.add(({ insert }) => insert.run('there is room again'));
      words.close();
    });
  },
);

it('a file of what can be made again takes its WAL in after a lull', async () => {
  const words = derived();
  words.add(({ insert }) => insert.run(text('one')));
  await expect.poll(() => statSync(path).size, { timeout: 5_000 }).toBeGreaterThan(40_000);
  words.close();
});
