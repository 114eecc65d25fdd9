import { ContractError } from '@supercontext/contract';
import { inSlices, stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import { checkEntries, checkSpace, checkVector } from './check-vectors.ts';
import { OpenColumns } from './open-columns.ts';
import { VectorBlocks } from './redis-vector-blocks.ts';
import { SEGMENT_POSITIONS, type SignedFragment } from './sealed-signs.ts';
import { SessionTurns } from './session-turns.ts';
import { SignColumns } from './sign-columns.ts';
import { encodeVectors } from './stored-vectors.ts';
import type { FragmentVectors, HeldFragment, VectorHit, VectorIndex, VectorSpace } from './vector-index.ts';

export interface RedisVectorsOptions {
  /** Whoever opened it closes it. */
  readonly redis: RedisClient;
  /** Told of rows that do not hold what was written, or are gone: they are dropped, and held no more. */
  readonly onUnusable: (space: VectorSpace, positions: readonly number[]) => void;
  /** Memory that the signs of all open spaces together may take; the least recently used are let go first. */
  readonly budgetBytes: number;
}

/** Windows nearest by their signs that are compared exactly, or more where more are asked for. */
const LEAST_RERANKED = 256;

/**
 * Vectors in Redis. A search compares signs in memory, read once for each session, then the nearest few hundred exactly, as they lie at
 * rest. The signs are those of this process: what others put meanwhile is found once the session was let go and is opened again.
 */
export function redisVectorIndex(options: RedisVectorsOptions): VectorIndex {
  return new RedisVectors(options);
}

class RedisVectors implements VectorIndex {
  readonly #blocks: VectorBlocks;
  readonly #onUnusable: RedisVectorsOptions['onUnusable'];
  readonly #open: OpenColumns;
  readonly #turns = new SessionTurns();

  constructor({ redis, onUnusable, budgetBytes }: RedisVectorsOptions) {
    this.#blocks = new VectorBlocks(redis);
    this.#onUnusable = onUnusable;
    this.#open = new OpenColumns(budgetBytes);
  }

  async put(space: VectorSpace, entries: readonly FragmentVectors[]): Promise<void> {
    checkSpace(space);
    checkEntries(space, entries);
    const encoded = await inSlices(entries, ({ position, hash, vectors }) => ({
      position,
      fragment: Buffer.from(hash, 'hex'),
      body: encodeVectors(vectors, space.dimensions),
    }));
    if (encoded.length === 0) return;
    await this.#turns.run(space.sessionId, async () => {
      try {
        await this.#blocks.put(space, encoded);
      } catch (error) {
        // A part of it may have been put: what is there is read again.
        this.#open.dropSession(space.sessionId);
        throw error;
      }
      this.#open.replace(space, encoded);
    });
  }

  async held(space: VectorSpace): Promise<readonly HeldFragment[]> {
    const held: HeldFragment[] = [];
    await this.#turns.run(space.sessionId, async () => {
      const columns = new SignColumns(space.dimensions);
      await this.#readAll(space, ({ position, hash, vectors }) => {
        held.push({ position, hash });
        columns.add(position, vectors);
      });
      // Whoever asks what is held will search it: all of it was read for that, too.
      this.#open.keep(space, columns);
    });
    return held;
  }

  async search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]> {
    checkVector(space, vector);
    return this.#turns.run(space.sessionId, async () => {
      const columns = await this.#opened(space);
      const nearest = await stepsInSlices(columns.nearest(vector, Math.max(LEAST_RERANKED, first)));
      const { whole, unusable } = await this.#blocks.at(space, nearest);
      const found = await inSlices(whole, ({ position, hash, vectors }) => ({
        position,
        hash,
        similarity: vectors.nearest(vector),
      }));
      await this.#drop(space, unusable);
      return found
        .sort((one, other) => other.similarity - one.similarity || other.position - one.position)
        .slice(0, first);
    });
  }

  async forget(space: VectorSpace, positions: readonly Stretch[]): Promise<void> {
    if (positions.length === 0) return;
    await this.#turns.run(space.sessionId, () => this.#forget(space, positions));
  }

  spaces(sessionId: string): Promise<readonly VectorSpace[]> {
    return this.#turns.run(sessionId, () => this.#blocks.spaces(sessionId));
  }

  erase(sessionId: string): Promise<number> {
    return this.#turns.run(sessionId, () => {
      this.#open.dropSession(sessionId);
      return this.#blocks.erase(sessionId);
    });
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    this.#open.clear();
  }

  async #opened(space: VectorSpace): Promise<SignColumns> {
    const known = this.#open.use(space);
    if (known !== undefined) return known;
    const columns = new SignColumns(space.dimensions);
    await this.#readAll(space, ({ position, vectors }) => columns.add(position, vectors));
    this.#open.keep(space, columns);
    return columns;
  }

  /** Reads the signs of a space as they are sealed; where they are not, from the rows, which are then sealed, but for the last ones. */
  async #readAll(space: VectorSpace, use: (fragment: SignedFragment) => void): Promise<void> {
    const blocks = await this.#blocks.blocks(space);
    const signs = await this.#blocks.signs(space, blocks);
    for (const [at, block] of blocks.entries()) {
      const sealed = signs[at] ?? (await this.#readRows(space, block, block === blocks.at(-1)));
      await inSlices(sealed, use);
    }
  }

  async #readRows(space: VectorSpace, block: number, isLast: boolean): Promise<readonly SignedFragment[]> {
    const { whole, unusable, changes } = await this.#blocks.rows(space, block);
    if (unusable.length > 0) await this.#drop(space, unusable);
    else if (!isLast) await orLater(this.#blocks.seal(space, block, { changes, whole }));
    return whole;
  }

  async #drop(space: VectorSpace, positions: readonly number[]): Promise<void> {
    if (positions.length === 0) return;
    this.#onUnusable(space, positions);
    await this.#forget(
      space,
      positions.map((position) => ({ from: position, through: position })),
    );
  }

  async #forget(space: VectorSpace, positions: readonly Stretch[]): Promise<void> {
    const isGone = (position: number) => positions.some(({ from, through }) => position >= from && position <= through);
    this.#open.of(space)?.remove(isGone);
    const dropped = new Map<number, readonly number[] | null>();
    for (const block of await this.#blocks.blocks(space)) {
      const first = block * SEGMENT_POSITIONS;
      const last = first + SEGMENT_POSITIONS - 1;
      const touching = positions.filter(({ from, through }) => from <= last && through >= first);
      if (touching.length === 0) continue;
      const isWhole = touching.some(({ from, through }) => from <= first && through >= last);
      dropped.set(block, isWhole ? null : positionsIn(block).filter(isGone));
    }
    await this.#blocks.forget(space, dropped);
  }
}

function positionsIn(block: number): number[] {
  return Array.from({ length: SEGMENT_POSITIONS }, (_, at) => block * SEGMENT_POSITIONS + at);
}

/** Where there is no room for a seal the rows are read again the next time. */
async function orLater(sealing: Promise<void>): Promise<void> {
  try {
    await sealing;
  } catch (error) {
    if (!(error instanceof ContractError && error.retryable)) throw error;
  }
}
