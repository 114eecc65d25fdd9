import { capacityFor, type KvShape, KvStore, kvBytesPerToken } from './kv-store.ts';

/** The tokens of one session whose keys and values are cached, and where. */
export interface Sequence {
  readonly sessionId: string;
  /** Always as many as its row has; never changed by others than the engine. */
  readonly tokens: number[];
  store: KvStore;
  row: number;
  /** The most tokens this sequence was promised room for. */
  roomTokens: number;
  /** Running sequences are never evicted or moved behind the engine's back. */
  running: boolean;
  /** Order of last use: higher is later. */
  usedAt: number;
}

/** A store may be this much larger than needed before it is worth copying into a smaller one. */
const SLACK_TOKENS = 512;

/**
 * The KV cache of all sessions under one budget of bytes.
 *
 * A sequence lives in a store of its own while it is idle, prefills or decodes alone. Sequences that decode together live
 * in one store, in rows 0 to n - 1, because the graph reads the rows of a batch as one block; those of a batch have
 * capacities within a factor of two, so padding stays below that. A sequence that ends moves out, and the last row of the
 * batch takes its place.
 *
 * Idle sequences are evicted, least recently used first, when room is needed. The budget holds for all stores together, padding and
 * spare rows of batches among them, at every moment: what does not fit into a batch decodes alone, and what does not fit when it ends is
 * forgotten. While rows are copied from one store to another both count.
 */
export class KvCache {
  readonly #shape: KvShape;
  readonly #budgetBytes: number;
  readonly #sequences = new Map<string, Sequence>();
  readonly #batches = new Map<KvStore, Sequence[]>();
  #usedAt = 0;

  constructor(shape: KvShape, budgetBytes: number) {
    this.#shape = shape;
    this.#budgetBytes = budgetBytes;
  }

