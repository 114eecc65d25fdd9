import { hash } from 'node:crypto';
import type { Database } from '@supercontext/runtime/sqlite/database.ts';
import { Derived, type OnDamaged } from '@supercontext/runtime/sqlite/derived.ts';
import { packSegment, unpackSegment } from './packed-segment.ts';
import type { PlacedSegment, SegmentStore } from './segment-store.ts';

const FIRST = `
  CREATE TABLE IF NOT EXISTS segments (
    row INTEGER PRIMARY KEY, session TEXT NOT NULL, start INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (session, start)
  ) STRICT;
`;

// The first version did not say which log its segments are of: they are made again.
const SECOND = `
  DELETE FROM segments;
  ALTER TABLE segments ADD COLUMN log_digest BLOB NOT NULL DEFAULT x'';
`;

const DIGEST_BYTES = 16;

interface SegmentRow {
  readonly start: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
  readonly log_digest: Uint8Array;
}

interface FoundSegment {
  readonly start: number;
  readonly packed: Uint8Array | null;
  readonly logDigest: string;
}

/**
 * Opens the segments of one SQLite file, owned by this process alone. A file that is damaged as a whole, now or later, is put
 * aside and begun anew, since all that was in it can be made again; `onDamaged` is told.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export function openSegmentStore(options: { readonly path: string; readonly onDamaged: OnDamaged }): SegmentStore {
  const file = { ...options, meaning: 'the search index', migrations: [FIRST, SECOND] };
  const derived = new Derived(file, segmentRows);

  return {
    async read(sessionId) {
      const segments: PlacedSegment[] = [];
      let unusable = 0;
      for (const { start, packed, logDigest } of derived.run(({ read }) => read(sessionId))) {
        const segment = packed === null ? null : await unpackSegment(packed);
        if (segment === null) unusable++;
        else segments.push({ from: start, segment, logDigest });
      }
      return { segments, unusable };
    },
    async write(sessionId, placed) {
      const packed = await packSegment(placed.segment);
      derived.add(({ write }) => write(sessionId, placed, packed));
    },
    async erase(sessionId) {
      return derived.erase(({ erase }) => erase(sessionId), 0);
    },
    async close() {
      derived.close();
    },
  };
}

function digestOf(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer').subarray(0, DIGEST_BYTES);
}

function segmentRows(database: Database) {
  const select = database.prepare(
    'SELECT start, digest, bytes, log_digest FROM segments WHERE session = ? ORDER BY start',
  );
  const remove = database.prepare('DELETE FROM segments WHERE session = ? AND start >= ? AND start < ?');
  const removeAll = database.prepare('DELETE FROM segments WHERE session = ?');
  const insert = database.prepare(
    'INSERT INTO segments (session, start, digest, bytes, log_digest) VALUES (?, ?, ?, ?, ?)',
  );

  return {
    /** One that does not hold what was written has no bytes: it is made again alone. */
    read(sessionId: string): FoundSegment[] {
      return select.all(sessionId).map((row) => {
        const { start, digest, bytes, log_digest } = row as unknown as SegmentRow;
        const isWhole = bytes instanceof Uint8Array && digest instanceof Uint8Array && digestOf(bytes).equals(digest);
        return { start, packed: isWhole ? bytes : null, logDigest: Buffer.from(log_digest).toString('hex') };
      });
    },
    write(sessionId: string, { from, segment, logDigest }: PlacedSegment, packed: Uint8Array): void {
      remove.run(sessionId, from, from + segment.documents);
      insert.run(sessionId, from, digestOf(packed), packed, Buffer.from(logDigest, 'hex'));
    },
    erase(sessionId: string): number {
      return Number(removeAll.run(sessionId).changes);
    },
  };
}
