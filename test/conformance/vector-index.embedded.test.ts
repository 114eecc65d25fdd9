import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openVectorIndex } from '@supercontext/store/search/vectors/embedded.ts';
import type { VectorIndex } from '@supercontext/store/search/vectors/vector-index.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { directions, fragment, SPACE, vectorIndexConformance } from './vector-index.ts';

const folder = mkdtempSync(join(tmpdir(), 'vector-index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, `${++files}.sqlite`);
const damaged: (string | null)[] = [];
const unusable: number[] = [];
beforeEach(() => {
  damaged.length = 0;
  unusable.length = 0;
});

function open(path: string, budgetBytes = 1 << 20): VectorIndex {
  return openVectorIndex({
    path,
    budgetBytes,
    onDamaged: (aside) => damaged.push(aside),
    onUnusable: (_, positions) => unusable.push(...positions),
  });
}

vectorIndexConformance('embedded', async () => open(newPath()));

describe('the embedded vector index', () => {
  /** A file with positions 0 to 9, changed by `change` while it is closed. */
  async function changed(change: (database: DatabaseSync) => void): Promise<VectorIndex> {
    const path = newPath();
    const before = open(path);
    await before.put(
      SPACE,
      Array.from({ length: 10 }, (_, at) => fragment(at)),
    );
    await before.close();
    const database = new DatabaseSync(path);
    change(database);
    database.close();
    return open(path);
  }

  async function leftWithout(index: VectorIndex, position: number): Promise<void> {
    const left = Array.from({ length: 10 }, (_, at) => at).filter((at) => at !== position);
    const found = (await index.search(SPACE, directions(1), 20)).map((hit) => hit.position);
    expect(found.toSorted((one, other) => one - other)).toEqual(left);
    expect((await index.held(SPACE)).map((held) => held.position)).toEqual(left);
    expect(unusable).toEqual([position]);
    await index.put(SPACE, [fragment(position)]);
    expect(await index.held(SPACE)).toHaveLength(10);
    await index.close();
  }

  it('has after reopening what it had before', async () => {
    const path = newPath();
    const before = open(path);
    const known = fragment(3, 2);
    await before.put(SPACE, [fragment(1), known, fragment(9)]);
    await before.close();
    const after = open(path);
    expect((await after.search(SPACE, known.vectors.subarray(64), 1))[0]).toMatchObject({
      position: 3,
      hash: known.hash,
    });
    await after.close();
  });

  it('names what was changed at rest, never serves it, and takes it again', async () => {
    const flip = (database: DatabaseSync) =>
      database.exec(
        "UPDATE vectors SET body = CAST(substr(body, 1, 20) || x'7f' || substr(body, 22) AS BLOB) WHERE position = 4",
      );
    await leftWithout(await changed(flip), 4);
  });

  it('names what was cut off', async () => {
    const cut = (database: DatabaseSync) =>
      database.exec('UPDATE vectors SET body = substr(body, 1, 20) WHERE position = 6');
    await leftWithout(await changed(cut), 6);
  });

  it('names what a future version wrote, also with a checksum that holds', async () => {
    const { rowChecksum } = await import('@supercontext/runtime/sqlite/row-checksum.ts');
    const rewrite = (database: DatabaseSync) => {
      const row = database.prepare('SELECT space, fragment, body FROM vectors WHERE position = 2').get();
      const { space, fragment: hash, body } = row as { space: number; fragment: Uint8Array; body: Uint8Array };
      body[0] = 2;
      const checksum = rowChecksum('vectors', [space, 2, hash, body]);
      database.prepare('UPDATE vectors SET body = ?, checksum = ? WHERE position = 2').run(body, checksum);
    };
    await leftWithout(await changed(rewrite), 2);
  });

  it('never takes vectors for those of another session or fragment', async () => {
    const move = (database: DatabaseSync) =>
      database.exec(
        `UPDATE spaces SET session = 'ses_${'9'.repeat(24)}'; UPDATE vectors SET fragment = x'${'00'.repeat(16)}'`,
      );
    const index = await changed(move);
    expect(await index.held(SPACE)).toEqual([]);
    expect(await index.spaces(`ses_${'9'.repeat(24)}`)).toEqual([]);
    await index.close();
  });

  it('puts a damaged file aside and begins anew', async () => {
    const path = newPath();
    const before = open(path);
    await before.put(SPACE, [fragment(1)]);
    await before.close();
    writeFileSync(path, readFileSync(path).fill(7, 30, 3_000));
    const after = open(path);
    expect(damaged).toEqual([`${path}.damaged`]);
    expect(await after.held(SPACE)).toEqual([]);
    await after.put(SPACE, [fragment(1)]);
    expect(await after.held(SPACE)).toHaveLength(1);
    await after.close();
    truncateSync(path, 5_000);
    const cut = open(path);
    expect(await cut.held(SPACE)).toEqual([]);
    await cut.close();
  });

  it('leaves nothing of an erased session in its file', async () => {
    const path = newPath();
    const index = open(path);
    await index.put(SPACE, [{ ...fragment(1), hash: 'abcdefabcdefabcdefabcdefabcdefab' }]);
    await index.erase(SPACE.sessionId);
    await index.close();
    expect(readFileSync(path).includes(Buffer.from('abcdefabcdefabcdefabcdefabcdefab', 'hex'))).toBe(false);
    expect(readFileSync(path).includes(SPACE.sessionId)).toBe(false);
  });

  it('finds the same when its memory is too small to keep two sessions open', async () => {
    const index = open(newPath(), 1);
    const other = { ...SPACE, sessionId: `ses_${'2'.repeat(24)}` };
    const [mine, theirs] = [fragment(1), fragment(2)];
    await index.put(SPACE, [mine]);
    await index.put(other, [theirs]);
    for (let round = 0; round < 3; round++) {
      expect((await index.search(SPACE, mine.vectors, 1))[0]?.position).toBe(1);
      expect((await index.search(other, theirs.vectors, 1))[0]?.position).toBe(2);
    }
    await index.close();
  });
});
