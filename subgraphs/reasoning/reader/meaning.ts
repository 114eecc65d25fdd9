import type { TermLikeness } from './like-terms.ts';
import type { Similarity } from './similarity.ts';

/** What is known of meanings; each null where nothing is, and then words alone tell. */
export interface Meaning {
  /** Of texts. */
  readonly similarity: Similarity | null;
  /** Of terms by themselves. */
  readonly likeness: TermLikeness | null;
}

export const WORDS_ALONE: Meaning = { similarity: null, likeness: null };
