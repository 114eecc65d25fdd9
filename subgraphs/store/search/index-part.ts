/** A stretch of a session's log that can be searched: a sealed segment or a tail. Documents count from 0 within it. */
export interface IndexPart {
  readonly documents: number;
  /** Words of all its documents together. */
  readonly words: number;
  /** Words of each document, with SPOKEN added where it is a message. At least `documents` of them. */
  readonly lengths: Uint16Array;
  /** Memory it holds. */
  readonly sizeBytes: number;
  /** How many of its documents hold `term`. */
  documentFrequency(term: number): number;
  /** Its documents that hold `term`, ascending. Not to be kept: it may be a view of the part. */
  documentsOf(term: number): Uint16Array;
  /** Whether a document holds `term`. */
  holds(term: number, document: number): boolean;
  /** Adds what `term` is worth to each document that holds it: `scores[offset + document]`. */
  addScores(term: number, scoring: Scoring, scores: Float64Array, offset: number): void;
}

/**
 * BM25 for one term: weight * tf / (tf + lengthBase + lengthSlope * words). Made from the figures of the whole session, so
 * that a score does not depend on where the session is cut into parts.
 */
export interface Scoring {
  /** Inverse document frequency * (k1 + 1). */
  readonly weight: number;
  readonly lengthBase: number;
  readonly lengthSlope: number;
}

/** More repetitions or words than this count as this many. */
export const MAXIMUM_FREQUENCY = 255;
export const MAXIMUM_WORDS = 32_767;

/** Marks what was said in a conversation: it means little without what was said around it. */
export const SPOKEN = 0x8000;
