import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { formatFragmentId } from './fragment-id.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
import { leastSimilarityOf } from './least-similarity.ts';
import type { RequestContext } from './request-context.ts';
import type { Hit } from './search/best-hits.ts';
import { fuseScores } from './search/fuse-scores.ts';
import { type IndexPart, MAXIMUM_WORDS, SPOKEN } from './search/index-part.ts';
import type { NamesFound } from './search/names-together.ts';
import { INSTRUCTION } from './search/tokenize.ts';
import { type MeaningGap, searchByMeaning } from './search/vectors/search-by-meaning.ts';
import type { StoreState } from './state.ts';

export const MAXIMUM_FIRST = 200;
/** The context stage passes by what is no source, and may need more to find some. */
export const MAXIMUM_FIRST_OF_STAGES = 1_000;

/** Many may say the same. */
const MAXIMUM_INSTRUCTIONS = 256;

/** Hits by words that are fused, or more where more are asked for. */
const LEAST_BY_WORDS = 200;
/** A message of no more is short. */
const SHORT_WORDS = 120;
/** Hits by meaning that are fused: what comes later is hardly nearer than anything else. */
const BY_MEANING = 200;

/** A hit whose fragment is still to be read, together with those of the others. */
export interface FragmentHitNode {
  readonly fragmentId: string;
  readonly score: number;
  readonly position: number;
}

interface SearchOptions {
  readonly query: string;
  readonly first: number;
}

export interface SearchResult {
  /** Best first; a fragment that stands in the log twice is there once, at its better place. */
  readonly hits: FragmentHitNode[];
  readonly indexedThrough: number;
  /** Of the log through `indexedThrough`: whose log this was found in. */
  readonly logDigest: string;
  /** Of the positions that are withdrawn, and so not found. */
  readonly withdrawnDigest: string;
  /** Positions of the messages that say how things are to be done from now on, the newest first. */
  readonly instructions: readonly number[];
  /** Positions, ascending, that search cannot find since their fragments could not be read when they were indexed. */
  readonly unsearchable: readonly number[];
  /** 0-1: how much of the query one of the first hits has by itself, rare words above all. */
  readonly coverage: number;
  /** How well the session knows the names of the query; null for one without. */
  readonly names: NamesFound | null;
  /** The cosine of what is nearest to the query, -1 to 1; null when nothing was compared. */
  readonly similarity: number | null;
  /** All fragments through this position can be found by meaning; -1 when none, null without an embedder. */
  readonly vectorsIndexedThrough: number | null;
  /** Why some or all of the session could not be searched by meaning. */
  readonly degraded: readonly MeaningGap[];
}

/** The same when fragments may be damaged or missing: hits that can be read, and the ids of those that cannot. */
export interface ReadableResult extends SearchResult {
  readonly unreadable: string[];
  readonly missing: string[];
}

/**
 * The fragments of a session that fit `query` best, by words and, as far as there are vectors, by meaning. Sees every replicated
 * fragment. An empty query has no hits, nor has one that no fragment is near to and that has no word of the session.
 * @throws ContractError INPUT_INVALID, STORAGE_UNAVAILABLE
 */
