import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/hops.ts';
import { formatFragmentId } from './fragment-id.ts';
import type { FragmentNode } from './read-fragments.ts';
import type { RequestContext, StoreState } from './request-context.ts';

const MAXIMUM_FIRST = 200;

/** A hit whose fragment is still to be read, together with those of the others. */
export interface FragmentHitNode {
  readonly fragmentId: string;
  readonly score: number;
  readonly position: number;
}

export interface SearchResult {
  /** Best first; a fragment that stands in the log twice is there once, at its better place. */
  readonly hits: FragmentHitNode[];
  readonly indexedThrough: number;
}

/**
 * The fragments of a session that fit `query` best. Sees every announced fragment. An empty query, or one without a word
 * of the session, has no hits.
 * @throws ContractError INPUT_INVALID, STORAGE_UNAVAILABLE
 */
export async function searchSession(
  { fragments, indexes, ranker }: StoreState,
  sessionId: string,
  { query, first }: { readonly query: string; readonly first: number },
): Promise<SearchResult> {
  if (first < 1 || first > MAXIMUM_FIRST) {
    throw new ContractError('INPUT_INVALID', `first: 1 to ${MAXIMUM_FIRST}, got ${first}`, { argument: 'first' });
  }
  return hop('search-session', async () => {
    const { knownThrough } = await fragments.known(sessionId);
    if (knownThrough < 0) return { hits: [], indexedThrough: -1 };
    // Twice as many, since the same fragment may stand at several positions.
    const { ranked, indexedThrough } = await indexes.use(sessionId, knownThrough, (index) => ({
      ranked: ranker.rank(index.parts, query, first * 2),
      indexedThrough: index.indexedThrough,
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
    return { hits: [...hits.values()], indexedThrough };
  });
}

/** The same for a stage that must go on when a fragment is damaged: its id is named, and the other hits are whole. */
export async function searchReadable(
  context: RequestContext,
  sessionId: string,
  options: { readonly query: string; readonly first: number },
): Promise<SearchResult & { readonly unreadable: string[] }> {
  const { hits, indexedThrough } = await searchSession(context, sessionId, options);
  const read = await Promise.all(hits.map(({ fragmentId }) => readOrNull(context, fragmentId)));
  return {
    hits: hits.filter((_, at) => read[at] !== null),
    indexedThrough,
    unreadable: hits.filter((_, at) => read[at] === null).map(({ fragmentId }) => fragmentId),
  };
}

async function readOrNull({ fragmentLoader }: RequestContext, fragmentId: string): Promise<FragmentNode | null> {
  try {
    return await fragmentLoader.load(fragmentId);
  } catch (error) {
    if (error instanceof ContractError && error.code === 'FRAGMENT_CORRUPT') return null;
    throw error;
  }
}
