import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeFaults } from '../check-place.ts';
import { isHalfRestored, putInPlace } from './put-in-place.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'in place '));
  folder = join(parent, 'the data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const fill = (draft: string) => {
  write(join(draft, 'context/log.sqlite'), 'new');
  write(join(draft, 'store/fragments.sqlite'), 'new');
};
const failing = (draft: string) => {
  fill(draft);
  throw new RangeError('no more room');
};
const readData = (path: string) => readFileSync(join(folder, path), 'utf8');

describe('a data folder', () => {
  it('is made where there is none', () => {
    expect(putInPlace(folder, fill)).toBeNull();
    expect([readData('context/log.sqlite'), readdirSync(parent)]).toEqual(['new', ['the data']]);
  });

  it('is moved aside as it is', () => {
    write(join(folder, 'context/log.sqlite'), 'old');
    const aside = putInPlace(folder, fill) ?? '';
    expect([readData('context/log.sqlite'), readFileSync(join(aside, 'context/log.sqlite'), 'utf8')]).toEqual([
      'new',
      'old',
    ]);
  });

  it('stays as it is when the new one cannot be filled, and nothing is left of that', () => {
    write(join(folder, 'context/log.sqlite'), 'old');
    expect(() => putInPlace(folder, failing)).toThrow(RangeError);
    expect([readData('context/log.sqlite'), readdirSync(parent)]).toEqual(['old', ['the data']]);
  });
});

/** Why this machine lets nobody mount; null where it does. */
const whyNot = (() => {
  const probe = mkdtempSync(join(tmpdir(), 'mount-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', probe], { encoding: 'utf8' });
  if (status === 0) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return status === 0 ? null : stderr.trim();
})();

describe.skipIf(whyNot !== null)(
  `a data folder that is a mount point${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
  () => {
    const mounts = {
      'of another disk': () => spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]),
      'of a folder of the same disk': () => {
        mkdirSync(join(parent, 'elsewhere'));
        return spawnSync('mount', ['--bind', join(parent, 'elsewhere'), folder]);
      },
    };
    const names = Object.keys(mounts) as (keyof typeof mounts)[];
    const mount = (name: keyof typeof mounts) => {
      mkdirSync(folder);
      expect(mounts[name]().status).toBe(0);
    };
    afterEach(() => void spawnSync('umount', ['-l', folder]));

    it.each(names)('%s is filled within, and what was there is moved aside within', (name) => {
      mount(name);
      expect(putInPlace(folder, fill)).toBeNull();
      expect([readData('context/log.sqlite'), readdirSync(folder).sort()]).toEqual(['new', ['context', 'store']]);
      write(join(folder, 'context/log.sqlite'), 'old');
      write(join(folder, 'reasoning/generations.sqlite'), 'old');
      const aside = putInPlace(folder, fill) ?? '';
      expect(dirname(aside)).toBe(folder);
      expect(readdirSync(aside).sort()).toEqual(['context', 'reasoning', 'store']);
      expect([readData('context/log.sqlite'), existsSync(join(folder, 'reasoning'))]).toEqual(['new', false]);
      expect(isHalfRestored(folder)).toBe(false);
    });

    it.each(names)('%s stays as it is when the copy fails', (name) => {
      mount(name);
      write(join(folder, 'context/log.sqlite'), 'old');
      expect(() => putInPlace(folder, failing)).toThrow(RangeError);
      expect([readData('context/log.sqlite'), readdirSync(folder)]).toEqual(['old', ['context']]);
    });

    it('is not started on where a restore was interrupted between two moves, and is whole after the next', async () => {
      mount('of another disk');
      write(join(folder, '.restoring/store/fragments.sqlite'), 'half');
      write(join(folder, 'context/log.sqlite'), 'half');
      const place = { dataFolder: folder, host: '127.0.0.1', ports: {} };
      expect(await placeFaults(place)).toEqual([
        expect.stringMatching(/^SUPERCONTEXT_DATA=.* a restore .* interrupted/),
      ]);
      putInPlace(folder, fill);
      expect([readData('store/fragments.sqlite'), await placeFaults(place)]).toEqual(['new', []]);
    });
  },
);
