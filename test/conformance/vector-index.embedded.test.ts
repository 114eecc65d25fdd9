import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rowChecksum } from '@supercontext/runtime/sqlite/row-checksum.ts';
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

  describe('with sealed segments', () => {
    const all = Array.from({ length: 600 }, (_, at) => fragment(at, 1 + (at % 3)));
    const asked = [3, 255, 256, 511, 599].map(
      (position) => all[position]?.vectors.slice(0, 64) ?? new Float32Array(64),
    );

    async function filled(): Promise<string> {
      const path = newPath();
      const index = open(path);
      await index.put(SPACE, all.slice(0, 512));
      await index.put(SPACE, all.slice(512));
      await index.held(SPACE);
      await index.close();
      return path;
    }

    const answers = async (index: VectorIndex) => [
      await index.held(SPACE),
      ...(await Promise.all(asked.map((vector) => index.search(SPACE, vector, 12)))),
    ];

    function sql(path: string, run: (database: DatabaseSync) => void): void {
      const database = new DatabaseSync(path);
      run(database);
      database.close();
    }

    const starts = (path: string): unknown[] => {
      let found: unknown[] = [];
      sql(path, (database) => {
        found = database
          .prepare('SELECT start FROM segments ORDER BY start')
          .all()
          .map(({ start }) => start);
      });
      return found;
    };

    it('holds and finds the same as without', async () => {
      const path = await filled();
      expect(starts(path)).toEqual([0, 256]);
      const sealed = open(path);
      const found = await answers(sealed);
      await sealed.close();
      sql(path, (database) => database.exec('DELETE FROM segments'));
      const unsealed = open(path);
      expect(await answers(unsealed)).toEqual(found);
      await unsealed.close();
      expect(found.slice(1).map((hits) => hits[0]?.position)).toEqual([3, 255, 256, 511, 599]);
    });

    it('makes those again that are damaged, cut off, or of a future version', async () => {
      const path = await filled();
      const sealed = open(path);
      const found = await answers(sealed);
      await sealed.close();
      sql(path, (database) => {
        database.exec('UPDATE segments SET body = CAST(substr(body, 1, 900) AS BLOB) WHERE start = 0');
        const row = database.prepare('SELECT space, body FROM segments WHERE start = 256').get();
        const { space, body } = row as { space: number; body: Uint8Array };
        body[0] = 9;
        const checksum = rowChecksum('segments', [space, 256, body]);
        database.prepare('UPDATE segments SET body = ?, checksum = ? WHERE start = 256').run(body, checksum);
      });
      const again = open(path);
      expect(await answers(again)).toEqual(found);
      await again.close();
      expect(starts(path)).toEqual([0, 256]);
      expect(unusable).toEqual([]);
    });

    it('seals nothing that has changed since: not what was put, not what was forgotten', async () => {
      const path = await filled();
      const index = open(path);
      await index.put(SPACE, [{ ...fragment(300), hash: 'e'.repeat(32) }]);
      await index.close();
      expect(starts(path)).toEqual([0]);
      const after = open(path);
      expect((await after.held(SPACE))[300]?.hash).toBe('e'.repeat(32));
      await after.forget(SPACE, [{ from: 250, through: 260 }]);
      await after.close();
      expect(starts(path)).toEqual([]);
      const last = open(path);
      expect(await last.held(SPACE)).toHaveLength(589);
      await last.erase(SPACE.sessionId);
      await last.close();
      expect(starts(path)).toEqual([]);
    });

    it('serves nothing of a row that is damaged behind its seal', async () => {
      const path = await filled();
      sql(path, (database) => database.exec('UPDATE vectors SET checksum = checksum + 1 WHERE position = 256'));
      const index = open(path);
      const hits = await index.search(SPACE, asked[2] ?? new Float32Array(64), 12);
      expect(hits.map(({ position }) => position)).not.toContain(256);
      expect(unusable).toEqual([256]);
      expect(await index.held(SPACE)).toHaveLength(599);
      await index.close();
    });
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
