import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { formatFragmentId } from './fragment-id.ts';
import type { RequestContext } from './request-context.ts';
import { INSTRUCTION } from './search/tokenize.ts';
import type { StoreState } from './state.ts';

export const MAXIMUM_FIRST = 200;
/** The context stage passes by what is no source, and may need more to find some. */
export const MAXIMUM_FIRST_OF_STAGES = 1_000;

const MAXIMUM_INSTRUCTIONS = 32;

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
}

/** The same when fragments may be damaged or missing: hits that can be read, and the ids of those that cannot. */
export interface ReadableResult extends SearchResult {
  readonly unreadable: string[];
  readonly missing: string[];
}

/**
 * The fragments of a session that fit `query` best. Sees every replicated fragment. An empty query, or one without a word
 * of the session, has no hits.
 * @throws ContractError INPUT_INVALID, STORAGE_UNAVAILABLE
 */
export async function searchSession(
  { fragments, indexes, ranker }: StoreState,
  sessionId: string,
  { query, first }: SearchOptions,
  most = MAXIMUM_FIRST,
): Promise<SearchResult> {
  if (first < 1 || first > most) {
    throw new ContractError('INPUT_INVALID', `first: 1 to ${most}, got ${first}`, { argument: 'first' });
  }
  return hop('search-session', async () => {
    const { knownThrough, digest, withdrawnDigest } = await fragments.known(sessionId);
    const nothing = {
      hits: [],
      indexedThrough: -1,
      logDigest: digest,
      withdrawnDigest,
      instructions: [],
      unsearchable: [],
    };
    if (knownThrough < 0) return nothing;
    const withdrawn = await fragments.withdrawn(sessionId);
    // Twice as many, since the same fragment may stand at several positions.
    const { ranked, ...index } = await indexes.use(sessionId, knownThrough, (index) => ({
      ranked: ranker.rank(index.parts, query, first * 2, withdrawn),
      instructions: ranker.holders(index.parts, INSTRUCTION, MAXIMUM_INSTRUCTIONS, withdrawn),
      indexedThrough: index.indexedThrough,
      logDigest: index.logDigest,
      withdrawnDigest,
      unsearchable: [...index.unreadable.keys()].filter((position) => !withdrawn.has(position)),
    }));
    const positions = ranked.map(({ position }) => position);
    const hashes = new Map<number, string>();
    for (const entry of await fragments.entriesAt(sessionId, positions)) hashes.set(entry.position, entry.hash);
    const hits = new Map<string, FragmentHitNode>();
    for (const { position, score } of ranked) {
      const hash = hashes.get(position);
      if (hash === undefined || hits.has(hash)) continue;
      hits.set(hash, { fragmentId: formatFragmentId(sessionId, hash), score, position });
      if (hits.size === first) break;
    }
    return { hits: [...hits.values()], ...index };
  });
}

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
