import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { addChecksums, CheckedTable, type TableShape } from '../../supergraph/runtime/sqlite/checked-table.ts';
import { Database, type DatabaseFile } from '../../supergraph/runtime/sqlite/database.ts';
import { Derived } from '../../supergraph/runtime/sqlite/derived.ts';

interface Word {
  readonly id: number;
  readonly text: string;
  readonly data: Uint8Array | null;
}

const WORDS: TableShape<Word> = { name: 'words', columns: ['id', 'text', 'data'], key: ['id'] };
const FIRST = 'CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, data BLOB) STRICT;';
const MIGRATIONS = [FIRST, (database: DatabaseSync) => addChecksums(database, WORDS)];

const folder = mkdtempSync(join(tmpdir(), 'sqlite-floor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(folder, `${++files}`, 'words.sqlite');

function wordsOf(database: Database) {
  const table = new CheckedTable(database, WORDS);
  const select = database.prepare(`SELECT ${table.selection} FROM words ORDER BY id`);
  return {
    database,
    write: (...words: Word[]) => database.transaction(() => words.forEach((word) => void table.insert(word))),
    read: () => database.read(() => select.all().map((row) => table.whole(row, () => `word ${Number(row.id)}`).text)),
  };
}

function truth(path: string, more: Partial<DatabaseFile> = {}) {
  return Database.open({ ...fileAt(path), ...more }, wordsOf);
}

const word = (id: number, text = `word ${id}`): Word => ({ id, text, data: new Uint8Array(id) });

/** A closed file of three words. */
function written(): string {
  const path = newPath();
  const words = truth(path);
  words.write(word(1), word(2), word(200));
  words.database.close();
  return path;
}

function withRaw(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

const named = (code: string, more: object = {}) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining('words.sqlite'),
    details: expect.objectContaining({ file: 'words.sqlite', ...more }),
  });

/** Every way in which a file as a whole can be other than it was written. */
const DAMAGES: readonly (readonly [what: string, damage: (path: string) => void])[] = [
  ['that is no database', (path) => writeFileSync(path, 'these are no words of ours '.repeat(400))],
  ['cut short', (path) => writeFileSync(path, readFileSync(path).subarray(0, 5_000))],
  ['with a page of zeros', (path) => writeFileSync(path, readFileSync(path).fill(0, 4_096, 8_192))],
  ['without its table', (path) => withRaw(path, 'DROP TABLE words')],
  ['without a column', (path) => withRaw(path, 'ALTER TABLE words DROP COLUMN data')],
  [
    'with a column of another type',
    (path) =>
      withRaw(
        path,
        'DROP TABLE words; CREATE TABLE words (id INTEGER PRIMARY KEY, text INTEGER, data BLOB, checksum INTEGER)',
      ),
  ],
  ['with a trigger nobody made', (path) => withRaw(path, 'CREATE TRIGGER t AFTER INSERT ON words BEGIN SELECT 1; END')],
  ['whose schema version says less than it has', (path) => withRaw(path, 'PRAGMA user_version = 1')],
  ['with a negative schema version', (path) => withRaw(path, 'PRAGMA user_version = -3')],
  [
    'whose index lacks a row',
    (path) => {
      const bytes = readFileSync(path);
      const at = bytes.lastIndexOf('word 2');
      bytes.write('worx 2', at);
      writeFileSync(path, bytes);
    },
  ],
];

describe('a file of truth', () => {
  it('belongs to one process: a second one is refused, and the first goes on', () => {
    const path = newPath();
    const words = truth(path);
    expect(() => truth(path)).toThrow(named('STORAGE_UNAVAILABLE'));
    words.write(word(1));
    expect(words.read()).toEqual(['word 1']);
    words.database.close();
  });

  it('is readable by its owner alone, with its folder and what lies beside it, also one that was not', () => {
    const modes = (path: string) =>
      [join(path, '..'), path, `${path}-wal`].map((one) => (statSync(one).mode & 0o777).toString(8));
    const path = newPath();
    const words = truth(path);
    words.write(word(1));
    expect(modes(path)).toEqual(['700', '600', '600']);
    const old = newPath();
    mkdirSync(join(old, '..'), { mode: 0o755 });
    writeFileSync(old, '');
    for (const suffix of ['', '-wal']) {
      writeFileSync(old + suffix, readFileSync(path + suffix));
      chmodSync(old + suffix, 0o644);
    }
    words.database.close();
    const opened = truth(old);
    expect(opened.read()).toEqual(['word 1']);
    expect(modes(old)).toEqual(['700', '600', '600']);
    opened.database.close();
  });

  it('keeps all of a transaction or nothing, and goes on after one that failed', () => {
    const path = newPath();
    const words = truth(path);
    words.write(word(1));
    const half = () =>
      words.database.transaction(() => {
        words.database.prepare("UPDATE words SET text = 'changed'").run();
        throw new RangeError('in the middle');
      });
    expect(half).toThrow(RangeError);
    expect(words.read()).toEqual(['word 1']);
    words.write(word(2));
    expect(words.read()).toEqual(['word 1', 'word 2']);
    words.database.close();
  });

  it('refuses a write the disk has no room for, keeps the rest, and goes on when there is room', () => {
    const path = newPath();
    const words = truth(path);
    words.write(word(1));
    words.database.prepare('PRAGMA max_page_count = 6').get();
    expect(() => words.write(word(40_000))).toThrow(named('STORAGE_FULL'));
    expect(words.read()).toEqual(['word 1']);
    words.database.prepare('PRAGMA max_page_count = 1000').get();
    words.write(word(40_000));
    expect(words.read()).toEqual(['word 1', 'word 40000']);
    words.database.close();
  });

  it.each(DAMAGES)('is refused and left as it is when it is one %s', (_, damage) => {
    const path = written();
    damage(path);
    const before = readFileSync(path);
    expect(() => truth(path)).toThrow(named('STORAGE_CORRUPT'));
    expect(() => truth(path)).toThrow(expect.objectContaining({ message: expect.stringContaining('from a backup') }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('can be opened by another process after an opening that failed', () => {
    const path = written();
    const whole = readFileSync(path);
    withRaw(path, 'DROP TABLE words');
    expect(() => truth(path)).toThrow();
    writeFileSync(path, whole);
    const words = truth(path);
    words.write(word(3));
    words.database.close();
    const failing = () =>
      Database.open({ ...fileAt(path) }, () => {
        throw new TypeError('a fault of ours');
      });
    expect(failing).toThrow(TypeError);
    truth(path).database.close();
  });

  it.each([
    ['its text', "UPDATE words SET text = 'other' WHERE id = 2"],
    ['its bytes', "UPDATE words SET data = x'0102' WHERE id = 2"],
    ['its bytes to nothing', 'UPDATE words SET data = NULL WHERE id = 2'],
    ['its bytes, of which there are many', 'UPDATE words SET data = zeroblob(199) WHERE id = 2'],
    ['its checksum', 'UPDATE words SET checksum = checksum + 1 WHERE id = 2'],
    ['its number', 'UPDATE words SET id = 3 WHERE id = 2'],
  ])('names the row when somebody changed %s, and serves the others', (_, sql) => {
    const path = written();
    withRaw(path, sql);
    const words = truth(path);
    expect(() => words.read()).toThrow(named('STORAGE_CORRUPT', { row: expect.stringMatching(/^words: word [23]$/) }));
    const rest = words.database.prepare('SELECT text FROM words WHERE id = 1');
    expect(words.database.read(() => rest.get()?.text)).toBe('word 1');
    words.database.close();
  });

  it('takes a number larger than any it wrote for damage', () => {
    const path = written();
    withRaw(path, 'UPDATE words SET checksum = 9223372036854775807');
    const words = truth(path);
    expect(() => words.read()).toThrow(named('STORAGE_CORRUPT'));
    words.database.close();
  });

  it('gives the rows of an older schema their checksums, once', () => {
    const path = newPath();
    mkdirSync(join(path, '..'));
    withRaw(path, `${FIRST} INSERT INTO words VALUES (1, 'of old', x'00'), (2, 'too', NULL)`);
    const words = truth(path);
    expect(words.read()).toEqual(['of old', 'too']);
    words.database.close();
    const again = truth(path);
    again.write(word(3));
    expect(again.read()).toEqual(['of old', 'too', 'word 3']);
    again.database.close();
  });

  it('of a newer schema is refused, with what to do', () => {
    const path = written();
    withRaw(path, 'PRAGMA user_version = 7');
    expect(() => truth(path)).toThrow(named('STORAGE_UNAVAILABLE', { schemaVersion: 7, knownVersion: 2 }));
    expect(() => truth(path)).toThrow(/start the version that wrote it/);
  });

  it('says so when its folder cannot be one', () => {
    const path = newPath();
    writeFileSync(join(path, '..'), 'a file');
    expect(() => truth(path)).toThrow(named('STORAGE_UNAVAILABLE'));
    mkdirSync(newPath(), { recursive: true });
    expect(() => truth(join(folder, `${files}`, 'words.sqlite'))).toThrow(named('STORAGE_UNAVAILABLE'));
  });

  it('is refused when its WAL lost commits that others followed; the last one may have been torn', () => {
    const from = newPath();
    const words = truth(from, { checkpointQuietMs: 600_000 });
    for (let id = 1; id <= 9; id++) words.write(word(id));
    const [file, wal] = [readFileSync(from), readFileSync(`${from}-wal`)];
    words.database.close();
    const reopen = (flipped: number | null) => {
      const path = newPath();
      mkdirSync(join(path, '..'));
      writeFileSync(path, file);
      const bytes = Buffer.from(wal);
      if (flipped !== null) bytes[flipped] = (bytes[flipped] as number) ^ 4;
      writeFileSync(`${path}-wal`, bytes);
      return truth(path);
    };
    const whole = reopen(null);
    expect(whole.read()).toHaveLength(9);
    whole.database.close();
    for (const at of [5, 700, Math.floor(wal.length / 2)]) {
      expect(() => reopen(at)).toThrow(
        expect.objectContaining({ code: 'STORAGE_CORRUPT', details: { file: 'words.sqlite-wal' } }),
      );
    }
    const torn = reopen(wal.length - 100);
    expect(torn.read()).toHaveLength(8);
    torn.database.close();
  });
});

function fileAt(path: string): DatabaseFile {
  return {
    path,
    meaning: 'the list of words',
    migrations: MIGRATIONS,
    synchronous: 'FULL',
    isJournalChecked: true,
    checked: 'all',
    checkpointQuietMs: 20,
    keepsReserve: false,
  };
}

describe('a file of what can be made again', () => {
  const derived = (path: string, onDamaged = vi.fn()) => ({
    onDamaged,
    words: new Derived({ path, meaning: 'the index of words', migrations: MIGRATIONS, onDamaged }, wordsOf),
  });

  it.each([...DAMAGES, ['of a newer schema', (path: string) => withRaw(path, 'PRAGMA user_version = 7')] as const])(
    'is put aside and begun anew when it is one %s',
    (_, damage) => {
      const path = written();
      damage(path);
      const { words, onDamaged } = derived(path);
      expect(words.run(({ read }) => read())).toEqual([]);
      expect(onDamaged).toHaveBeenCalledExactlyOnceWith(`${path}.damaged`, expect.anything());
      expect(existsSync(`${path}.damaged`)).toBe(true);
      words.close();
    },
  );

  it.each([
    ['a row', "UPDATE words SET text = 'other' WHERE id = 2"],
    ['a table', 'DROP TABLE words'],
  ])('is begun anew when %s proves damaged while it is in use, and the work that met it goes on', (_, sql) => {
    const path = written();
    const { words, onDamaged } = derived(path);
    words.run(({ database }) => database.transaction(() => database.prepare(sql).run()));
    expect(words.run(({ read }) => read())).toEqual([]);
    expect(onDamaged).toHaveBeenCalledTimes(1);
    words.run(({ write }) => write(word(5)));
    expect(words.run(({ read }) => read())).toEqual(['word 5']);
    words.close();
  });

  it('is begun anew when a flipped bit made it read-only', () => {
    const path = written();
    const bytes = readFileSync(path);
    // The version a writer needs to know, in the header.
    bytes[18] = 3;
    writeFileSync(path, bytes);
    const { words, onDamaged } = derived(path);
    words.run(({ write }) => write(word(5)));
    expect(onDamaged).toHaveBeenCalledTimes(1);
    expect(words.run(({ read }) => read())).toEqual(['word 5']);
    words.close();
  });

  it('keeps one damaged file, the latest', () => {
    const path = written();
    for (const text of ['first ', 'second ']) {
      writeFileSync(path, text.repeat(1_000));
      derived(path).words.close();
    }
    expect(readFileSync(`${path}.damaged`, 'utf8').slice(0, 6)).toBe('second');
  });

  it('stays as it is when another process holds it', () => {
    const path = written();
    const { words } = derived(path);
    const other = vi.fn();
    expect(() => derived(path, other)).toThrow(named('STORAGE_UNAVAILABLE'));
    expect(other).not.toHaveBeenCalled();
    words.close();
    expect(() => words.run(({ read }) => read())).toThrow(named('STORAGE_UNAVAILABLE'));
  });

  it('stays as it is when the fault is one of the work', () => {
    const { words, onDamaged } = derived(written());
    const work = vi.fn(() => {
      throw new TypeError('a fault of ours');
    });
    expect(() => words.run(work)).toThrow(TypeError);
    expect(work).toHaveBeenCalledTimes(1);
    expect(onDamaged).not.toHaveBeenCalled();
    expect(words.run(({ read }) => read())).toHaveLength(3);
    words.close();
  });
});
