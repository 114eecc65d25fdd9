import { ContractError, canonicalFragment, decodeFragment, type Fragment } from '@supercontext/contract';
import { inSlices, rest } from '@supercontext/runtime/process/in-slices.ts';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import { Database, type Statement } from '@supercontext/runtime/sqlite/database.ts';
import { isDamage } from '@supercontext/runtime/sqlite/storage-fault.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash, FragmentName } from '../fragment-id.ts';
import { Claims } from './claims.ts';
import { Erasure } from './erase.ts';
import type {
  ErasedFragments,
  FragmentItem,
  FragmentRead,
  FragmentStore,
  KnownLog,
  LogChange,
  LogEntry,
  OnDamagedFragment,
  WholeFragment,
} from './fragment-store.ts';
import { keepListed, type ListedHashes } from './keep-listed.ts';
import { KeyedHash } from './keyed-hash.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { fragmentChecksum, META, type MetaRow, MIGRATIONS, PAGE_BYTES } from './schema.ts';
import { exportFragments, type FragmentBodies, importFragments, notWhatItIsNamedFor } from './session-fragments.ts';

/** The id is the first 128 bits of the keyed hash. */
const HASH_BYTES = 16;

/** Copying the WAL back takes milliseconds of two files' fsync: done between appends, not in the middle of one. */
const CHECKPOINT_QUIET_MS = 100;

interface FragmentRow {
  readonly hash: FragmentHash;
  /** Null when the file's structure is damaged where the body should be. */
  readonly body: Uint8Array | null;
  readonly createdAtMs: number;
  /** Null for a fragment of the first version. */
  readonly checksum: number | null;
}

/** What a file can beside the port. */
export interface FragmentFile extends FragmentStore {
  /** Leaves only what these sessions list. For a file that is not in use. */
  keepListed(listed: ListedHashes): Promise<void>;
}

/**
 * Opens the fragments of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * @param options.tenantKey Keys the hashes, so that who does not have it can neither make nor guess an id.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT, STORAGE_FULL; INPUT_INVALID when the file was written with
 *   another tenant key.
 */
export function openFragmentStore(options: { readonly path: string; readonly tenantKey: Buffer }): FragmentFile {
  const file = {
    path: options.path,
    meaning: "the store's fragments",
    migrations: MIGRATIONS,
    synchronous: 'FULL',
    // Replications do not wait, and a power loss may tear several of them.
    isJournalChecked: false,
    // The bodies are checked by their hashes, one by one: looking through all of them would take as long as reading them.
    checked: ['sessions', 'log', 'meta', 'withdrawn'],
    pageBytes: PAGE_BYTES,
    checkpointQuietMs: CHECKPOINT_QUIET_MS,
    keepsReserve: true,
  } as const;
  return Database.open(file, (database) => new EmbeddedFragmentStore(database, options.tenantKey));
}

class EmbeddedFragmentStore implements FragmentFile, FragmentBodies {
  readonly #database: Database;
  readonly #log: ReplicatedLog;
  readonly #claims = new Claims();
  readonly #erasure: Erasure;
  readonly #keyedHash: KeyedHash;
  readonly #insertFragment: Statement;
  readonly #replaceFragment: Statement;
  readonly #fragmentById: Statement;
  readonly #fragmentsByIds: Statement;

