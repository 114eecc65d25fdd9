import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSegmentStore } from './embedded.ts';
import { allSteps, sealTail } from './seal.ts';
import type { Segment } from './segment.ts';
import { Tail } from './tail.ts';
import { Tokenizer } from './tokenize.ts';

const onDamaged = vi.fn();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-segments-'));
  path = join(folder, 's.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logDigest = 'a'.repeat(32);

function segment(...texts: string[]): Segment {
  const tokenizer = new Tokenizer();
  const tail = new Tail();
  for (const text of texts) {
    tokenizer.read(text);
    tail.add(tokenizer);
  }
  return allSteps(sealTail(tail));
}

describe('embedded segments', () => {
  it('come back in order, each session its own', async () => {
    const store = openSegmentStore({ path, onDamaged });
    await store.write('b', { from: 2, segment: segment('three'), logDigest });
    await store.write('a', { from: 2, segment: segment('three'), logDigest });
    await store.write('a', { from: 0, segment: segment('one', 'two'), logDigest });
    const { segments, unusable } = await store.read('a');
    expect(segments.map(({ from }) => from)).toEqual([0, 2]);
    expect(segments[0]?.segment.bytes).toEqual(segment('one', 'two').bytes);
    expect(unusable).toBe(0);
    await store.close();
  });

  it('are replaced by one that covers their stretch', async () => {
    const store = openSegmentStore({ path, onDamaged });
    await store.write('a', { from: 0, segment: segment('one'), logDigest });
    await store.write('a', { from: 1, segment: segment('two'), logDigest });
    await store.write('a', { from: 0, segment: segment('one', 'two'), logDigest });
    expect((await store.read('a')).segments.map(({ from }) => from)).toEqual([0]);
    await store.close();
  });

  it('are left out and counted when their bytes were changed on disk', async () => {
    const store = openSegmentStore({ path, onDamaged });
    await store.write('a', { from: 0, segment: segment('one', 'two'), logDigest });
    await store.write('a', { from: 2, segment: segment('three'), logDigest });
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
    await store.write('a', { from: 0, segment: segment('one'), logDigest });
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
