import { ContractError, type ErrorCode } from '@supercontext/contract';
import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import pg, { type PoolClient } from 'pg';
import { toSql } from 'pgvector';
import { checkEntries, checkSpace, checkVector } from './check-vectors.ts';
import type { FragmentVectors, HeldFragment, VectorHit, VectorIndex, VectorSpace } from './vector-index.ts';

export interface PgvectorOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  readonly log: Logger;
  /** Told when what was held may be there no more: the table was not. */
  readonly onLost: () => void;
}

const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 2_000;
/** A server that answers later is as good as away. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Windows written by one statement. */
const WINDOWS_A_STATEMENT = 64;
/** The largest whole number of the columns. */
const LAST_POSITION = 2_147_483_647;

const TABLE = `
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE IF NOT EXISTS supercontext_vectors (
    session text NOT NULL, model text NOT NULL, position integer NOT NULL, part smallint NOT NULL,
    fragment bytea NOT NULL, embedding vector NOT NULL,
    PRIMARY KEY (session, model, position, part)
  );
`;
const DELETE = 'DELETE FROM supercontext_vectors WHERE session = $1 AND model = $2 AND';

interface Row {
  readonly position: number;
  readonly hash: string;
}

/** What the server says that is not about being away, by its SQLSTATE; the first two characters are its class. */
const MEANINGS: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^53100/, 'STORAGE_FULL', 'its disk is full'],
  [/^42P01/, 'STORAGE_UNAVAILABLE', 'its table is gone; it is made again'],
  [/^(22|42|23)/, 'STORAGE_CORRUPT', 'its table is not as this version makes it'],
];
const NO_TABLE = '42P01';

/**
 * Keeps vectors in PostgreSQL with the extension pgvector: one table, a row for each window, a session's rows compared one by one with
 * the question. The table is made at the first use; a server that is away then may come later. Errors are typed:
 * STORAGE_UNAVAILABLE while it is away, slow or without its table, STORAGE_FULL, STORAGE_CORRUPT for a table of another shape.
 * What is erased is deleted; when the server overwrites it is the server's matter (VACUUM).
 */
export function openPgvectorIndex(options: PgvectorOptions): VectorIndex {
  return new PgvectorIndex(options);
}

class PgvectorIndex implements VectorIndex {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #onLost: () => void;
  #table: Promise<void> | null = null;

