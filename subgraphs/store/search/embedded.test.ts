import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOG_DIGEST, segmentOf } from '../../../test/conformance/segment-store.ts';
import { openSegmentStore } from './embedded.ts';

const onDamaged = vi.fn();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-segments-'));
  path = join(folder, 's.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('embedded segments', () => {
  it('are left out and counted when their bytes were changed on disk', async () => {
    const store = openSegmentStore({ path, onDamaged });
    await store.write('a', { from: 0, segment: segmentOf('one', 'two'), logDigest: LOG_DIGEST });
    await store.write('a', { from: 2, segment: segmentOf('three'), logDigest: LOG_DIGEST });
    await store.close();

    const database = new DatabaseSync(path);
    const bytes = database.prepare('SELECT bytes FROM segments WHERE start = 0').get()?.bytes as Uint8Array;
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    database.prepare('UPDATE segments SET bytes = ? WHERE start = 0').run(bytes);
    database.close();

    const reopened = openSegmentStore({ path, onDamaged });
    const { segments, unusable } = await reopened.read('a');
    expect(segments.map(({ from }) => from)).toEqual([2]);
    expect(unusable).toBe(1);
    await reopened.close();
  });

  it('start anew when the file is no database any more', async () => {
    writeFileSync(path, 'x'.repeat(10_000));
    const store = openSegmentStore({ path, onDamaged });
    expect(await store.read('a')).toEqual({ segments: [], unusable: 0 });
    await store.write('a', { from: 0, segment: segmentOf('one'), logDigest: LOG_DIGEST });
    expect((await store.read('a')).segments).toHaveLength(1);
    await store.close();
  });

  it('belong to one process', async () => {
    const store = openSegmentStore({ path, onDamaged });
    expect(() => openSegmentStore({ path, onDamaged })).toThrow(
      expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }),
    );
    await store.close();
  });
});
