import type { Role, Source } from './fragment.ts';
import type { Tokens } from './units.ts';

/** A question, in UTF-16 units: of whoever asks a model, and of whoever asks for a working set alone. What is longer is a document. */
export const MAXIMUM_QUESTION_CHARACTERS = 32_768;

/** Why a segment is in the working set, in the order in which segments are laid out. */
export const SEGMENT_REASONS = ['system', 'pin', 'digest', 'recent', 'evidence'] as const;
export type SegmentReason = (typeof SEGMENT_REASONS)[number];

/** One text of the working set, with where it comes from. */
export interface Segment {
  readonly kind: 'fragment' | 'summary';
  /** Id of the fragment or summary the text was taken from. */
  readonly id: string;
  readonly reason: SegmentReason;
  readonly score: number | null;
  readonly text: string;
  readonly tokens: Tokens;
  /** First and last log position covered, both included. */
  readonly from: number;
  readonly through: number;
  /** False when `text` is an excerpt or a summary of what it points at. */
  readonly verbatim: boolean;
  /** Of the fragment; null for a summary, which may be of many; so are the four that follow. */
  readonly role: Role | null;
  /** The name of who said it, null where nobody named one. */
  readonly speaker: string | null;
  readonly source: Source | null;
  /** When it was said or written, in milliseconds since 1970; null when nobody told. */
  readonly occurredAtMs: number | null;
  /** What came with it, as it came. */
  readonly metadata: string | null;
  /** Whether a model wrote it, or some of what a summary covers: what an assistant said, here or before it came here. */
  readonly modelWritten: boolean;
}

/** Something the working set had to do without. */
export interface Degradation {
  readonly stage: string;
  readonly code: string;
  readonly message: string;
}

/** What the model sees of a session for one question. `tokens` never exceeds `budgetTokens`. */
export interface WorkingSet {
  readonly contractVersion: number;
  readonly sessionId: string;
  readonly revision: number;
  readonly budgetTokens: Tokens;
  readonly tokens: Tokens;
  readonly sessionTokens: Tokens;
  readonly segments: readonly Segment[];
  readonly omitted: { readonly fragments: number; readonly tokens: Tokens };
  /** Last log position the search index has seen; -1 when it has seen none. */
  readonly indexedThrough: number;
  /** How likely it is that the answer can be given from it, 0-1; null when nothing has computed it. */
  readonly confidence: number | null;
  readonly degraded: readonly Degradation[];
}