  constructor(database: Database, tenantKey: Buffer) {
    this.#database = database;
    this.#keyedHash = new KeyedHash(tenantKey);
    this.#checkTenantKey(new CheckedTable(database, META));
    this.#log = new ReplicatedLog(database);
    this.#erasure = new Erasure(database, this.#claims);
    this.#insertFragment = database.prepare(
      'INSERT INTO fragments (id, body, created_at_ms, checksum) VALUES (?, ?, ?, ?)',
    );
    this.#replaceFragment = database.prepare(
      'UPDATE fragments SET body = ?, created_at_ms = ?, checksum = ? WHERE id = ?',
    );
    this.#fragmentById = database.prepare(
      'SELECT body, created_at_ms AS createdAtMs, checksum FROM fragments WHERE id = ?',
    );
    // The ids travel as one JSON parameter: one statement, however many there are.
    this.#fragmentsByIds = database.prepare(
      `SELECT wanted.value AS hash, body, created_at_ms AS createdAtMs, checksum
       FROM json_each(?) AS wanted JOIN fragments ON fragments.id = unhex(wanted.value)`,
    );
  }

  async put(
    fragments: readonly Fragment[],
    sessionId: string,
  ): Promise<{ hashes: FragmentHash[]; deduplicated: number }> {
    const encoded = await inSlices(fragments, (fragment) => {
      const body = canonicalFragment(fragment);
      return { id: this.#idOf(body), body };
    });
    const nowMs = Date.now();
    let deduplicated = 0;
    try {
      this.#database.transaction(() => {
        for (const { id, body } of encoded) if (!this.#putOne(id, body, nowMs)) deduplicated++;
      });
    } catch (error) {
      // What is there already needs no room.
      const isFull = error instanceof ContractError && error.code === 'STORAGE_FULL';
      if (!isFull || !encoded.every(({ id, body }) => this.#isThere(id, body))) throw error;
      deduplicated = encoded.length;
    }
    const hashes = encoded.map(({ id }) => id.toString('hex'));
    for (const hash of hashes) this.#claims.claim(hash, sessionId);
    return { hashes, deduplicated };
  }

  /** Whichever session put them: here all sessions have one and the same. */
  async get(names: readonly FragmentName[]): Promise<FragmentRead[]> {
    const hashes = names.map(({ hash }) => hash);
    const rows = this.#readRows([...new Set(hashes)]);
    const reads = new Map<FragmentHash, FragmentRead>();
    await inSlices(rows, (row) => {
      if (row.body?.length === 0) return;
      const fragment = this.#open(row, Buffer.from(row.hash, 'hex'));
      const { createdAtMs } = row;
      reads.set(row.hash, fragment === null ? { state: 'corrupt' } : { state: 'whole', fragment, createdAtMs });
    });
    return hashes.map((hash) => reads.get(hash) ?? { state: 'missing' });
  }

  async replicate(sessionId: string, entries: readonly LogEntry[], change?: LogChange): Promise<KnownLog> {
    // Few bytes, and of fragments for which there was room: what is durable in the log is to be read.
    const replicate = () => this.#log.replicate(sessionId, entries, change);
    const known = this.#database.transactionOnReserve(replicate, 'NORMAL');
    for (const { hash } of entries) {
      this.#erasure.replicated(hash);
      this.#claims.release(hash, sessionId);
    }
    return known;
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    return this.#database.read(() => this.#log.withdrawn(sessionId));
  }

  async digest(sessionId: string, through: number): Promise<string | null> {
    return this.#database.read(() => this.#log.digest(sessionId, through));
  }

  async entries(sessionId: string, from: number, first: number): Promise<LogEntry[]> {
    return this.#database.read(() => this.#log.entries(sessionId, from, first));
  }

  async entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]> {
    return this.#database.read(() => this.#log.entriesAt(sessionId, positions));
  }

  async known(sessionId: string): Promise<KnownLog> {
    return this.#database.read(() => this.#log.known(sessionId));
  }

  async sessions(first: number, after: string | null): Promise<KnownLog[]> {
    return this.#database.read(() => this.#log.sessions(first, after));
  }

  async sizeBytes(sessionId: string): Promise<number> {
    const sizes = new Map<string, number>();
    for (let from: number | null = 0; from !== null; ) {
      const at: number = from;
      const read = this.#database.read(() => this.#log.sizesFrom(sessionId, at));
      for (const [hash, size] of read.sizes) sizes.set(hash, size);
      from = read.next;
      if (from !== null) await rest();
    }
    return [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  async erase(sessionId: string): Promise<ErasedFragments> {
    this.#erasure.begin(sessionId);
    return this.#erasure.sweep();
  }

  async sweep(): Promise<ErasedFragments> {
    return this.#erasure.sweep();
  }

  exportSession(
    sessionId: string,
    listed: readonly FragmentHash[],
    onDamaged?: OnDamagedFragment,
  ): AsyncIterable<SealedPage<FragmentItem>> {
    return exportFragments({ log: this, bodies: this, onDamaged }, sessionId, listed);
  }

  importSession(sessionId: string, pages: AsyncIterable<SealedPage<FragmentItem>>): Promise<void> {
    return importFragments({ store: this, bodies: this }, sessionId, pages);
  }

  async read(_sessionId: string, hashes: readonly FragmentHash[]): Promise<WholeFragment[]> {
    const rows = new Map(this.#readRows(hashes).map((row) => [row.hash, row]));
    return hashes.flatMap((hash) => {
      const row = rows.get(hash);
      if (row === undefined || row.body?.length === 0) return [];
      const id = Buffer.from(hash, 'hex');
      const { body, createdAtMs } = row;
      if (body === null || !isWholeAround(id, row) || !this.#idOf(body).equals(id)) throw notWhatItIsNamedFor(hash);
      return [{ hash, body, createdAtMs }];
    });
  }

  async keep(_sessionId: string, fragments: readonly WholeFragment[]): Promise<void> {
    const wrong = fragments.find(({ hash, body }) => this.#idOf(body).toString('hex') !== hash);
    if (wrong !== undefined) throw notWhatItIsNamedFor(wrong.hash);
    this.#database.transaction(() => {
      for (const { hash, body, createdAtMs } of fragments) this.#putOne(Buffer.from(hash, 'hex'), body, createdAtMs);
    });
  }

  keepListed(listed: ListedHashes): Promise<void> {
    return keepListed(this.#database, listed, (id) => this.erase(id));
  }

  backupTo(path: string): Promise<void> {
    return this.#database.backupTo(path);
  }

  shardOf(): string {
    return 'embedded';
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** Whether it had to be written: it was not there, or not whole. */
  #putOne(id: Buffer, body: Uint8Array, nowMs: number): boolean {
    const stored = this.#fragmentById.get(id) as unknown as FragmentRow | undefined;
    if (stored === undefined) {
      this.#insertFragment.run(id, body, nowMs, fragmentChecksum(id, nowMs, body.length));
      return true;
    }
    const isWhole = isWholeAround(id, stored);
    if (isWhole && Buffer.compare(stored.body as Uint8Array, body) === 0) return false;
    const createdAtMs = isWhole ? stored.createdAtMs : nowMs;
    this.#replaceFragment.run(body, createdAtMs, fragmentChecksum(id, createdAtMs, body.length), id);
    return true;
  }

  #isThere(id: Buffer, body: Uint8Array): boolean {
    const stored = this.#database.read(() => this.#fragmentById.get(id)) as unknown as FragmentRow | undefined;
    return stored !== undefined && isWholeAround(id, stored) && Buffer.compare(stored.body as Uint8Array, body) === 0;
  }

  /** Damage below a row, in the file's own structure, must not hide the rest of the batch: then ids are read one by one. */
  #readRows(hashes: readonly FragmentHash[]): FragmentRow[] {
    try {
      return this.#database.read(() => this.#fragmentsByIds.all(JSON.stringify(hashes))) as unknown as FragmentRow[];
    } catch (error) {
      if (!isDamage(error)) throw error;
      return hashes.length === 1
        ? hashes.map((hash) => ({ hash, body: null, createdAtMs: 0, checksum: null }))
        : hashes.flatMap((hash) => this.#readRows([hash]));
    }
  }

  #idOf(body: Uint8Array): Buffer {
    return this.#keyedHash.of(body).subarray(0, HASH_BYTES);
  }

  /** The fragment in a row, null when that does not hold the bytes that `id` is the hash of. */
  #open(row: FragmentRow, id: Buffer): Fragment | null {
    const { body } = row;
    if (body === null || !isWholeAround(id, row) || !this.#idOf(body).equals(id)) return null;
    try {
      return decodeFragment(body);
    } catch {
      // Of the right hash and yet none that this version can read: to the caller the same.
      return null;
    }
  }

  /** With another key every fragment would look corrupt; better to say at once what is wrong. */
  #checkTenantKey(meta: CheckedTable<MetaRow>): void {
    const name = 'tenant-key-check';
    const check = this.#keyedHash.of(Buffer.from('tenant key check'));
    const row = this.#database.prepare(`SELECT ${meta.selection} FROM meta WHERE name = ?`).get(name);
    if (row === undefined) {
      this.#database.transaction(() => meta.insert({ name, value: check }));
      return;
    }
    if (check.equals(meta.whole(row, () => name).value)) return;
    throw new ContractError('INPUT_INVALID', 'the tenant key is not the one this store was written with', {
      argument: 'tenantKey',
    });
  }
}

/** Whether a row has a body of the length it had, and was made when it says. */
function isWholeAround(id: Uint8Array, { body, createdAtMs, checksum }: Omit<FragmentRow, 'hash'>): boolean {
  if (!(body instanceof Uint8Array)) return false;
  return checksum === null || checksum === fragmentChecksum(id, createdAtMs, body.length);
}
