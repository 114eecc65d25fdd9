import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSupercontext } from './commands.ts';
import type { Lines, Output } from './output.ts';

/** Who may read everything. */
const isRoot = process.getuid?.() === 0;

let graph: FakeGraph;
let folder: string;
let session: string;
let printed: string[];
let notes: string[];

const lines: Lines = { line: (line = '') => void printed.push(line), paint: (_style, text) => text };
const output: Output = { ...lines, report: lines, write: () => undefined, note: (note) => void notes.push(note) };

async function supercontext(...words: readonly string[]): Promise<number> {
  printed = [];
  notes = [];
  return runSupercontext(['--url', graph.url, ...words], output, new AbortController().signal);
}

const sync = (...words: string[]) => supercontext('sync', session, ...words, '--json');
const came = () => JSON.parse(printed.join('')) as Record<string, unknown>;
const appends = () =>
  graph.received.filter(
    ({ payload }) => (payload.variables?.input as { items?: unknown } | undefined)?.items !== undefined,
  ).length;
const write = async (path: string, text: string | Uint8Array = `text of ${path}`) => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
};

beforeEach(async () => {
  graph = await fakeGraph({});
  folder = await mkdtemp(join(tmpdir(), 'supercontext-sync-'));
  await supercontext('open', 'Notes');
  session = printed[0] ?? '';
});

afterEach(async () => {
  await chmod(join(folder, 'closed'), 0o700).catch(() => undefined);
  await graph.stop();
  await rm(folder, { recursive: true });
});

