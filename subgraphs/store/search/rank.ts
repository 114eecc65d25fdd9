import { type Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { IndexPart } from './index-part.ts';
import { Tokenizer } from './tokenize.ts';

/** How fast repetitions of a term stop to matter, and how much long documents pay. The usual figures of BM25. */
const K1 = 1.2;
const B = 0.75;

/** What a document gets of each neighbour's score: an answer often stands beside the words of the question. */
const NEIGHBOUR_SHARE = 0.15;

/** The newest document is worth this much more, and half of it every so many documents back. */
const RECENCY_GAIN = 0.1;
const RECENCY_HALF_LIFE = 64;

/** What of a query is read, and how many of its rarest terms count: a pasted document is a query, too. */
const MAXIMUM_QUERY_UNITS = 65_536;
const MAXIMUM_QUERY_TERMS = 256;

export interface Hit {
  readonly position: number;
  readonly score: number;
}

/**
 * Scores the documents of one session for a query. A score depends on the session and the query alone, not on how the
 * session is cut into parts. Keeps scratch memory, so one instance serves one query at a time; it never waits, so one is
 * enough for a thread.
 */
export class Ranker {
  readonly #tokenizer = new Tokenizer();
  #scores = new Float64Array(1_024);

  /**
   * The best `first` documents of `parts`, best first; of equal ones the newer. Fewer when fewer have any score.
   * `parts` are neighbours in order; positions count from 0 at the first document of the first part. What is withdrawn is not found,
   * and nobody's neighbour.
   */
  rank(parts: readonly IndexPart[], query: string, first: number, withdrawn: Withdrawn = Withdrawn.NONE): Hit[] {
    const documents = parts.reduce((sum, part) => sum + part.documents, 0);
    if (documents === 0) return [];
    const scores = this.#cleared(documents);
    const meanWords = Math.max(1, parts.reduce((sum, part) => sum + part.words, 0) / documents);
    const lengthBase = K1 * (1 - B);
    const lengthSlope = (K1 * B) / meanWords;
    for (const { term, frequency } of this.#queryTerms(parts, query)) {
      const weight = (K1 + 1) * Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
      let offset = 0;
      for (const part of parts) {
        part.addScores(term, { weight, lengthBase, lengthSlope }, scores, offset);
        offset += part.documents;
      }
    }
    const within = withdrawn.within({ from: 0, through: documents - 1 });
    for (const { from, through } of within) scores.fill(0, from, through + 1);
    return best(scores, documents, first, within);
  }

  /** The terms of the query that the session holds, rarest first when there are too many. */
  #queryTerms(parts: readonly IndexPart[], query: string): { term: number; frequency: number }[] {
    this.#tokenizer.read(query.slice(0, MAXIMUM_QUERY_UNITS));
    const distinct = new Set(this.#tokenizer.terms.subarray(0, this.#tokenizer.count));
    const terms: { term: number; frequency: number }[] = [];
    for (const term of distinct) {
      const frequency = parts.reduce((sum, part) => sum + part.documentFrequency(term), 0);
      if (frequency > 0) terms.push({ term, frequency });
    }
    if (terms.length <= MAXIMUM_QUERY_TERMS) return terms;
    return terms.sort((one, two) => one.frequency - two.frequency).slice(0, MAXIMUM_QUERY_TERMS);
  }

  #cleared(documents: number): Float64Array {
    if (this.#scores.length < documents) this.#scores = new Float64Array(documents * 2);
    return this.#scores.fill(0, 0, documents);
  }
}

/** What a document says to a query: its own score and a share of its neighbours'. */
function shared(scores: Float64Array, documents: number, position: number): number {
  const before = position > 0 ? (scores[position - 1] as number) : 0;
  const after = position + 1 < documents ? (scores[position + 1] as number) : 0;
  return (scores[position] as number) + NEIGHBOUR_SHARE * (before + after);
}

/** What being recent multiplies a score with: above 1, and at most 1 + RECENCY_GAIN. */
function recency(documents: number, position: number): number {
  return 1 + RECENCY_GAIN * 2 ** ((position + 1 - documents) / RECENCY_HALF_LIFE);
}

/** @param passed Ascending stretches that are passed by */
function best(scores: Float64Array, documents: number, first: number, passed: readonly Stretch[]): Hit[] {
  const kept: Hit[] = []; // ascending: the worst kept one is the first
  let least = 0; // what a score has to reach
  let next = 0;
  for (let position = 0; position < documents; position++) {
    if (position === passed[next]?.from) {
      position = (passed[next++] as Stretch).through;
      continue;
    }
    const withoutRecency = shared(scores, documents, position);
    // Most documents end here; a power for each of them was half of a search.
    if (withoutRecency === 0 || withoutRecency * (1 + RECENCY_GAIN) < least) continue;
    const score = withoutRecency * recency(documents, position);
    if (score < least) continue;
    if (kept.length === first) kept.shift();
    let place = kept.length;
    while (place > 0 && (kept[place - 1] as Hit).score > score) place--;
    kept.splice(place, 0, { position, score });
    if (kept.length === first) least = (kept[0] as Hit).score;
  }
  return kept.reverse();
}
