import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSupercontext } from './commands.ts';
import type { Lines, Output } from './output.ts';

let graph: FakeGraph;
let folder: string;
let session: string;
let printed: string[];
let notes: string[];

const lines: Lines = { line: (line = '') => void printed.push(line), paint: (_style, text) => text };
const output: Output = { ...lines, report: lines, write: () => undefined, note: (note) => void notes.push(note) };

async function supercontext(words: readonly string[], signal = new AbortController().signal): Promise<number> {
  printed = [];
  notes = [];
  return runSupercontext(['--url', graph.url, ...words], output, signal);
}

const append = (...paths: string[]) => supercontext(['append', session, ...paths]);
const write = async (path: string, text: string | Uint8Array = `text of ${path}`) => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
};

/** Path, relative to the folder, and text of all that was sent, in order of path. */
function sent(): readonly (readonly [path: string, text: string])[] {
  const files = graph.received.flatMap(({ payload }) => {
    const input = payload.variables?.input as { items?: { file: { path: string; text: string } }[] } | undefined;
    return input?.items?.map(({ file }) => file) ?? [];
  });
  return files
    .map(({ path, text }) => [path.split(`${basename(folder)}/`)[1] ?? path, text] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

beforeEach(async () => {
  graph = await fakeGraph({});
  folder = await mkdtemp(join(tmpdir(), 'supercontext-append-'));
  await supercontext(['open', 'Notes']);
  session = printed[0] ?? '';
});

afterEach(async () => {
  await graph.stop();
  await rm(folder, { recursive: true });
});

describe('what has been appended', () => {
  it('is not appended again, and what is new or changed is', async () => {
    for (const name of ['a', 'b', 'c']) await write(name);
    await append(folder);
    expect(printed[0]).toMatch(/^appended \d+ tokens of 3 files \(/);
    await write('b', 'another text');
    await write('d');
    await append(folder);
    expect(printed[0]).toMatch(/^appended \d+ tokens of 2 files \(.*; 2 more were there already$/);
    await append(folder);
    expect(printed[0]).toMatch(/^appended 0 tokens of 0 files \(.*; 4 more were there already$/);
  });

  it('is told as JSON to programs', async () => {
    await write('a', 'one');
    await write('empty', ' \n');
    expect(await supercontext(['append', session, folder, '--json'])).toBe(0);
    expect(JSON.parse(printed.join(''))).toMatchObject({
      sessionId: session,
      files: 1,
      known: 0,
      sizeBytes: 3,
      leftOut: 1,
    });
  });
});

describe('one entry that cannot be had', () => {
  it('costs itself alone when its name is no UTF-8', async () => {
    await write('a.txt');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), 'coffee');
    expect(await append(folder)).toBe(0);
    expect(sent()).toEqual([
      ['a.txt', 'text of a.txt'],
      ['café.txt', 'coffee'],
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('costs itself alone when it may not be read', async () => {
    await write('a.txt');
    await write('closed/b.txt');
    await write('c.txt');
    await chmod(join(folder, 'closed'), 0o000);
    await chmod(join(folder, 'c.txt'), 0o000);
    expect(await append(folder)).toBe(1);
    await chmod(join(folder, 'closed'), 0o700);
    expect(sent().map(([path]) => path)).toEqual(['a.txt']);
    expect(notes.filter((note) => note.endsWith('it may not be read'))).toHaveLength(2);
  });

  it('costs itself alone when the platform refuses it', async () => {
    await write('a.txt');
    await write(`${'d'.repeat(200)}/`.repeat(5).concat('deep.txt'));
    expect(await append(folder)).toBe(1);
    expect(printed[0]).toContain('of 1 files');
    expect(notes).toContainEqual(expect.stringMatching(/deep\.txt: path: at most 1024 characters$/));
  });

  it('is named and passed by when it is no file: FIFOs, sockets, links that lead in circles', async () => {
    await write('a.txt');
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    await symlink('.', join(folder, 'loop'));
    await symlink('nowhere', join(folder, 'dangling'));
    expect(await append(folder)).toBe(0);
    expect(sent().map(([path]) => path)).toEqual(['a.txt']);
    const told = notes.map((note) => note.slice(note.lastIndexOf('/') + 1)).sort();
    expect(told).toEqual(['dangling: a link', 'loop: a link', 'pipe: a FIFO']);
    expect(await append(join(folder, 'a.txt'), join(folder, 'pipe'))).toBe(1);
    await expect(append(join(folder, 'pipe'))).rejects.toThrow('there is no text in');
    await expect(append('/dev/zero')).rejects.toThrow('there is no text in');
    expect(notes).toEqual(['left out /dev/zero: a device']);
  });

  it('ends the command before anything is sent when it was named and is not there', async () => {
    await write('a.txt');
    await expect(append(join(folder, 'a.txt'), join(folder, 'no.txt'))).rejects.toThrow('no.txt is not there');
    expect(sent()).toEqual([]);
  });
});

describe('what is left out of a folder', () => {
  it('is what its .gitignore and .supercontextignore name, and those around it in its repository', async () => {
    await mkdir(join(folder, '.git'));
    await write('.gitignore', '.env\ndist/\n*.log\n/only-here\n');
    await write('.env', 'API_KEY=lambda');
    await write('dist/app.js');
    await write('main.js');
    await write('sub/.gitignore', '!keep.log\nown\n');
    await write('sub/keep.log');
    await write('sub/other.log');
    await write('sub/own');
    await write('sub/only-here');
    await write('sub/.supercontextignore', '*.csv\n');
    await write('sub/data.csv');
    expect(await append(folder)).toBe(0);
    const found = [
      '.gitignore',
      'main.js',
      'sub/.gitignore',
      'sub/.supercontextignore',
      'sub/keep.log',
      'sub/only-here',
    ];
    expect(sent().map(([path]) => path)).toEqual(found);
    expect(notes).toContainEqual(expect.stringMatching(/\.env: named in \.gitignore$/));
    expect(notes).toContainEqual(expect.stringMatching(/dist\/: named in \.gitignore$/));
    expect(notes).toContainEqual(expect.stringMatching(/data\.csv: named in \.supercontextignore$/));
    await append(join(folder, 'sub'));
    expect(printed[0]).toMatch(/of 0 files .*; 4 more were there already$/);
  });

  it('is read all the same when it is named by itself, with a warning where it looks like a secret', async () => {
    await write('.gitignore', '.env\n');
    await write('.env', 'API_KEY=lambda');
    await write('notes.md', `the key is AKIA${'A'.repeat(16)}`);
    await write('plain.md', 'nothing to see');
    await append(join(folder, '.env'), join(folder, 'notes.md'), join(folder, 'plain.md'));
    expect(printed[0]).toContain('of 3 files');
    expect(notes.map((note) => note.replace(/,.*\//, ' '))).toEqual([
      'careful .env may hold a secret: its name is one of files with secrets',
      'careful notes.md may hold a secret: an access key of AWS',
    ]);
  });
});

describe('a text', () => {
  it.each([
    ['UTF-8', Buffer.from('Grüße'), 'Grüße'],
    ['UTF-8 with a mark', Buffer.from('\ufeffGrüße'), 'Grüße'],
    ['UTF-16 LE', Buffer.from('\ufeffGrüße 好', 'utf16le'), 'Grüße 好'],
    ['UTF-16 BE', Buffer.from('\ufeffGrüße 好', 'utf16le').swap16(), 'Grüße 好'],
    ['Latin-1', Buffer.from('Grüße aus Köln', 'latin1'), 'Grüße aus Köln'],
    [
      'Windows',
      Buffer.concat([Buffer.from('He said '.repeat(40)), Buffer.from([0x93, 0x68, 0x69, 0x94])]),
      `${'He said '.repeat(40)}“hi”`,
    ],
  ])('is read as what it is: %s', async (_name, bytes, text) => {
    await write('a.txt', bytes);
    await append(folder);
    expect(sent()).toEqual([['a.txt', text]]);
  });

  it.each([
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])],
    ['random bytes', Uint8Array.from({ length: 500 }, (_, at) => 1 + ((at * 7_919) % 255))],
    ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x41])],
  ])('is none: %s', async (_name, bytes) => {
    await write('a.bin', bytes);
    await expect(append(folder)).rejects.toThrow('there is no text in');
    expect(notes[0]).toMatch(/a\.bin: no text$/);
  });
});

it('an append ends where it is interrupted', async () => {
  for (let at = 0; at < 300; at++) await write(`f${at}`, 'some words '.repeat(5_000));
  const interruption = new AbortController();
  const appending = supercontext(['append', session, folder], interruption.signal);
  await expect.poll(() => sent().length).toBeGreaterThan(3);
  interruption.abort();
  await expect(appending).rejects.toMatchObject({ name: 'AbortError' });
  expect(sent().length).toBeLessThan(300);
});