describe('a session that is synced', () => {
  it('holds what the folder holds, by paths within it, and is told only what has changed', async () => {
    for (const name of ['a.md', 'sub/b.md', 'sub/c.md']) await write(name);
    expect(await sync(folder)).toBe(0);
    expect(came()).toMatchObject({ added: ['a.md', 'sub/b.md', 'sub/c.md'], replaced: [], removed: [], unchanged: 0 });
    const before = appends();
    expect(await sync(folder)).toBe(0);
    expect(came()).toMatchObject({ added: [], replaced: [], removed: [], unchanged: 3, tokens: 0 });
    expect(appends()).toBe(before);
    await write('a.md', 'another text');
    await rename(join(folder, 'sub/b.md'), join(folder, 'sub/d.md'));
    expect(await sync(folder)).toBe(0);
    expect(came()).toMatchObject({ added: ['sub/d.md'], replaced: ['a.md'], removed: ['sub/b.md'], unchanged: 1 });
    expect(notes.join('\n')).toMatch(/replaced a\.md/);
    // Back as it was: nothing that was sent before stands in its way.
    await write('a.md');
    await sync(folder);
    expect(came()).toMatchObject({ replaced: ['a.md'], unchanged: 2 });
  });

  it('is told many files at a time, and a long one in its parts', async () => {
    for (let at = 0; at < 450; at++) await write(`many/${at}.md`);
    await write('long.txt', 'A line of a long text.\n'.repeat(150_000));
    await sync(folder);
    expect((came().added as string[]).length).toBe(451);
    expect(appends()).toBeGreaterThan(3);
    expect(appends()).toBeLessThan(12);
    await sync(folder);
    expect(came()).toMatchObject({ unchanged: 451, added: [], replaced: [] });
  });

  it('says in words what it did, or would do', async () => {
    await write('a.md');
    expect(await supercontext('sync', session, folder, '--dry-run')).toBe(0);
    expect(printed[0]).toMatch(/^would sync 1 added, 0 replaced, 0 removed, 0 as they were/);
    expect([notes, appends()]).toEqual([['would be added a.md'], 0]);
    await supercontext('sync', session, folder);
    expect(printed[0]).toMatch(/^synced 1 added/);
  });

  it('loses what is no text file any more, or is to be ignored from now on', async () => {
    for (const name of ['a.md', 'ignored/b.md', 'folder.md', 'picture']) await write(name);
    await sync(folder);
    await rm(join(folder, 'folder.md'));
    await mkdir(join(folder, 'folder.md'));
    await write('ignored/.gitignore', '*');
    await write('picture', Buffer.from([0x89, 0x50, 0, 0]));
    expect(await sync(folder)).toBe(0);
    expect(came()).toMatchObject({ removed: ['folder.md', 'ignored/b.md', 'picture'], unchanged: 1 });
  });

  it('keeps what it did not look at: behind a link, too large, no file any more', async () => {
    for (const name of ['a.md', 'moved/b.md', 'large.txt', 'pipe']) await write(name);
    await sync(folder);
    await rename(join(folder, 'moved'), join(folder, '../elsewhere'.concat(String(process.pid))));
    await symlink('/nowhere', join(folder, 'moved'));
    await truncate(join(folder, 'large.txt'), 65 * 1024 * 1024);
    await rm(join(folder, 'pipe'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expect(await sync(folder)).toBe(0);
    expect(came()).toMatchObject({ removed: [], unchanged: 1, leftOut: 3 });
    await rm(join(folder, '../elsewhere'.concat(String(process.pid))), { recursive: true });
  });

  it('keeps all of a folder whose rules cannot be read, and reads nothing of it', async () => {
    for (const name of ['a.md', 'in/b.md', 'in/secret.txt']) await write(name);
    await sync(folder);
    await rm(join(folder, 'in/b.md'));
    await symlink('.supercontextignore', join(folder, 'in/.supercontextignore'));
    expect(await sync(folder)).toBe(1);
    expect(came()).toMatchObject({ removed: [], unchanged: 1, faults: 1 });
    expect(notes.join('\n')).toContain(
      'left out in/: what to leave out of it cannot be read: its links lead in a circle',
    );
  });

  it('keeps all of a folder that is gone when its turn comes', async () => {
    await write('one/big.txt', 'A line of a long text.\n'.repeat(300_000));
    await write('two/b.md');
    const folders = [join(folder, 'one'), join(folder, 'two')];
    await sync(...folders);
    await write('one/big.txt', 'Another line of a long text.\n'.repeat(300_000));
    const before = appends();
    const syncing = sync(...folders);
    await expect.poll(appends).toBeGreaterThan(before);
    await rename(join(folder, 'two'), join(folder, 'moved'));
    await syncing;
    expect(came()).toMatchObject({ removed: [] });
  });

  it.skipIf(isRoot)(
    'keeps a document whose file or folder cannot be read, since nobody knows whether it is there',
    async () => {
      for (const name of ['a.md', 'closed/b.md', 'closed.md']) await write(name);
      await sync(folder);
      await chmod(join(folder, 'closed'), 0);
      await chmod(join(folder, 'closed.md'), 0);
      expect(await sync(folder)).toBe(1);
      expect(came()).toMatchObject({ removed: [], faults: 2, unchanged: 1 });
    },
  );

  it('keeps documents of elsewhere when told to, and is never emptied by the wrong folder', async () => {
    await write('one/a.md');
    await write('two/b.md');
    await sync(join(folder, 'one'));
    await expect(sync(join(folder, 'two'))).rejects.toThrow(
      /nothing in .*two is a document of this session, which has 1/,
    );
    expect(await sync(join(folder, 'two'), '--keep')).toBe(0);
    expect(came()).toMatchObject({ removed: [] });
    await sync(join(folder, 'one'), join(folder, 'two'));
    expect(came()).toMatchObject({ added: [], removed: [], unchanged: 2 });
    await write('two/a.md', 'the same path');
    expect(await sync(join(folder, 'one'), join(folder, 'two'))).toBe(1);
    expect(notes.join('\n')).toContain('left out a.md: another of the folders has a file of this path');
  });

  it('is not asked for where there is no folder', async () => {
    await write('a.md');
    await expect(sync(join(folder, 'a.md'))).rejects.toThrow('is no folder');
    await expect(sync(join(folder, 'none'))).rejects.toThrow('is no folder');
  });
});
