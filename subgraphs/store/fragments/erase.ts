import { setImmediate as rest } from 'node:timers/promises';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { isFull } from '@supercontext/runtime/sqlite/storage-fault.ts';
import type { FragmentHash } from '../fragment-id.ts';
import type { Claims } from './claims.ts';
import type { ErasedFragments } from './fragment-store.ts';

/** Rows gone through or deleted between two rests: a few milliseconds. */
const ROWS_A_STEP = 1_024;

interface Candidate {
  readonly hash: FragmentHash;
  /** Of the fragment, null when there is none (any more). */
  readonly row: number | null;
  isListed: boolean;
}

/**
 * Erases what only one session had. Which fragments that are is not known without a look through the log of all others, so
 * their ids are noted first, with the session's log deleted in the same transaction; then they are looked for, in steps between
 * which the store serves others; then those nobody lists or claims are deleted. Interrupted anywhere, it is gone on with from
 * what is noted.
 */
export class Erasure {
  readonly #database: Database;
  readonly #claims: Claims;
  readonly #sessionRow: Statement;
  readonly #note: Statement;
  readonly #noteSession: Statement;
  readonly #noteDiscarded: Statement;
  readonly #dropDiscarded: Statement;
  readonly #dropEntries: Statement;
  readonly #dropWithdrawn: Statement;
  readonly #dropSession: Statement;
  readonly #noted: Statement;
  readonly #entriesAfter: Statement;
  readonly #sizeOf: Statement;
  readonly #dropFragment: Statement;
  readonly #dropNote: Statement;
  /** What is replicated while a look goes on. */
  #replicated: Set<FragmentHash> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Database, claims: Claims) {
    this.#database = database;
    this.#claims = claims;
    this.#sessionRow = database.prepare('SELECT row FROM sessions WHERE id = ?');
    this.#note = database.prepare('INSERT OR IGNORE INTO erasing VALUES (?)');
    this.#noteSession = database.prepare(
      'INSERT OR IGNORE INTO erasing SELECT id FROM log JOIN fragments ON fragments.row = log.fragment WHERE session = ?',
    );
    this.#noteDiscarded = database.prepare('INSERT OR IGNORE INTO erasing SELECT id FROM discarded WHERE session = ?');
    this.#dropDiscarded = database.prepare('DELETE FROM discarded WHERE session = ?');
    this.#dropEntries = database.prepare('DELETE FROM log WHERE session = ?');
    this.#dropWithdrawn = database.prepare('DELETE FROM withdrawn WHERE session = ?');
    this.#dropSession = database.prepare('DELETE FROM sessions WHERE row = ?');
    this.#noted = database.prepare('SELECT erasing.id, fragments.row FROM erasing LEFT JOIN fragments USING (id)');
    this.#entriesAfter = database.prepare(
      'SELECT session, position, fragment FROM log WHERE (session, position) > (?, ?) ORDER BY session, position LIMIT ?',
    );
    this.#sizeOf = database.prepare('SELECT length(body) AS sizeBytes FROM fragments WHERE id = ?');
    this.#dropFragment = database.prepare('DELETE FROM fragments WHERE id = ?');
    this.#dropNote = database.prepare('DELETE FROM erasing WHERE id = ?');
  }

  /** Deletes the session's log and notes its fragments, and those it claims; to be followed by `sweep`. Atomic. */
  begin(sessionId: string): void {
    const claimed = this.#claims.releaseAll(sessionId);
    this.#database.transactionOnReserve(() => {
      for (const hash of claimed) this.#note.run(Buffer.from(hash, 'hex'));
      this.#noteDiscarded.run(sessionId);
      this.#dropDiscarded.run(sessionId);
      const sessionRow = this.#sessionRow.get(sessionId)?.row;
      if (sessionRow === undefined) return;
      this.#noteSession.run(sessionRow);
      this.#dropEntries.run(sessionRow);
      this.#dropWithdrawn.run(sessionRow);
      this.#dropSession.run(sessionRow);
    });
  }

  replicated(hash: FragmentHash): void {
    this.#replicated?.add(hash);
  }

  /** Erases what is noted and nobody else's. One at a time. */
  sweep(): Promise<ErasedFragments> {
    const swept = this.#last.then(() => this.#sweep());
    this.#last = swept.catch(() => {});
    return swept;
  }

  async #sweep(): Promise<ErasedFragments> {
    const candidates = this.#database
      .read(() => this.#noted.all())
      .map(
        ({ id, row }): Candidate => ({
          hash: Buffer.from(id as Uint8Array).toString('hex'),
          row: row as number | null,
          isListed: false,
        }),
      );
    if (candidates.length === 0) return { fragments: 0, shared: 0, waiting: 0, sizeBytes: 0 };
    this.#replicated = new Set();
    try {
      await this.#findListed(candidates);
      const erased = await this.#settleAll(candidates);
      this.#database.scrub();
      return erased;
    } finally {
      this.#replicated = null;
    }
  }

  async #findListed(candidates: readonly Candidate[]): Promise<void> {
    const byRow = new Map(
      candidates.flatMap((candidate) => (candidate.row === null ? [] : [[candidate.row, candidate]])),
    );
    for (let session = -1, position = -1; ; ) {
      const entries = this.#database.read(() => this.#entriesAfter.all(session, position, ROWS_A_STEP));
      for (const { fragment } of entries) {
        const candidate = byRow.get(Number(fragment));
        if (candidate !== undefined) candidate.isListed = true;
      }
      const last = entries.at(-1);
      if (last === undefined) return;
      session = Number(last.session);
      position = Number(last.position);
      await rest();
    }
  }

  /** In steps; on a full disk in ever smaller ones, since what a step overwrites has to have room in the WAL first. */
  async #settleAll(candidates: readonly Candidate[]): Promise<ErasedFragments> {
    let erased: ErasedFragments = { fragments: 0, shared: 0, waiting: 0, sizeBytes: 0 };
    let rows = ROWS_A_STEP;
    for (let start = 0; start < candidates.length; ) {
      const step = candidates.slice(start, start + rows);
      try {
        erased = this.#database.transactionOnReserve(() => this.#settleSome(step, erased));
        start += rows;
      } catch (fault) {
        if (!isFull(fault) || rows === 1) throw fault;
        rows = Math.ceil(rows / 4);
      }
      await rest();
    }
    return erased;
  }

  #settleSome(candidates: readonly Candidate[], before: ErasedFragments): ErasedFragments {
    const erased = { ...before };
    for (const candidate of candidates) this.#settle(candidate, erased);
    return erased;
  }

  #settle({ hash, row, isListed }: Candidate, erased: { -readonly [Field in keyof ErasedFragments]: number }): void {
    const id = Buffer.from(hash, 'hex');
    const isOthers = isListed || this.#replicated?.has(hash) === true;
    if (!isOthers && this.#claims.isClaimed(hash)) {
      erased.waiting++;
      return;
    }
    this.#dropNote.run(id);
    if (row === null) return;
    if (isOthers) {
      erased.shared++;
      return;
    }
    erased.fragments++;
    erased.sizeBytes += Number(this.#sizeOf.get(id)?.sizeBytes ?? 0);
    this.#dropFragment.run(id);
  }
}
