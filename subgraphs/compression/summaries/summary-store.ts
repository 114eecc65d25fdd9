import type { StageVersion, Summary } from '@supercontext/contract';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { TreeNode } from '../tree/plan-parents.ts';

/** A made node of a session's summary tree, with its place in it. */
export interface StoredSummary {
  readonly sessionId: string;
  /** Counts the nodes of its level from 0. */
  readonly ordinal: number;
  /** o200k tokens of the fragments covered. */
  readonly originalTokens: number;
  readonly summary: Summary;
}

/** One that has just been made. */
export interface MadeSummary extends StoredSummary {
  /** Of a leaf: the positions within it that it was made without. */
  readonly withdrawn?: readonly Stretch[];
}

/** How far one method has come with a session's tree. */
export interface TreeState {
  readonly nodes: number;
  readonly levels: number;
  /** Leaves without a gap from the beginning of the log, and the last position they cover; -1 when none. */
  readonly leaves: number;
  readonly compressedThrough: number;
  /** o200k tokens covered by all leaves, and of all leaves. */
  readonly originalTokens: number;
  readonly summaryTokens: number;
}

export const EMPTY_TREE: TreeState = Object.freeze({
  nodes: 0,
  levels: 0,
  leaves: 0,
  compressedThrough: -1,
  originalTokens: 0,
  summaryTokens: 0,
});

/**
 * Where summaries live. They are derived: what is damaged is dropped and made again, and reads never fail for it.
 * Every method throws ContractError STORAGE_FULL or STORAGE_UNAVAILABLE when the state cannot be written or reached.
 */
export interface SummaryStore {
  /**
   * Keeps nodes. Atomic for those of one session, safe from a killed process when it resolves (a power loss costs the last ones,
   * which are made again), idempotent: of a node that is there the first version stays. One that was made
   * before what is withdrawn now, or whose children have gone since, is passed by: it is planned again.
   */
  put(nodes: readonly MadeSummary[]): Promise<void>;
  /** Which positions of the log the session's trees leave out. */
  withdrawn(sessionId: string): Promise<Withdrawn>;
  /**
   * Takes what is withdrawn now: every node over a position that is withdrawn since, or shown again, is dropped and can be made
   * again. Atomic, idempotent.
   */
  withdraw(sessionId: string, withdrawn: Withdrawn): Promise<void>;
  /** In the order asked; null for what is not there or was damaged. A session with a damaged node is forgotten. */
  read(ids: readonly string[]): Promise<readonly (StoredSummary | null)[]>;
  /** Those of `ids` that are not there. */
  missing(ids: readonly string[]): Promise<readonly string[]>;
  /** Every node that has no parent yet, by first position; of all methods. As many as the tree has levels, times its fan-out at most. */
  frontier(sessionId: string): Promise<readonly TreeNode[]>;
  state(sessionId: string, method: StageVersion): Promise<TreeState>;
  /** Drops all nodes of a session; they can be made again. Atomic, idempotent. */
  forget(sessionId: string): Promise<void>;
  /**
   * The same for good: nothing of them is left at rest but, where several processes work, a mark that goes by itself. How many there
   * were.
   */
  erase(sessionId: string): Promise<number>;
  /** Whether a session was erased of late, by whatever process: a node of it may still be under way. */
  wasErased(sessionId: string): Promise<boolean>;
  /**
   * Copies the state as it is to a new file, while it is being used.
   * @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE, INPUT_INVALID where it is in no file
   */
  backupTo(path: string): Promise<void>;
  /** Lets go of what it is kept in; no call may follow. */
  close(): Promise<void>;
}