  constructor({ url, log, onLost }: PgvectorOptions) {
    this.#log = log;
    this.#onLost = onLost;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
      application_name: 'supercontext',
    });
    // A connection that breaks while nobody uses it: the next use opens another.
    this.#pool.on('error', (error) => this.#log.warn({ err: error }, 'a connection to PostgreSQL was lost'));
  }

  async put(space: VectorSpace, entries: readonly FragmentVectors[]): Promise<void> {
    checkSpace(space);
    checkEntries(space, entries);
    const { sessionId, model, dimensions } = space;
    const rows = (await inSlices(entries, (entry) => rowsOf(entry, dimensions))).flat();
    await this.#write(sessionId, async (client) => {
      await client.query(`${DELETE} position = ANY($3)`, [sessionId, model, entries.map(({ position }) => position)]);
      for (let from = 0; from < rows.length; from += WINDOWS_A_STATEMENT) {
        const some = rows.slice(from, from + WINDOWS_A_STATEMENT);
        await client.query(
          `INSERT INTO supercontext_vectors (session, model, position, part, fragment, embedding)
           SELECT $1, $2, position, part, decode(hash, 'hex'), embedding::vector
           FROM unnest($3::integer[], $4::smallint[], $5::text[], $6::text[]) AS row (position, part, hash, embedding)`,
          [
            sessionId,
            model,
            some.map(({ position }) => position),
            some.map(({ part }) => part),
            some.map(({ hash }) => hash),
            some.map(({ embedding }) => embedding),
          ],
        );
      }
    });
  }

  async held({ sessionId, model, dimensions }: VectorSpace): Promise<readonly HeldFragment[]> {
    const { rows } = await this.#run((client) =>
      client.query<Row>(
        `SELECT position, encode(fragment, 'hex') AS hash FROM supercontext_vectors
         WHERE session = $1 AND model = $2 AND part = 0 AND vector_dims(embedding) = $3 ORDER BY position`,
        [sessionId, model, dimensions],
      ),
    );
    return rows;
  }

  async search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]> {
    checkVector(space, vector);
    const { sessionId, model } = space;
    // All are of length 1, so that the product, which takes half as long, is the cosine; the server gives its negative. Computed before
    // anything is sorted or joined, so that no plan moves the vectors themselves (OFFSET 0 keeps the two apart).
    const { rows } = await this.#run((client) =>
      client.query<Row & { readonly similarity: number }>(
        `SELECT position, encode(fragment, 'hex') AS hash, -min(distance) AS similarity
         FROM (SELECT position, fragment, embedding <#> $3::vector AS distance FROM supercontext_vectors
               WHERE session = $1 AND model = $2 OFFSET 0) AS windows
         GROUP BY position, fragment ORDER BY min(distance), position DESC LIMIT $4`,
        [sessionId, model, toSql([...vector]), first],
      ),
    );
    return rows.map(({ position, hash, similarity }) => ({ position, hash, similarity }));
  }

  async forget({ sessionId, model }: VectorSpace, positions: readonly Stretch[]): Promise<void> {
    await this.#write(sessionId, async (client) => {
      for (const { from, through } of positions) {
        const last = Math.min(through, LAST_POSITION);
        await client.query(`${DELETE} position BETWEEN $3 AND $4`, [sessionId, model, from, last]);
      }
    });
  }

  async spaces(sessionId: string): Promise<readonly VectorSpace[]> {
    const { rows } = await this.#run((client) =>
      client.query<{ readonly model: string; readonly dimensions: number }>(
        'SELECT DISTINCT model, vector_dims(embedding) AS dimensions FROM supercontext_vectors WHERE session = $1',
        [sessionId],
      ),
    );
    return rows.map(({ model, dimensions }) => ({ sessionId, model, dimensions }));
  }

  async erase(sessionId: string): Promise<number> {
    const { rows } = await this.#write(sessionId, (client) =>
      client.query<{ readonly fragments: string }>(
        `WITH gone AS (DELETE FROM supercontext_vectors WHERE session = $1 RETURNING part)
         SELECT count(*) AS fragments FROM gone WHERE part = 0`,
        [sessionId],
      ),
    );
    return Number(rows[0]?.fragments ?? 0);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /**
   * Runs `work` in a transaction, one of a session at a time: two that put the same position would meet, and one that deletes would leave
   * what another has not yet committed.
   */
  #write<Result>(sessionId: string, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return this.#run(async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [sessionId]);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    });
  }

  /** Runs `work` on a connection, the table being there. One that fails in the middle of a transaction is not used again. */
  async #run<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    let client: PoolClient | null = null;
    try {
      await this.#withTable();
      client = await this.#pool.connect();
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client?.release(true);
      throw this.#meaningOf(error);
    }
  }

  async #withTable(): Promise<void> {
    this.#table ??= this.#pool.query(TABLE).then(() => {});
    try {
      await this.#table;
    } catch (error) {
      this.#table = null;
      throw error;
    }
  }

  #meaningOf(error: unknown): ContractError {
    const sqlState = codeOf(error);
    if (sqlState === NO_TABLE) {
      this.#table = null;
      this.#onLost();
    }
    const found = MEANINGS.find(([pattern]) => pattern.test(sqlState));
    const [, code, what] = found ?? [null, 'STORAGE_UNAVAILABLE' as const, 'it does not answer'];
    const reason = error instanceof Error && error.message !== '' ? error.message : sqlState;
    return new ContractError(code, `the vectors in PostgreSQL: ${what} (${reason})`, {}, error);
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

interface WindowRow extends HeldFragment {
  readonly part: number;
  readonly embedding: string;
}

function rowsOf({ position, hash, vectors }: FragmentVectors, dimensions: number): WindowRow[] {
  return Array.from({ length: vectors.length / dimensions }, (_, part) => ({
    position,
    hash,
    part,
    embedding: toSql([...vectors.subarray(part * dimensions, (part + 1) * dimensions)]) as string,
  }));
}
