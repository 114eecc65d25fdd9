import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash } from '../../fragment-id.ts';
import type { FragmentStore, LogEntry } from '../../fragments/fragment-store.ts';
import {
  EVERYWHERE,
  type FragmentVectors,
  type VectorHit,
  type VectorIndex,
  type VectorSpace,
} from './vector-index.ts';

/** Log entries looked at for one answer of `missing`. */
const MOST_LOOKED_AT = 4_096;
/** Fragments of which it is known at hand whether they are held, of all sessions together: some 100 bytes each. */
const MOST_REMEMBERED = 500_000;

/** How far the vectors of a session have come. */
export interface Coverage {
  /** All fragments through this position have vectors; -1 when not even the first has. */
  readonly through: number;
  /** Fragments of the log, without those withdrawn, that have none yet. */
  readonly lacking: number;
  readonly held: number;
}

export interface MissingVectors {
  readonly entries: readonly LogEntry[];
  /** Whoever wants to know more asks again after this position; null when all of the log was looked at. */
  readonly next: number | null;
}

interface Held {
  readonly hashes: Map<number, FragmentHash>;
  /** Where the last look for `through` ended, and for which withdrawn positions. */
  covered: { readonly withdrawnDigest: string; readonly through: number };
}

/**
 * Holds the vectors of sessions against their logs: what is missing, how far they have come, and that nothing is kept or shown of what
 * the log does not list or what is withdrawn.
 */
export class SessionVectors {
  readonly #index: VectorIndex;
  readonly #fragments: FragmentStore;
  /** By session and model; in order of last use, the longest unused first. */
  readonly #held = new Map<string, Held>();

  constructor(index: VectorIndex, fragments: FragmentStore) {
    this.#index = index;
    this.#fragments = fragments;
  }

  /** Fragments of the log in order that lack vectors, at most `first`: after a position, or, for null, after `coverage`. */
  async missing(space: VectorSpace, asked: number | null, first: number): Promise<MissingVectors> {
    const { sessionId } = space;
    const { knownThrough } = await this.#fragments.known(sessionId);
    const withdrawn = await this.#fragments.withdrawn(sessionId);
    const after = asked ?? (await this.coverage(space)).through;
    const { hashes } = await this.#heldOf(space);
    const entries: LogEntry[] = [];
    const listed = await this.#fragments.entries(sessionId, after + 1, MOST_LOOKED_AT);
    for (const entry of listed) {
      if (withdrawn.has(entry.position) || hashes.get(entry.position) === entry.hash) continue;
      if (entries.length === first) return { entries, next: entry.position - 1 };
      entries.push(entry);
    }
    const through = after + listed.length;
    return { entries, next: through < knownThrough && listed.length > 0 ? through : null };
  }

  /**
   * Keeps vectors of fragments as the log lists them, without those it does not list, or not any more: how many were kept. At most 512.
   * @throws ContractError INPUT_INVALID, STORAGE_FULL, STORAGE_UNAVAILABLE
   */
  async put(space: VectorSpace, entries: readonly FragmentVectors[]): Promise<number> {
    const { sessionId } = space;
    const positions = entries.map(({ position }) => position);
    const listed = new Map<number, FragmentHash>();
    for (const { position, hash } of await this.#fragments.entriesAt(sessionId, positions)) listed.set(position, hash);
    const withdrawn = await this.#fragments.withdrawn(sessionId);
    const kept = entries.filter(({ position, hash }) => listed.get(position) === hash && !withdrawn.has(position));
    if (kept.length === 0) return 0;
    const held = await this.#heldOf(space);
    await this.#index.put(space, kept);
    for (const { position, hash } of kept) held.hashes.set(position, hash);
    // What was withdrawn or replaced while it was being kept.
    await this.#forgetUnlisted(space, kept);
    return kept.length;
  }

  /** The fragments nearest to a vector, as the log lists them now; at most `first`. */
  async search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]> {
    const hits = await this.#index.search(space, vector, first);
    const withdrawn = await this.#fragments.withdrawn(space.sessionId);
    const listed = new Map<number, FragmentHash>();
    const positions = hits.map(({ position }) => position);
    for (const { position, hash } of await this.#fragments.entriesAt(space.sessionId, positions)) {
      listed.set(position, hash);
    }
    return hits.filter(({ position, hash }) => listed.get(position) === hash && !withdrawn.has(position));
  }

