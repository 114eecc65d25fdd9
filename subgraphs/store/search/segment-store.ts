import type { Segment } from './segment.ts';

/** A sealed segment and its place in the session's log. */
export interface PlacedSegment {
  /** The position of its first document. */
  readonly from: number;
  /** Of the log through its last document: a segment is good for the log with this digest there, and for no other. */
  readonly logDigest: string;
  readonly segment: Segment;
}

/**
 * Where sealed segments live. They are derived: whatever is lost or damaged here is made again from the fragments. Methods throw
 * ContractError STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export interface SegmentStore {
  /**
   * The session's whole segments in order of position. One whose bytes do not match their hash, or that another version
   * of the index wrote, is left out and counted in `unusable`.
   */
  read(sessionId: string): Promise<{ readonly segments: readonly PlacedSegment[]; readonly unusable: number }>;
  /** Keeps a segment in place of all that begin within its stretch. Atomic and idempotent. */
  write(sessionId: string, placed: PlacedSegment): Promise<void>;
  /** Drops all segments of a session, so that nothing of them is left in the files: how many there were. Idempotent. */
  erase(sessionId: string): Promise<number>;
  close(): Promise<void>;
}