  /** Of all stores, whether their rows are in use or not. */
  get sizeBytes(): number {
    const stores = new Set([...this.#batches.keys()]);
    for (const sequence of this.#sequences.values()) stores.add(sequence.store);
    let sum = 0;
    for (const store of stores) sum += store.sizeBytes;
    return sum;
  }

  /** Cached tokens of a session; 0 when there are none. */
  cachedTokens(sessionId: string): number {
    return this.#sequences.get(sessionId)?.tokens.length ?? 0;
  }

  /**
   * Room for `prompt` and `answerTokens` more, rolled back to what the prompt shares with the session's last sequence (at
   * most all but its last token, whose logits are needed). Marks the sequence as running. Undefined when running
   * sequences leave no room: try again when one has ended. The caller makes sure that the session is not running already.
   */
  acquire(sessionId: string, prompt: readonly number[], answerTokens: number): Sequence | undefined {
    const roomTokens = prompt.length + answerTokens;
    const capacityTokens = capacityFor(roomTokens);
    const cached = this.#sequences.get(sessionId);
    let shared = cached === undefined ? 0 : commonPrefix(cached.tokens, prompt, prompt.length - 1);
    let sequence = cached;
    const present = cached?.store.capacityTokens ?? 0;
    if (sequence === undefined || present < capacityTokens || present > capacityTokens + SLACK_TOKENS) {
      const bytes = capacityTokens * kvBytesPerToken(this.#shape);
      let kept = cached;
      if (!this.#makeRoom(bytes, sessionId)) {
        // Without what is cached of the session itself there may be room: read anew, not refused.
        if (cached !== undefined) this.drop(cached);
        kept = undefined;
        if (!this.#makeRoom(bytes)) return undefined;
      }
      const store = new KvStore(this.#shape, 1, capacityTokens);
      if (kept !== undefined) {
        store.copyRow(0, kept.store, kept.row, shared);
        kept.store.free();
      }
      shared = kept === undefined ? 0 : shared;
      sequence = { sessionId, tokens: kept?.tokens ?? [], store, row: 0, roomTokens, running: true, usedAt: 0 };
      this.#sequences.set(sessionId, sequence);
    }
    sequence.tokens.length = shared;
    sequence.store.setLength(sequence.row, shared);
    sequence.roomTokens = roomTokens;
    sequence.running = true;
    sequence.usedAt = ++this.#usedAt;
    return sequence;
  }

  /** The sequence has stopped running; its tokens stay cached. */
  settle(sequence: Sequence): void {
    const batch = this.#batches.get(sequence.store);
    if (batch !== undefined) {
      // What it has, not what it was promised: most answers end early.
      const capacityTokens = capacityFor(sequence.tokens.length);
      if (!this.#makeRoom(capacityTokens * kvBytesPerToken(this.#shape))) {
        this.drop(sequence);
        return;
      }
      const own = new KvStore(this.#shape, 1, capacityTokens);
      own.copyRow(0, sequence.store, sequence.row, sequence.tokens.length);
      this.#leaveBatch(sequence, batch);
      sequence.store = own;
      sequence.row = 0;
    }
    sequence.running = false;
    sequence.usedAt = ++this.#usedAt;
  }

  /** Forgets a sequence, running or not. */
  drop(sequence: Sequence): void {
    if (this.#sequences.get(sequence.sessionId) !== sequence) return;
    this.#sequences.delete(sequence.sessionId);
    const batch = this.#batches.get(sequence.store);
    if (batch === undefined) sequence.store.free();
    else this.#leaveBatch(sequence, batch);
  }

  /** Forgets what a session has cached, unless it is running. */
  forget(sessionId: string): void {
    const sequence = this.#sequences.get(sessionId);
    if (sequence !== undefined && !sequence.running) this.drop(sequence);
  }

  /**
   * Puts running sequences into batches; each batch's sequences lie in rows 0 to n - 1 of one store, in the order given
   * back, or it is one sequence in a row of its own.
   */
  gather(running: readonly Sequence[]): readonly (readonly Sequence[])[] {
    const classes = Map.groupBy(running, (sequence) => Math.ceil(Math.log2(capacityFor(sequence.roomTokens))));
    return [...classes.values()].flatMap((members) => this.#gatherClass(members));
  }

  #gatherClass(members: readonly Sequence[]): readonly (readonly Sequence[])[] {
    const [first] = members;
    if (first === undefined || members.length === 1) return [members];
    const capacityTokens = Math.max(...members.map((member) => capacityFor(member.roomTokens)));
    let store = members.map((member) => member.store).find((candidate) => this.#batches.has(candidate));
    let batch = store === undefined ? undefined : this.#batches.get(store);
    if (
      store === undefined ||
      batch === undefined ||
      store.rows < members.length ||
      store.capacityTokens < capacityTokens
    ) {
      const rows = 2 ** Math.ceil(Math.log2(members.length));
      if (!this.#makeRoom(rows * capacityTokens * kvBytesPerToken(this.#shape))) return this.#asTheyAre(members);
      store = new KvStore(this.#shape, rows, capacityTokens);
      batch = [];
      this.#batches.set(store, batch);
    }
    for (const member of members) {
      if (member.store === store) continue;
      const row = batch.length;
      store.copyRow(row, member.store, member.row, member.tokens.length);
      const old = this.#batches.get(member.store);
      if (old === undefined) member.store.free();
      else this.#leaveBatch(member, old);
      member.store = store;
      member.row = row;
      batch.push(member);
    }
    return [[...batch]];
  }

  /** Those of one store together, as batches lie already, and all others alone. */
  #asTheyAre(members: readonly Sequence[]): readonly (readonly Sequence[])[] {
    const stores = new Map(members.map((member) => [member.store, this.#batches.get(member.store) ?? [member]]));
    return [...stores.values()].map((batch) => [...batch]);
  }

  /** Fills the row with the batch's last one, so that rows in use stay neighbours; an empty batch is given back. */
  #leaveBatch(sequence: Sequence, batch: Sequence[]): void {
    const last = batch.pop();
    if (last !== undefined && last !== sequence) {
      sequence.store.copyRow(sequence.row, last.store, last.row, last.tokens.length);
      last.row = sequence.row;
      batch[sequence.row] = last;
    }
    sequence.store.setLength(batch.length, 0);
    if (batch.length === 0) {
      this.#batches.delete(sequence.store);
      sequence.store.free();
    }
  }

  /** Evicts idle sequences until `bytes` more fit; false, and nothing is evicted, when they would not although nothing idle is left. */
  #makeRoom(bytes: number, except?: string): boolean {
    const idle = [...this.#sequences.values()]
      .filter(({ running, sessionId }) => !running && sessionId !== except)
      .sort((one, other) => one.usedAt - other.usedAt);
    let over = this.sizeBytes + bytes - this.#budgetBytes;
    if (over > idle.reduce((sum, { store }) => sum + store.sizeBytes, 0)) return false;
    for (const sequence of idle) {
      if (over <= 0) break;
      over -= sequence.store.sizeBytes;
      this.drop(sequence);
    }
    return true;
  }
}

function commonPrefix(a: readonly number[], b: readonly number[], most: number): number {
  const end = Math.min(a.length, b.length, most);
  let index = 0;
  while (index < end && a[index] === b[index]) index += 1;
  return index;
}
