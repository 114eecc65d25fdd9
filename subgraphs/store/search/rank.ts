import { type Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { STOP_WORDS } from '@supercontext/text/stop-words.ts';
import { BestHits, type Hit } from './best-hits.ts';
import type { IndexPart, Scoring } from './index-part.ts';
import { LentScores } from './lent-scores.ts';
import { allSteps, type Steps } from './seal.ts';
import { Tokenizer } from './tokenize.ts';

/** How fast repetitions of a term stop to matter, and how much long documents pay. The usual figures of BM25. */
const K1 = 1.2;
const B = 0.75;

/** A word that says nothing of what a text is about counts this much of what its rarity says: "I" and "my" tell who speaks. */
const STOP_WORD_SHARE = 0.4;

/** What of a query is read, and how many of its rarest terms count: a pasted document is a query, too. */
const MAXIMUM_QUERY_UNITS = 65_536;
const MAXIMUM_QUERY_TERMS = 256;

/** Documents whose scores, and places where terms are looked up, between two rests: at most a few milliseconds. */
const DOCUMENTS_A_STEP = 8_192;
const LOOKUPS_A_STEP = 4_096;

/** What a search found, and how much of the query stands together in one place. */
export interface Ranking {
  readonly hits: Hit[];
  /**
   * 0-1: of all terms of the query but stop words, each weighed by the square of its rarity, what one of the first hits has by
   * itself. A term that no document has is the rarest. 0 for a query of stop words.
   */
  readonly coverage: number;
}

/** Among so many of the first hits the one is looked for that has most of the query. */
const COVERING_HITS = 10;

/**
 * Scores the documents of one session for a query. A score depends on the session and the query alone, not on how the
 * session is cut into parts. Keeps scratch memory, so one instance serves one query at a time: the steps of one are to end
 * before those of the next begin.
 */
export class Ranker {
  readonly #tokenizer = new Tokenizer();
  readonly #stopWords: ReadonlySet<number>;
  readonly #lent = new LentScores();

  constructor() {
    this.#tokenizer.read(STOP_WORDS.join(' '));
    this.#stopWords = new Set(this.#tokenizer.terms.subarray(0, this.#tokenizer.count));
  }

  /**
   * The best `first` documents of `parts`, best first; of equal ones the newer. Fewer when fewer have any score.
   * `parts` are neighbours in order; positions count from 0 at the first document of the first part. What is withdrawn is not found,
   * and nobody's neighbour. Nor is what the last part takes between two steps.
   */
  *rank(
    parts: readonly IndexPart[],
    query: string,
    first: number,
    withdrawn: Withdrawn = Withdrawn.NONE,
  ): Steps<Ranking> {
    const lent = this.#lent;
    lent.clear(parts);
    const { documents, scores } = lent;
    if (documents === 0) return { hits: [], coverage: 0 };
    const meanWords = Math.max(1, parts.reduce((sum, part) => sum + part.words, 0) / documents);
    const lengthBase = K1 * (1 - B);
    const lengthSlope = (K1 * B) / meanWords;
    const { held, unknown } = yield* this.#queryTerms(parts, query, documents);
    for (const { term, frequency } of held) {
      const share = this.#stopWords.has(term) ? STOP_WORD_SHARE : 1;
      const weight = share * (K1 + 1) * rarity(documents, frequency);
      yield* addScores(parts, term, { weight, lengthBase, lengthSlope }, scores);
    }
    const within = withdrawn.within({ from: 0, through: documents - 1 });
    for (const stretch of within) lent.forget(stretch);
    lent.forgetLater();
    const hits = yield* best(lent, first, within);
    yield;
    const places = hits.slice(0, COVERING_HITS).map(({ position }) => placeOf(parts, position));
    const telling = held.filter(({ term }) => !this.#stopWords.has(term));
    return { hits, coverage: coverageOf(places, telling, { documents, unknown }) };
  }

  /** The newest `first` documents that hold `term`, newest first, none of them withdrawn. */
  holders(parts: readonly IndexPart[], term: number, first: number, withdrawn: Withdrawn = Withdrawn.NONE): number[] {
    if (parts.every((part) => part.documentFrequency(term) === 0)) return [];
    const lent = this.#lent;
    lent.clear(parts);
    const { documents, scores } = lent;
    allSteps(addScores(parts, term, { weight: 1, lengthBase: 1, lengthSlope: 0 }, scores));
    const found: number[] = [];
    for (let position = documents - 1; position >= 0 && found.length < first; position--) {
      if ((scores[LentScores.OFFSET + position] as number) > 0 && !withdrawn.has(position)) found.push(position);
    }
    return found;
  }

  /** The terms of the query; when the session holds too many, the rarest. */
  *#queryTerms(parts: readonly IndexPart[], query: string, documents: number): Steps<QueryTerms> {
    this.#tokenizer.read(query.slice(0, MAXIMUM_QUERY_UNITS));
    const distinct = new Set(this.#tokenizer.terms.subarray(0, this.#tokenizer.count));
    const held: QueryTerm[] = [];
    let unknown = 0;
    let lookups = 0;
    for (const term of distinct) {
      const frequency = parts.reduce((sum, part) => sum + part.documentFrequency(term), 0);
      if (frequency > 0) held.push({ term, frequency: Math.min(documents, frequency) });
      else if (!this.#stopWords.has(term)) unknown++;
      lookups += parts.length;
      if (lookups < LOOKUPS_A_STEP) continue;
      lookups = 0;
      yield;
    }
    if (held.length <= MAXIMUM_QUERY_TERMS) return { held, unknown };
    held.sort((one, two) => one.frequency - two.frequency);
    return { held: held.slice(0, MAXIMUM_QUERY_TERMS), unknown };
  }
}

interface QueryTerm {
  readonly term: number;
  /** How many documents have it: at least 1. */
  readonly frequency: number;
}

interface QueryTerms {
  readonly held: readonly QueryTerm[];
  /** How many others there are that no document has, without stop words. */
  readonly unknown: number;
}

/** How much a term says that so many of all documents have: its inverse document frequency. */
export function rarity(documents: number, frequency: number): number {
  return Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
}

function* addScores(parts: readonly IndexPart[], term: number, scoring: Scoring, scores: Float64Array): Steps<void> {
  let offset = LentScores.OFFSET;
  let passed = 0;
  for (const part of parts) {
    part.addScores(term, scoring, scores, offset);
    offset += part.documents;
    passed += part.documents;
    if (passed < DOCUMENTS_A_STEP) continue;
    passed = 0;
    yield;
  }
}

/** A document, and the part it is in. */
interface Place {
  readonly part: IndexPart;
  readonly document: number;
}

function placeOf(parts: readonly IndexPart[], position: number): Place {
  let document = position;
  for (const part of parts) {
    if (document < part.documents) return { part, document };
    document -= part.documents;
  }
  throw new RangeError(`no part holds position ${position}`);
}

/** The most that one of `places` has of the terms, however often, and however long it is. */
function coverageOf(
  places: readonly Place[],
  terms: readonly QueryTerm[],
  { documents, unknown }: { readonly documents: number; readonly unknown: number },
): number {
  const covered = new Float64Array(places.length);
  let all = unknown * rarity(documents, 0) ** 2;
  for (const { term, frequency } of terms) {
    const weight = rarity(documents, frequency) ** 2;
    all += weight;
    for (const [at, { part, document }] of places.entries()) {
      if (part.holds(term, document)) covered[at] = (covered[at] as number) + weight;
    }
  }
  return all === 0 ? 0 : Math.min(1, Math.max(0, ...covered) / all);
}

/** @param passed Ascending stretches that are passed by */
function* best(lent: LentScores, first: number, passed: readonly Stretch[]): Steps<Hit[]> {
  const { documents } = lent;
  const hits = new BestHits(first, documents);
  let from = 0;
  for (const stretch of [...passed, { from: documents, through: documents }]) {
    while (from < stretch.from) {
      const before = Math.min(stretch.from, from + DOCUMENTS_A_STEP);
      lent.offer(hits, from, before);
      from = before;
      if (from < stretch.from) yield;
    }
    from = stretch.through + 1;
  }
  return hits.take();
}