  async coverage(space: VectorSpace): Promise<Coverage> {
    const { sessionId } = space;
    const { knownThrough, withdrawnDigest } = await this.#fragments.known(sessionId);
    const withdrawn = await this.#fragments.withdrawn(sessionId);
    const held = await this.#heldOf(space);
    let { through } = held.covered.withdrawnDigest === withdrawnDigest ? held.covered : { through: -1 };
    while (through < knownThrough && (held.hashes.has(through + 1) || withdrawn.has(through + 1))) through++;
    held.covered = { withdrawnDigest, through };
    const shown = knownThrough + 1 - withdrawn.count;
    return { through, held: held.hashes.size, lacking: Math.max(0, shown - held.hashes.size) };
  }

  /** The spaces of a session in which something is held. */
  spaces(sessionId: string): Promise<readonly VectorSpace[]> {
    return this.#index.spaces(sessionId);
  }

  /** Drops a session's vectors of positions that are withdrawn, in every space. */
  async leaveOut(sessionId: string, withdrawn: Withdrawn): Promise<void> {
    await this.#forgetIn(sessionId, withdrawn.stretches);
  }

  /** Drops a session's vectors from a position on, where its log is another now. */
  async cut(sessionId: string, from: number): Promise<void> {
    await this.#forgetIn(sessionId, [{ ...EVERYWHERE, from }]);
  }

  /** Drops a space whole: another embedder has taken its place. */
  async drop(space: VectorSpace): Promise<void> {
    this.#held.delete(keyOf(space));
    await this.#index.forget(space, [EVERYWHERE]);
  }

  /** Drops all of a session for good: how many fragments had vectors. */
  async erase(sessionId: string): Promise<number> {
    for (const key of [...this.#held.keys()]) {
      if (key.startsWith(`${sessionId} `)) this.#held.delete(key);
    }
    return this.#index.erase(sessionId);
  }

  /** What is held is looked at again: some of it, in one space or, for null, in any, turned out to be there no more. */
  lost(space: VectorSpace | null): void {
    if (space === null) this.#held.clear();
    else this.#held.delete(keyOf(space));
  }

  async #forgetIn(sessionId: string, stretches: readonly Stretch[]): Promise<void> {
    if (stretches.length === 0) return;
    for (const space of await this.#index.spaces(sessionId)) {
      const held = await this.#heldOf(space);
      const gone = stretches.filter((stretch) => isHeldWithin(held, stretch));
      if (gone.length === 0) continue;
      this.#held.delete(keyOf(space));
      await this.#index.forget(space, gone);
    }
  }

  async #forgetUnlisted(space: VectorSpace, kept: readonly FragmentVectors[]): Promise<void> {
    const withdrawn = await this.#fragments.withdrawn(space.sessionId);
    const positions = kept.map(({ position }) => position);
    const listed = new Map<number, FragmentHash>();
    for (const entry of await this.#fragments.entriesAt(space.sessionId, positions)) {
      listed.set(entry.position, entry.hash);
    }
    const gone = kept.filter(({ position, hash }) => listed.get(position) !== hash || withdrawn.has(position));
    if (gone.length === 0) return;
    this.#held.delete(keyOf(space));
    await this.#index.forget(
      space,
      gone.map(({ position }) => ({ from: position, through: position })),
    );
  }

  async #heldOf(space: VectorSpace): Promise<Held> {
    const key = keyOf(space);
    let held = this.#held.get(key);
    if (held === undefined) {
      const hashes = new Map<number, FragmentHash>();
      await inSlices(await this.#index.held(space), ({ position, hash }) => hashes.set(position, hash));
      held = this.#held.get(key) ?? { hashes, covered: { withdrawnDigest: '', through: -1 } };
    }
    this.#held.delete(key);
    this.#held.set(key, held);
    this.#keepBound();
    return held;
  }

  /** The last used one stays, however large. */
  #keepBound(): void {
    let remembered = 0;
    for (const { hashes } of this.#held.values()) remembered += hashes.size;
    for (const [key, { hashes }] of this.#held) {
      if (remembered <= MOST_REMEMBERED || this.#held.size === 1) return;
      this.#held.delete(key);
      remembered -= hashes.size;
    }
  }
}

function isHeldWithin({ hashes }: Held, { from, through }: Stretch): boolean {
  if (through - from > hashes.size) return hashes.keys().some((position) => position >= from && position <= through);
  for (let position = from; position <= through; position++) {
    if (hashes.has(position)) return true;
  }
  return false;
}

function keyOf({ sessionId, model }: VectorSpace): string {
  return `${sessionId} ${model}`;
}
