import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFragmentStore } from './embedded.ts';

const tenantKey = Buffer.alloc(32, 1);
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-fragments-'));
  path = join(folder, 'f.sqlite');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const SESSION = `ses_${'0'.repeat(24)}`;
const named = (hashes: readonly string[]) => hashes.map((hash) => ({ sessionId: SESSION, hash }));

function fragment(text: string): Fragment {
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: 'document',
    source: { kind: 'file', name: null },
    text,
    tokens: tokens(3),
    tokenizer: CONTRACT_TOKENIZER,
  };
}

/** Changes one bit of every stored body, one after another, and calls `look` at the file each time. */
async function withDamagedBodies(look: (row: number) => Promise<void>, bit: (length: number) => number): Promise<void> {
  const count = new DatabaseSync(path);
  const rows = count.prepare('SELECT row, body FROM fragments ORDER BY row').all() as unknown as {
    row: number;
    body: Uint8Array;
  }[];
  count.close();
  for (const { row, body } of rows) {
    const damaged = body.slice();
    const at = bit(body.length * 8);
    damaged[at >> 3] = (damaged[at >> 3] ?? 0) ^ (1 << (at & 7));
    const write = (bytes: Uint8Array) => {
      const database = new DatabaseSync(path);
      database.prepare('UPDATE fragments SET body = ? WHERE row = ?').run(bytes, row);
      database.close();
    };
    write(damaged);
    await look(row);
    write(body);
  }
}

describe('embedded fragments', () => {
  it('are read with one statement, however many are asked for', async () => {
    const store = openFragmentStore({ path, tenantKey });
    const { hashes } = await store.put(
      Array.from({ length: 500 }, (_, at) => fragment(`text ${at}`)),
      SESSION,
    );
    const statements = (['all', 'get', 'iterate', 'run'] as const).map((method) =>
      vi.spyOn(StatementSync.prototype, method),
    );
    const reads = await store.get(named(hashes));
    expect(reads.every(({ state }) => state === 'whole')).toBe(true);
    expect(statements.reduce((sum, spy) => sum + spy.mock.calls.length, 0)).toBe(1);
    await store.close();
  });

  it('are never handed out with a bit of theirs changed, and the others of the batch still are', async () => {
    const store = openFragmentStore({ path, tenantKey });
    const texts = Array.from({ length: 40 }, (_, at) => `text ${at} ${'and more '.repeat(at * 10)}`);
    const { hashes } = await store.put(texts.map(fragment), SESSION);
    await store.close();
    let damagedReads = 0;
    await withDamagedBodies(
      async (row) => {
        const reopened = openFragmentStore({ path, tenantKey });
        const reads = await reopened.get(named(hashes));
        for (const [at, read] of reads.entries()) {
          // A bit that only the compressor's framing used may leave the text whole; a wrong text is never handed out.
          if (read.state === 'whole') expect(read.fragment.text).toBe(texts[at]);
          else expect(at).toBe(row - 1);
        }
        damagedReads += reads.filter(({ state }) => state === 'corrupt').length;
        await reopened.close();
      },
      (bits) => Math.floor(bits * 0.7),
    );
    expect(damagedReads).toBeGreaterThan(35);
  });

  it('are whole again after the same content is put once more', async () => {
    const store = openFragmentStore({ path, tenantKey });
    const { hashes } = await store.put([fragment('precious')], SESSION);
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE fragments SET body = x'0100ff'");
    database.close();
    const reopened = openFragmentStore({ path, tenantKey });
    expect((await reopened.get(named(hashes)))[0]?.state).toBe('corrupt');
    expect(await reopened.put([fragment('precious')], SESSION)).toEqual({ hashes, deduplicated: 0 });
    expect((await reopened.get(named(hashes)))[0]?.state).toBe('whole');
    await reopened.close();
  });

  it('belong to one process', async () => {
    const store = openFragmentStore({ path, tenantKey });
    expect(() => openFragmentStore({ path, tenantKey })).toThrow(
      expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }),
    );
    await store.close();
  });
});

it('takes what was written into its file once it is left alone', async () => {
  const store = openFragmentStore({ path, tenantKey });
  const before = statSync(path).size;
  await store.put([fragment('x'.repeat(100_000))], SESSION);
  await expect.poll(() => statSync(path).size, { timeout: 5_000 }).toBeGreaterThan(before + 100_000);
  await store.close();
});
