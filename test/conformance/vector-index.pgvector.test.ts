import { createLog } from '@supercontext/runtime/process/log.ts';
import { openPgvectorIndex } from '@supercontext/store/search/vectors/pgvector.ts';
import type { VectorIndex } from '@supercontext/store/search/vectors/vector-index.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningPostgres, runningPostgres, whyNoPostgres } from '../support/postgres.ts';
import { directions, fragment, SPACE, vectorIndexConformance } from './vector-index.ts';

const log = createLog({ name: 'test', version: '0' }, 'silent');
const why = whyNoPostgres();
let postgres: RunningPostgres;
let losses = 0;

function open(url: string): VectorIndex {
  return openPgvectorIndex({ url, log, onLost: () => losses++ });
}

describe.skipIf(why !== null)(`PostgreSQL with pgvector${why === null ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    postgres = await runningPostgres();
  }, 120_000);
  afterAll(() => postgres?.stop());

  vectorIndexConformance('pgvector', async () => open(await postgres.database()));

  const unavailable = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' });

  it('has after opening it again what it had before', async () => {
    const url = await postgres.database();
    const before = open(url);
    await before.put(SPACE, [fragment(3, 2)]);
    await before.close();
    const after = open(url);
    expect(await after.held(SPACE)).toHaveLength(1);
    await after.close();
  });

  it('says so while the server is away, and goes on when it is back', async () => {
    const index = open(await postgres.database());
    await index.put(SPACE, [fragment(1)]);
    await postgres.halt();
    try {
      await expect(index.search(SPACE, directions(1), 3)).rejects.toEqual(unavailable);
      await expect(index.put(SPACE, [fragment(2)])).rejects.toEqual(unavailable);
      await expect(index.erase(SPACE.sessionId)).rejects.toEqual(unavailable);
    } finally {
      await postgres.start();
    }
    expect(await index.search(SPACE, directions(1), 3)).toHaveLength(1);
    await index.close();
  }, 60_000);

  it('that cannot be reached at the start may come later', async () => {
    const index = open('postgres://test@127.0.0.1:9/test');
    await expect(index.held(SPACE)).rejects.toEqual(unavailable);
    await index.close();
  });

  it('says so when its table is gone, tells that all is lost, and makes it again', async () => {
    const url = await postgres.database();
    const index = open(url);
    await index.put(SPACE, [fragment(1)]);
    await postgres.query(url, 'DROP TABLE supercontext_vectors');
    losses = 0;
    await expect(index.search(SPACE, directions(1), 3)).rejects.toEqual(unavailable);
    expect(losses).toBe(1);
    expect(await index.held(SPACE)).toEqual([]);
    await index.put(SPACE, [fragment(1)]);
    expect(await index.held(SPACE)).toHaveLength(1);
    await index.close();
  });

  it('refuses a table made for other dimensions or of another shape, and mixes nothing', async () => {
    const corrupt = expect.objectContaining({ code: 'STORAGE_CORRUPT' });
    const url = await postgres.database();
    const columns = 'session text, model text, position integer, part smallint, fragment bytea';
    await postgres.query(
      url,
      `CREATE EXTENSION vector; CREATE TABLE supercontext_vectors (${columns}, embedding vector(8))`,
    );
    const index = open(url);
    await expect(index.put(SPACE, [fragment(1), fragment(2)])).rejects.toEqual(corrupt);
    expect(await index.held(SPACE)).toEqual([]);
    await postgres.query(url, 'DROP TABLE supercontext_vectors; CREATE TABLE supercontext_vectors (id integer)');
    await expect(index.search(SPACE, directions(1), 3)).rejects.toEqual(corrupt);
    await index.close();
  });

  it('erases what is being put meanwhile, too', async () => {
    const url = await postgres.database();
    const index = open(url);
    await index.put(SPACE, [fragment(1)]);
    const { sessionId } = SPACE;
    const putting = postgres.query(
      url,
      `BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('${sessionId}', 0));
       INSERT INTO supercontext_vectors SELECT session, model, 2, part, fragment, embedding FROM supercontext_vectors;
       SELECT pg_sleep(0.5); COMMIT`,
    );
    const isPut = `DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory') THEN RAISE 'not yet'; END IF;
    END $$`;
    await vi.waitFor(() => postgres.query(url, isPut), { interval: 10 });
    expect(await index.erase(sessionId)).toBe(2);
    await putting;
    expect(await index.held(SPACE)).toEqual([]);
    await index.close();
  });

  it('without the extension says so', async () => {
    const url = await postgres.database();
    await postgres.query(url, 'CREATE ROLE guest LOGIN');
    const index = open(url.replace('test@', 'guest@'));
    await expect(index.held(SPACE)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await index.close();
  });

  it('never has a fragment by halves: a batch that fails leaves what was there', async () => {
    const url = await postgres.database();
    const index = open(url);
    const before = fragment(1, 3);
    await index.put(SPACE, [before]);
    await postgres.query(url, 'ALTER TABLE supercontext_vectors ADD CHECK (position < 100)');
    const batch = [fragment(1, 2), ...Array.from({ length: 80 }, (_, at) => fragment(at + 30, 2))];
    await expect(index.put(SPACE, batch)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await index.held(SPACE)).toEqual([{ position: 1, hash: before.hash }]);
    const [hit] = await index.search(SPACE, before.vectors.subarray(0, SPACE.dimensions), 1);
    expect(hit?.similarity).toBeCloseTo(1, 3);
    await index.close();
  });
});
