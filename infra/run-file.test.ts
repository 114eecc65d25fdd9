import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimRunFile, DataFolderInUse, readRunFile, readStaleRunFile } from './run-file.ts';

const TOLD = {
  host: '127.0.0.1',
  ports: { gateway: 1, context: 2, store: 3, compression: 4, reasoning: 5 },
  signingKey: 'k'.repeat(64),
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'running.json');

/** What a launcher left behind, its process id being ours but for what is changed. */
function leave(changes: Record<string, unknown>): void {
  claimRunFile(folder, TOLD);
  writeFileSync(path(), JSON.stringify({ ...JSON.parse(readFileSync(path(), 'utf8')), ...changes }));
}

describe('the run file', () => {
  it('tells this user where the platform is, and is gone after its release', () => {
    const file = claimRunFile(folder, TOLD);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readRunFile(folder)).toMatchObject({ ...TOLD, pid: process.pid, startedAt: expect.stringMatching(/Z$/) });
    file.release();
    expect({ files: readdirSync(folder), record: readRunFile(folder) }).toEqual({ files: [], record: null });
  });

  it('is refused to a second launcher in one plain line', () => {
    claimRunFile(folder, TOLD);
    expect(() => claimRunFile(folder, TOLD)).toThrow(DataFolderInUse);
    expect(() => claimRunFile(folder, TOLD)).toThrow(
      /^SUPERCONTEXT_DATA=.* process id \d+ .*http:\/\/127.0.0.1:1\/.*$/,
    );
    expect(readdirSync(folder)).toEqual(['running.json']);
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose process id another process has by now', { startTicks: 1 }],
  ])('of a launcher %s is stale, and replaced', (_, changes) => {
    leave(changes);
    expect(readRunFile(folder)).toBeNull();
    expect(readStaleRunFile(folder)).toMatchObject(changes);
    claimRunFile(folder, TOLD);
    expect(readRunFile(folder)).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['running.json']);
  });

  it.each([
    ...['', '{', 'null', '[]', '{"pid":"1"}', '7', '"text"', ' '.repeat(100_000)],
    ...[
      { ports: null },
      { ports: {} },
      { ports: { ...TOLD.ports, store: 'a' } },
      { ports: { ...TOLD.ports, store: -5 } },
    ],
    ...[{ ports: { ...TOLD.ports, gateway: undefined } }, { host: 5 }, { signingKey: null }, { startTicks: 'x' }],
    ...[{ pid: -1 }, { pid: 0.5 }, { pid: 1e300 }, { startedAt: undefined }],
  ])('that cannot be read (%j) is replaced', (found) => {
    if (typeof found === 'string') writeFileSync(path(), found);
    else leave(found);
    expect([readRunFile(folder), readStaleRunFile(folder)]).toEqual([null, null]);

    claimRunFile(folder, TOLD);
    expect(readRunFile(folder)).toMatchObject({ pid: process.pid });
  });

  it.each([
    ['a pipe', () => void spawnSync('mkfifo', [path()])],
    ['a link to nothing', () => symlinkSync('/nowhere/x', path())],
    ['a link to a folder', () => symlinkSync(folder, path())],
  ])('that is %s is replaced, without a wait', (_, make) => {
    make();
    expect([readRunFile(folder), readStaleRunFile(folder)]).toEqual([null, null]);
    claimRunFile(folder, TOLD);
    expect(readRunFile(folder)).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['running.json']);
  });

  it('that is a folder is named in one plain line and stays', () => {
    mkdirSync(join(path(), 'of somebody'), { recursive: true });
    expect(() => claimRunFile(folder, TOLD)).toThrow(/^SUPERCONTEXT_DATA=.*running.json is a folder: remove it$/);
    expect(readdirSync(folder)).toEqual(['running.json']);
  });

  it('of another launcher is not removed by a release', () => {
    const file = claimRunFile(folder, TOLD);
    rmSync(path());
    claimRunFile(folder, { ...TOLD, signingKey: 'other' });
    file.release();
    expect(readRunFile(folder)).toMatchObject({ signingKey: 'other' });
  });
});
