import { hash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDamage, storageFault, withStorageFaults } from '../sqlite-fault.ts';
import { openSegment } from './segment.ts';
import type { PlacedSegment, SegmentStore } from './segment-store.ts';

// Derived state: after a power loss the last segments may be missing and are made again, so commits need not wait for the disk.
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA journal_size_limit = 33554432;
  CREATE TABLE IF NOT EXISTS segments (
    row INTEGER PRIMARY KEY, session TEXT NOT NULL, start INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (session, start)
  ) STRICT;
`;

const DIGEST_BYTES = 16;

interface SegmentRow {
  readonly start: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the segments of one SQLite file, owned by this process alone. A file that is damaged as a whole is replaced by an
 * empty one, since all that was in it can be made again.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export function openSegmentStore(options: { readonly path: string }): SegmentStore {
  mkdirSync(dirname(options.path), { recursive: true });
  return withStorageFaults(() => {
    try {
      return embeddedSegmentStore(open(options.path));
    } catch (error) {
      if (!isDamage(error)) throw error;
      for (const suffix of ['', '-wal', '-shm']) rmSync(options.path + suffix, { force: true });
      return embeddedSegmentStore(open(options.path));
    }
  });
}

function digestOf(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer').subarray(0, DIGEST_BYTES);
}

function embeddedSegmentStore(database: DatabaseSync): SegmentStore {
  const select = database.prepare('SELECT start, digest, bytes FROM segments WHERE session = ? ORDER BY start');
  const remove = database.prepare('DELETE FROM segments WHERE session = ? AND start >= ? AND start < ?');
  const insert = database.prepare('INSERT INTO segments (session, start, digest, bytes) VALUES (?, ?, ?, ?)');

  return {
    async read(sessionId) {
      const segments: PlacedSegment[] = [];
      let unusable = 0;
      try {
        for (const row of select.iterate(sessionId)) {
          const { start, digest, bytes } = row as unknown as SegmentRow;
          const segment = digestOf(bytes).equals(digest) ? openSegment(bytes) : null;
          if (segment === null) unusable++;
          else segments.push({ from: start, segment });
        }
      } catch (error) {
        // Damage in the file's structure: what was read until then holds, the rest is made again.
        if (!isDamage(error)) throw storageFault(error);
        unusable++;
      }
      return { segments, unusable };
    },
    async write(sessionId, { from, segment }) {
      withStorageFaults(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          remove.run(sessionId, from, from + segment.documents);
          insert.run(sessionId, from, digestOf(segment.bytes), segment.bytes);
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      });
    },
    async close() {
      database.close();
    },
  };
}
