import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import type { LogEntry } from '../fragments/fragment-store.ts';
import type { IndexPart } from './index-part.ts';
import { mergeSegments, type Steps, sealTail } from './seal.ts';
import type { Segment } from './segment.ts';
import type { PlacedSegment } from './segment-store.ts';
import { Tail } from './tail.ts';
import { INSTRUCTION, type Tokenizer } from './tokenize.ts';

interface Sealed {
  readonly from: number;
  readonly segment: Segment;
  readonly logDigest: string;
  /** Whether the segment store has it, or is not to have it. */
  stored: boolean;
}

interface Frozen {
  readonly from: number;
  readonly tail: Tail;
  readonly logDigest: string;
}

/** What is indexed of a fragment. */
export interface IndexedText {
  /** What it is from, and is found by, too; empty when it has no name. */
  readonly name: string;
  readonly text: string;
  /** Whether it is a message of a conversation. */
  readonly isSpoken: boolean;
  /** Whether that message tells how things are to be done from now on. */
  readonly isInstruction: boolean;
}

/**
 * The search index of one session: neighbours in order of the log, all of them searchable at every moment.
 *
 *   sealed segments | frozen tails, being sealed | the live tail, which takes what comes next
 *
 * A tail freezes when it is full or when the session is put away; sealing works on frozen tails, in steps, while the live
 * one goes on. A short segment, of a session that was put away early, is merged with what follows it.
 */
export class SessionIndex {
  readonly #tokenizer: Tokenizer;
  readonly #segmentDocuments: number;
  readonly #sealed: Sealed[] = [];
  readonly #frozen: Frozen[] = [];
  #live = new Tail();
  #liveFrom = 0;
  #digest: Uint8Array = EMPTY_LOG_DIGEST;
  /** Position -> hash of a fragment that could not be read, and is not found until it can. */
  readonly #unreadable = new Map<number, string>();

  constructor(options: { readonly tokenizer: Tokenizer; readonly segmentDocuments: number }) {
    this.#tokenizer = options.tokenizer;
    this.#segmentDocuments = options.segmentDocuments;
  }

  /** Last position that search finds; -1 when none. */
  get indexedThrough(): number {
    return this.#liveFrom + this.#live.documents - 1;
  }

  /** Of the log through `indexedThrough`. */
  get logDigest(): string {
    return Buffer.from(this.#digest).toString('hex');
  }

  /** By position, ascending: the hashes of the fragments that search cannot find, since they could not be read. */
  get unreadable(): ReadonlyMap<number, string> {
    return this.#unreadable;
  }

  get sealedSegments(): number {
    return this.#sealed.length;
  }

  get sizeBytes(): number {
    return this.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  }

  get parts(): IndexPart[] {
    return [...this.#sealed.map(({ segment }) => segment), ...this.#frozen.map(({ tail }) => tail), this.#live];
  }

  /** Whether a frozen tail waits to be sealed or a segment to be stored. */
  get isBehind(): boolean {
    return this.#frozen.length > 0 || this.#sealed.some(({ stored }) => !stored);
  }

  /** Takes a segment from the store as the next stretch. Only while the live tail is empty. */
  adopt({ from, segment, logDigest }: PlacedSegment): void {
    if (from !== this.indexedThrough + 1 || this.#live.documents > 0) {
      throw new RangeError(`a segment from ${from} does not follow position ${this.indexedThrough}`);
    }
    this.#sealed.push({ from, segment, logDigest, stored: true });
    this.#digest = Buffer.from(logDigest, 'hex');
    this.#liveFrom = from + segment.documents;
  }

  /** Adds the fragment at position `indexedThrough + 1`; null for one that cannot be read. */
  add({ hash, tokens }: LogEntry, read: IndexedText | null): void {
    if (read === null) this.#unreadable.set(this.indexedThrough + 1, hash);
    this.#tokenizer.read(read?.name ?? '', read?.text ?? '');
    if (read !== null && read.name !== '') this.#tokenizer.markSource(read.name);
    if (read?.isInstruction) this.#tokenizer.mark(INSTRUCTION);
    this.#digest = digestAfter(this.#digest, hash, tokens);
    this.#live.add(this.#tokenizer, read?.isSpoken);
    if (this.#live.documents === this.#segmentDocuments) this.freeze();
  }

  /** Closes the live tail, so that the next sealing takes it. */
  freeze(): void {
    if (this.#live.documents === 0) return;
    this.#frozen.push({ from: this.#liveFrom, tail: this.#live, logDigest: this.logDigest });
    this.#liveFrom += this.#live.documents;
    this.#live = new Tail();
  }

  /** Seals the oldest frozen tail, if there is one. At most one sealing of a session may be under way. */
  *seal(): Steps<void> {
    const [oldest] = this.#frozen;
    if (oldest === undefined) return;
    const segment = yield* sealTail(oldest.tail);
    const last = this.#sealed.at(-1);
    const isShort = last !== undefined && last.segment.documents < this.#segmentDocuments;
    const { logDigest } = oldest;
    const sealed = isShort
      ? { from: last.from, segment: yield* mergeSegments(last.segment, segment), logDigest, stored: false }
      : { from: oldest.from, segment, logDigest, stored: false };
    if (isShort) this.#sealed.pop();
    this.#sealed.push(sealed);
    this.#frozen.shift();
  }

  /**
   * Hands every segment that is not stored yet to `store`, oldest first. Stops at the first that fails. One with a fragment
   * in it that could not be read is not kept: whoever opens the index again reads it again.
   */
  async storeSealed(store: (placed: PlacedSegment) => Promise<void>): Promise<void> {
    for (const sealed of this.#sealed.filter(({ stored }) => !stored)) {
      if (!this.#isIncomplete(sealed)) await store(sealed);
      sealed.stored = true;
    }
  }

  #isIncomplete({ from, segment }: Sealed): boolean {
    return [...this.#unreadable.keys()].some((at) => at >= from && at < from + segment.documents);
  }
}
