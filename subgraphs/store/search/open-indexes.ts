import { setImmediate } from 'node:timers/promises';
import { InTurn, inSlices, stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { formatFragmentId } from '../fragment-id.ts';
import type { FragmentStore, KnownLog } from '../fragments/fragment-store.ts';
import type { RecentTexts } from '../recent-texts.ts';
import { indexedText } from './indexed-text.ts';
import type { Steps } from './seal.ts';
import type { SegmentStore } from './segment-store.ts';
import { SessionIndex } from './session-index.ts';
import { Tokenizer } from './tokenize.ts';

/** Log entries read at a time while an index catches up. */
const PAGE_ENTRIES = 256;

export interface OpenIndexesOptions {
  readonly fragments: FragmentStore;
  readonly segments: SegmentStore;
  readonly recentTexts: RecentTexts;
  /** Memory all open indexes together may hold; the least recently used are put away first. */
  readonly budgetBytes: number;
  /** Fragments a sealed segment covers. */
  readonly segmentDocuments: number;
  readonly log: Logger;
}

/** What opening indexes has cost so far: what a restart should find on disk instead of reading again. */
export interface OpenIndexesCounts {
  readonly opened: number;
  readonly fragmentsRead: number;
  readonly segmentsRead: number;
  readonly segmentsUnusable: number;
}

/** How far a session's log is known, and which log that is. */
type KnownEnd = Pick<KnownLog, 'knownThrough' | 'digest'>;

interface Open {
  readonly sessionId: string;
  readonly index: SessionIndex;
  /** Ends when the last step queued for this session has; one step at a time. Never rejects. */
  queue: Promise<void>;
  users: number;
  sizeBytes: number;
  /** Its log is another by now: nothing of it is kept. */
  isDropped: boolean;
}

/**
 * The indexes of the sessions in use. An index is opened from its sealed segments, caught up from the log, kept while memory
 * lasts, and put away sealed. All of it can be lost at any time: the log and the fragments are the truth.
 */
export class OpenIndexes {
  readonly #options: OpenIndexesOptions;
  readonly #tokenizer = new Tokenizer();
  readonly #inTurn = new InTurn();
  /** Ends when the last work in steps has. Never rejects. */
  #lastSteps: Promise<unknown> = Promise.resolve();
  /** In order of last use, the longest unused first. */
  readonly #open = new Map<string, Open>();
  /** Each ends when an index has followed, and never rejects. */
  readonly #following = new Map<string, Promise<void>>();
  #sizeBytes = 0;
  #isPuttingAway = false;
  #counts = { opened: 0, fragmentsRead: 0, segmentsRead: 0, segmentsUnusable: 0 };

  constructor(options: OpenIndexesOptions) {
    this.#options = options;
  }

  get counts(): OpenIndexesCounts {
    return { ...this.#counts };
  }

  /** Sessions held in memory. */
  get size(): number {
    return this.#open.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Runs `work` on the session's index, open and caught up at least as far as is known, in turn with others. `work` must not wait and must
   * not keep the index.
   * @param known the copy of the log, as it has just been read: an index of another one, which another process has replaced, is opened anew
   * @throws ContractError STORAGE_UNAVAILABLE when the log or fragments cannot be read
   */
  use<T>(sessionId: string, known: KnownEnd, work: (index: SessionIndex) => T): Promise<T> {
    return this.#use(sessionId, known, (index) => this.#inTurn.run(() => work(index)));
  }

  /**
   * The same for work in steps, others having their turn between them: one such work ends before the next begins. The index may take more
   * fragments between two steps.
   * @throws ContractError STORAGE_UNAVAILABLE when the log or fragments cannot be read
   */
  useInSteps<T>(sessionId: string, known: KnownEnd, work: (index: SessionIndex) => Steps<T>): Promise<T> {
    return this.#use(sessionId, known, (index) => {
      const done = this.#lastSteps.then(() => stepsInSlices(work(index)));
      this.#lastSteps = done.catch(() => {});
      return done;
    });
  }

  /**
   * Has the session's index follow as far as is known, behind whoever asks: a search catches up by itself, and finds the rest done. The
   * next of a session waits until the last has come so far, so that no index falls behind by more than one.
   */
  async follow(sessionId: string, known: KnownEnd): Promise<void> {
    while (this.#following.has(sessionId)) await this.#following.get(sessionId);
    const following = setImmediate()
      .then(() => this.use(sessionId, known, () => undefined))
      .catch((error: unknown) =>
        this.#options.log.warn({ err: error, sessionId }, 'not indexed yet; the next search does it'),
      )
      .finally(() => this.#following.delete(sessionId));
    this.#following.set(sessionId, following);
  }

  async #use<T>(sessionId: string, known: KnownEnd, work: (index: SessionIndex) => Promise<T>): Promise<T> {
    const open = this.#touch(sessionId);
    open.users++;
    try {
      await this.#catchUp(open, known);
      if (await this.#isOfLog(open, known)) return await work(open.index);
    } finally {
      open.users--;
      this.#settle(open);
    }
    if (this.#open.get(sessionId) === open) this.drop(sessionId);
    const renewed = this.#touch(sessionId);
    renewed.users++;
    try {
      await this.#catchUp(renewed, known);
      return await work(renewed.index);
    } finally {
      renewed.users--;
      this.#settle(renewed);
    }
  }

  async #catchUp(open: Open, { knownThrough }: KnownEnd): Promise<void> {
    if (open.index.indexedThrough >= knownThrough) return;
    await this.#enqueue(open, () => this.#index(open.sessionId, open.index, knownThrough));
  }

  async #isOfLog({ sessionId, index }: Open, { knownThrough, digest }: KnownEnd): Promise<boolean> {
    const { indexedThrough, logDigest } = index;
    if (indexedThrough < knownThrough) return true;
    // Longer than the log was when it was read: it has grown since, or was cut.
    const ofLog =
      indexedThrough === knownThrough ? digest : await this.#options.fragments.digest(sessionId, indexedThrough);
    return ofLog === logDigest;
  }

  /** Lets go of the session's index and drops its segments: how many there were. What is under way for it ends first. */
  async erase(sessionId: string): Promise<number> {
    await this.#following.get(sessionId);
    const open = this.#open.get(sessionId);
    if (open === undefined) return this.#options.segments.erase(sessionId);
    let segments = 0;
    await this.#enqueue(open, async () => {
      if (this.#open.get(sessionId) === open) this.#open.delete(sessionId);
      this.#sizeBytes -= open.sizeBytes;
      open.sizeBytes = 0;
      segments = await this.#options.segments.erase(sessionId);
    });
    return segments;
  }

  /** Drops the session's index: its log is another now. What is under way with it ends as it began. */
  drop(sessionId: string): void {
    const open = this.#open.get(sessionId);
    if (open === undefined) return;
    open.isDropped = true;
    this.#open.delete(sessionId);
    this.#sizeBytes -= open.sizeBytes;
    open.sizeBytes = 0;
  }

  /** Drops every index that lacks one of these fragments, since they can be read now. */
  heal(hashes: readonly string[]): void {
    const lacking = [...this.#open.values()].filter(({ index }) => index.unreadable.size > 0);
    if (lacking.length === 0) return;
    const healed = new Set(hashes);
    for (const { sessionId, index } of lacking) {
      if ([...index.unreadable.values()].some((hash) => healed.has(hash))) this.drop(sessionId);
    }
  }

  /** Seals and stores every index, so that the next start reads no fragments again. No `use` may follow. */
  async close(): Promise<void> {
    await Promise.all(this.#following.values());
    await Promise.all([...this.#open.values()].map((open) => this.#inBackground(open, () => this.#putAway(open))));
  }

  #touch(sessionId: string): Open {
    const found = this.#open.get(sessionId);
    const open = found ?? this.#create(sessionId);
    this.#open.delete(sessionId);
    this.#open.set(sessionId, open);
    return open;
  }

  #create(sessionId: string): Open {
    const index = new SessionIndex({ tokenizer: this.#tokenizer, segmentDocuments: this.#options.segmentDocuments });
    const open: Open = { sessionId, index, queue: Promise.resolve(), users: 0, sizeBytes: 0, isDropped: false };
    // When they cannot be read, the index catches up from the fragments alone.
    void this.#inBackground(open, () => this.#adoptSegments(open));
    return open;
  }

  /** Runs `step` after all that is queued for the session. */
  #enqueue(open: Open, step: () => Promise<void>): Promise<void> {
    const done = open.queue.then(step);
    open.queue = done.catch(() => {});
    return done;
  }

  async #adoptSegments(open: Open): Promise<void> {
    const { sessionId, index } = open;
    const { segments, unusable } = await this.#options.segments.read(sessionId);
    this.#counts.opened++;
    this.#counts.segmentsUnusable += unusable;
    if (unusable > 0) this.#options.log.warn({ sessionId, segments: unusable }, 'unusable segments are made again');
    for (const placed of segments) {
      const through = placed.from + placed.segment.documents - 1;
      if (placed.from < index.indexedThrough + 1) continue;
      // A segment of another log, one that was lost or is not the copy's any more, describes other fragments.
      if ((await this.#options.fragments.digest(sessionId, through)) !== placed.logDigest) continue;
      // A missing stretch is made again before the segments after it are taken.
      if (placed.from > index.indexedThrough + 1) {
        await this.#index(sessionId, index, placed.from - 1);
        index.freeze();
        await this.#sealAll(open);
      }
      index.adopt(placed);
      this.#counts.segmentsRead++;
    }
  }

  /** Indexes the log's fragments through position `through`, from memory where they have just been put. */
  async #index(sessionId: string, index: SessionIndex, through: number): Promise<void> {
    const { fragments, recentTexts, log } = this.#options;
    while (index.indexedThrough < through) {
      const from = index.indexedThrough + 1;
      const entries = await fragments.entries(sessionId, from, Math.min(PAGE_ENTRIES, through - from + 1));
      if (entries.length === 0) return;
      const recent = entries.map(({ hash }) => recentTexts.take(hash));
      const unread = entries.filter((_, at) => recent[at] === undefined).map(({ hash }) => hash);
      const read = unread.length === 0 ? [] : await fragments.get(unread.map((hash) => ({ sessionId, hash })));
      this.#counts.fragmentsRead += unread.length;
      let next = 0;
      const texts = entries.map((entry, at) => {
        const known = recent[at];
        if (known !== undefined) return { entry, read: known };
        const result = read[next++];
        if (result?.state === 'whole') {
          return { entry, read: indexedText(result.fragment) };
        }
        const fragmentId = formatFragmentId(sessionId, entry.hash);
        log.error({ fragmentId, state: result?.state }, 'not searchable');
        return { entry, read: null };
      });
      await inSlices(texts, ({ entry, read: text }) => index.add(entry, text));
    }
  }

  /** After a use: seal what is full, count the memory, put away what is over the budget. All in the background. */
  #settle(open: Open): void {
    this.#recount(open);
    if (open.index.isBehind) void this.#inBackground(open, () => this.#sealAll(open));
    this.#keepBudget();
  }

  /** Puts the longest unused index away, which comes back here when it is done. The last used one stays, however large. */
  #keepBudget(): void {
    if (this.#isPuttingAway || this.#sizeBytes <= this.#options.budgetBytes) return;
    const [unused] = [...this.#open.values()].slice(0, -1).filter(({ users }) => users === 0);
    if (unused === undefined) return;
    this.#isPuttingAway = true;
    void this.#inBackground(unused, () => this.#putAway(unused)).then((isDone) => {
      this.#isPuttingAway = false;
      if (isDone) this.#keepBudget();
    });
  }

  /** What fails is said and tried again after the next use: derived state may wait for the disk, requests may not. */
  async #inBackground(open: Open, step: () => Promise<void>): Promise<boolean> {
    try {
      await this.#enqueue(open, step);
      return true;
    } catch (error) {
      this.#options.log.warn({ err: error, sessionId: open.sessionId }, 'segments cannot be read or stored');
      return false;
    }
  }

  async #sealAll(open: Open): Promise<void> {
    const { sessionId, index } = open;
    const { segments } = this.#options;
    while (index.isBehind) {
      await stepsInSlices(index.seal());
      await index.storeSealed(async (placed) => {
        if (!open.isDropped) await segments.write(sessionId, placed);
      });
    }
  }

  async #putAway(open: Open): Promise<void> {
    open.index.freeze();
    await this.#sealAll(open);
    this.#recount(open);
    if (open.users > 0 || this.#open.get(open.sessionId) !== open) return;
    this.#open.delete(open.sessionId);
    this.#sizeBytes -= open.sizeBytes;
    open.sizeBytes = 0;
  }

  #recount(open: Open): void {
    if (this.#open.get(open.sessionId) !== open) return;
    const sizeBytes = open.index.sizeBytes;
    this.#sizeBytes += sizeBytes - open.sizeBytes;
    open.sizeBytes = sizeBytes;
  }
}
