import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { type StoreProcess, startStoreProcess } from '../support/store-process.ts';

const SESSION = `ses_${'d'.repeat(24)}`;
const folder = mkdtempSync(join(tmpdir(), 'store-full-'));

/** A small disk of its own; null, or why there is none. */
function mountSmallDisk(): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n').at(-1) ?? error.message) : 'unknown';
  }
}

const whyNot = mountSmallDisk();
let store: StoreProcess | null = null;
afterAll(async () => {
  await store?.kill();
  if (whyNot === null) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

/** Texts that no compressor makes small. */
function incompressible(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const character = () => String.fromCharCode(33 + random.below(90));
  return Array.from({ length: count }, () => Array.from({ length: 3_000 }, character).join(''));
}

describe('a store whose disk is full', () => {
  it.skipIf(whyNot !== null)(
    `refuses the write with STORAGE_FULL, keeps all it acknowledged, and goes on when there is room${whyNot === null ? '' : ` (skipped: no tmpfs can be mounted here: ${whyNot})`}`,
    async () => {
      store = await startStoreProcess(folder);
      const ids: string[] = [];
      const texts: string[] = [];
      let refusal: unknown;
      for (let batch = 0; batch < 200 && refusal === undefined; batch++) {
        const some = incompressible(32, batch + 1);
        try {
          ids.push(...(await store.put(SESSION, some)));
          texts.push(...some);
          await store.replicate(SESSION, ids.length - some.length, ids.slice(-some.length));
        } catch (error) {
          refusal = error;
        }
      }
      expect(refusal).toMatchObject({ code: 'STORAGE_FULL' });
      expect(ids.length).toBeGreaterThan(500);
      expect(await store.read(ids)).toEqual(texts);
      await expect(store.put(SESSION, incompressible(64, 999))).rejects.toMatchObject({ code: 'STORAGE_FULL' });

      // Full is not broken: it starts on the full disk, too, has everything, and needs no restart once there is room.
      await store.kill();
      store = await startStoreProcess(folder);
      expect(await store.read(ids)).toEqual(texts);
      execFileSync('mount', ['-o', 'remount,size=32m', folder]);
      expect(await store.put(SESSION, incompressible(64, 999))).toHaveLength(64);
    },
    60_000,
  );
});
