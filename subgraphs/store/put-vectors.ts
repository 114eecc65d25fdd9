import { ContractError } from '@supercontext/contract';
import { embedderOf } from '@supercontext/embed/embedders.ts';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { checkSessionId, formatFragmentId, parseFragmentId } from './fragment-id.ts';
import type { MissingVectors, PutVectorsInput } from './generated/resolvers.ts';
import { decodeFloats } from './search/vectors/stored-vectors.ts';
import { MOST_FRAGMENTS, type VectorSpace } from './search/vectors/vector-index.ts';
import type { StoreState } from './state.ts';

/**
 * The fragments of a session that have no vectors of an embedder, in order of position. When none is left the vectors of other embedders
 * are dropped: they have served until now.
 * @throws ContractError INPUT_INVALID, STORAGE_UNAVAILABLE
 */
export async function missingVectors(
  { meaning: { vectors } }: StoreState,
  {
    sessionId,
    embedder,
    after,
    first,
  }: { readonly sessionId: string; readonly embedder: string; readonly after?: number | null; readonly first: number },
): Promise<MissingVectors> {
  const space = spaceNamed(sessionId, embedder);
  if (first < 1 || first > MOST_FRAGMENTS) throw invalid('first', `1 to ${MOST_FRAGMENTS}, got ${first}`);
  if (after != null && after < -1) throw invalid('after', 'at least -1');
  const { entries, next } = await vectors.missing(space, after ?? null, first);
  if (entries.length === 0 && next === null) await dropOthers(vectors, space);
  return {
    entries: entries.map(({ position, hash, tokens }) => ({
      position,
      tokens,
      fragmentId: formatFragmentId(sessionId, hash),
    })),
    next,
  };
}

/**
 * Keeps the vectors of at most 512 fragments, as far as the log lists them as they are named: how many. Those of other embedders are
 * dropped with the last that was missing. Idempotent.
 * @throws ContractError INPUT_INVALID, STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function putVectors(
  { meaning: { vectors } }: StoreState,
  { sessionId, embedder, entries }: PutVectorsInput,
): Promise<number> {
  const space = spaceNamed(sessionId, embedder);
  if (entries.length > MOST_FRAGMENTS) throw invalid('entries', `at most ${MOST_FRAGMENTS}, got ${entries.length}`);
  const decoded = entries.map(({ position, fragmentId, vectors: encoded }, at) => {
    const id = parseFragmentId(fragmentId);
    if (id?.sessionId !== sessionId) throw invalid('entries', `entries[${at}].fragmentId is not of this session`);
    return { position, hash: id.hash, vectors: decodeFloats(encoded) };
  });
  return hop('put-vectors', async () => {
    const kept = await vectors.put(space, decoded);
    if (kept > 0) await dropOthers(vectors, space);
    return kept;
  });
}

async function dropOthers(vectors: StoreState['meaning']['vectors'], space: VectorSpace): Promise<void> {
  if ((await vectors.coverage(space)).lacking > 0) return;
  for (const other of await vectors.spaces(space.sessionId)) {
    if (other.model !== space.model) await vectors.drop(other);
  }
}

function spaceNamed(sessionId: string, embedder: string): VectorSpace {
  checkSessionId(sessionId);
  const manifest = embedderOf(embedder);
  if (manifest === null) throw invalid('embedder', 'no embedder of this version makes vectors of this name');
  return { sessionId, model: embedder, dimensions: manifest.dimensions };
}

function invalid(argument: string, what: string): ContractError {
  return new ContractError('INPUT_INVALID', `${argument}: ${what}`, { argument });
}
