import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash } from '../../fragment-id.ts';

/** The vectors of one session that one embedder made: those of different ones are never compared. */
export interface VectorSpace {
  readonly sessionId: string;
  /** The embedder's name with its version. */
  readonly model: string;
  readonly dimensions: number;
}

/** What is kept of a fragment. */
export interface FragmentVectors {
  readonly position: number;
  readonly hash: FragmentHash;
  /** `[windows, dimensions]`, each of length 1. At least one window. */
  readonly vectors: Float32Array;
}

export interface HeldFragment {
  readonly position: number;
  readonly hash: FragmentHash;
}

export interface VectorHit extends HeldFragment {
  /** The cosine of the window that fits best, -1 to 1. */
  readonly similarity: number;
}

/** Fragments in one call: the batching rule of the contract. */
export const MOST_FRAGMENTS = 512;

/**
 * Where vectors live. They are derived: what is lost or damaged here is not held any more, and is made again. Every method throws
 * ContractError STORAGE_FULL or STORAGE_UNAVAILABLE; INPUT_INVALID for vectors of other dimensions than their space has.
 */
export interface VectorIndex {
  /**
   * Keeps at most 512 fragments, each in place of what was held at its position, and each with all of its windows. Idempotent; of a
   * batch that fails some may have been kept.
   */
  put(space: VectorSpace, entries: readonly FragmentVectors[]): Promise<void>;
  /** What is held and whole, in order of position. */
  held(space: VectorSpace): Promise<readonly HeldFragment[]>;
  /** The fragments nearest to `vector`, which is of length 1, the nearest first; at most `first`, each once. */
  search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]>;
  /** Drops what is held at these positions. Idempotent. */
  forget(space: VectorSpace, positions: readonly Stretch[]): Promise<void>;
  /** The spaces in which something is held of a session. */
  spaces(sessionId: string): Promise<readonly VectorSpace[]>;
  /** Drops all of a session for good, so that nothing of it is left in the files: how many fragments. Idempotent. */
  erase(sessionId: string): Promise<number>;
  close(): Promise<void>;
}

/** All positions there can be. */
export const EVERYWHERE: Stretch = { from: 0, through: Number.MAX_SAFE_INTEGER };