export async function searchSession(
  { fragments, indexes, ranker, nameFinder, meaning }: StoreState,
  sessionId: string,
  { query, first }: SearchOptions,
  most = MAXIMUM_FIRST,
): Promise<SearchResult> {
  if (first < 1 || first > most) {
    throw new ContractError('INPUT_INVALID', `first: 1 to ${most}, got ${first}`, { argument: 'first' });
  }
  return hop('search-session', async (note) => {
    note({ shard: fragments.shardOf(sessionId) });
    const known = await fragments.known(sessionId);
    const { knownThrough, digest, withdrawnDigest } = known;
    const nothing = {
      hits: [],
      indexedThrough: -1,
      logDigest: digest,
      withdrawnDigest,
      instructions: [],
      unsearchable: [],
      ...NO_MEANING,
    };
    if (knownThrough < 0) {
      // Erased by another process, perhaps.
      indexes.drop(sessionId);
      return nothing;
    }
    const withdrawn = await fragments.withdrawn(sessionId);
    const near = searchByMeaning(meaning, { sessionId, query, first: BY_MEANING });
    // Twice as many, since the same fragment may stand at several positions.
    const {
      byWords: found,
      brevityOf,
      ...index
    } = await indexes.useInSteps(sessionId, known, function* (index) {
      const { parts, indexedThrough, logDigest } = index;
      const unsearchable = [...index.unreadable.keys()].filter((position) => !withdrawn.has(position));
      const instructions = ranker.holders(parts, INSTRUCTION, MAXIMUM_INSTRUCTIONS, withdrawn);
      const byWords = yield* ranker.rank(parts, query, Math.max(LEAST_BY_WORDS, first * 2), withdrawn);
      const names = yield* nameFinder.find(parts, query, withdrawn);
      return {
        byWords,
        names,
        brevityOf: brevityIn(parts),
        instructions,
        indexedThrough,
        logDigest,
        withdrawnDigest,
        unsearchable,
      };
    });
    const { hits: byWords, coverage } = found;
    const { hits: byMeaning, similarity, through: vectorsIndexedThrough, gaps: degraded } = await near;
    const fusing = {
      first: first * 2,
      leastSimilarity: leastSimilarityOf(byMeaning, BY_MEANING, index.names !== null),
      coverage,
      brevityOf,
    };
    const ranked = byMeaning.length === 0 ? byWords.slice(0, first * 2) : fuseScores(byWords, byMeaning, fusing);
    const hits = await firstFragments(fragments, sessionId, { ranked, first });
    return { hits, ...index, coverage, similarity, vectorsIndexedThrough, degraded };
  });
}

/** Of ranked places the first so many fragments, each at its best place. The log is read on only where places hold the same ones. */
async function firstFragments(
  fragments: FragmentStore,
  sessionId: string,
  { ranked, first }: { readonly ranked: readonly Hit[]; readonly first: number },
): Promise<FragmentHitNode[]> {
  const hits = new Map<string, FragmentHitNode>();
  for (let at = 0; at < ranked.length && hits.size < first; at += first) {
    const some = ranked.slice(at, at + first);
    const entries = await fragments.entriesAt(
      sessionId,
      some.map(({ position }) => position),
    );
    const hashes = new Map(entries.map(({ position, hash }) => [position, hash]));
    for (const { position, score } of some) {
      const hash = hashes.get(position);
      if (hash === undefined || hits.has(hash)) continue;
      if (hits.size === first) break;
      hits.set(hash, { fragmentId: formatFragmentId(sessionId, hash), score, position });
    }
  }
  return [...hits.values()];
}

/** Holds for as long as the index is not made anew: what is indexed does not change. */
function brevityIn(parts: readonly IndexPart[]): (position: number) => number {
  return (position) => {
    let document = position;
    for (const { documents, lengths } of parts) {
      const length = lengths[document] ?? 0;
      if (document < documents && length < SPOKEN) return 0;
      if (document < documents) return Math.min(1, SHORT_WORDS / Math.max(1, length & MAXIMUM_WORDS));
      document -= documents;
    }
    return 0;
  };
}

const NO_MEANING = { coverage: 0, names: null, similarity: null, vectorsIndexedThrough: null, degraded: [] };

/** The same for a stage that must go on when a fragment is damaged: its id is named, and the other hits are whole. */
export async function searchReadable(
  context: RequestContext,
  sessionId: string,
  options: SearchOptions,
): Promise<ReadableResult> {
  const { hits, ...index } = await searchSession(context, sessionId, options, MAXIMUM_FIRST_OF_STAGES);
  const read = await Promise.all(hits.map(({ fragmentId }) => stateOf(context, fragmentId)));
  const inState = (state: FragmentState) => hits.filter((_, at) => read[at] === state);
  return {
    hits: inState('whole'),
    ...index,
    unreadable: inState('corrupt').map(({ fragmentId }) => fragmentId),
    missing: inState('missing').map(({ fragmentId }) => fragmentId),
  };
}

type FragmentState = 'whole' | 'corrupt' | 'missing';

async function stateOf({ fragmentLoader }: RequestContext, fragmentId: string): Promise<FragmentState> {
  try {
    return (await fragmentLoader.load(fragmentId)) === null ? 'missing' : 'whole';
  } catch (error) {
    if (error instanceof ContractError && error.code === 'FRAGMENT_CORRUPT') return 'corrupt';
    throw error;
  }
}
