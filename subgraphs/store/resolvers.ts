import { ContractError } from '@supercontext/contract';
import { announceFragments } from './announce-fragments.ts';
import { backupStore } from './backup-store.ts';
import { countShown } from './count-shown.ts';
import { eraseSession } from './erase-session.ts';
import { checkSessionId, type FragmentName, formatFragmentId, parseFragmentId } from './fragment-id.ts';
import type { Resolvers, Role, SourceKind } from './generated/resolvers.ts';
import { listFragments } from './list-fragments.ts';
import { compareLog, storeBehind } from './log-gap.ts';
import { putFragments } from './put-fragments.ts';
import { missingVectors, putVectors } from './put-vectors.ts';
import { loadFragments, loadListed, readTexts } from './read-fragments.ts';
import { coverageOf } from './search/vectors/search-by-meaning.ts';
import { MAXIMUM_FIRST_OF_STAGES, type SearchResult, searchReadable, searchSession } from './search-session.ts';

const MAXIMUM_SESSIONS = 1_000;
const MAXIMUM_ENTRIES = 4_096;
const MAXIMUM_POSITIONS = 64;
/** Positions named of those that search cannot find. */
const MAXIMUM_UNSEARCHABLE = 64;

export const resolvers: Resolvers = {
  Query: {
    fragments: (_parent, { ids }, { fragmentLoader }) => loadFragments(fragmentLoader, ids),
    fragmentTexts: (_parent, { ids }, { fragmentLoader }) => readTexts(fragmentLoader, ids),
    knownSessions: async (_parent, { first, after }, { fragments }) => {
      checkRange('first', first, 1, MAXIMUM_SESSIONS);
      const sessions = await fragments.sessions(first, after ?? null);
      return sessions.map(({ sessionId, ...known }) => ({ id: sessionId, ...known }));
    },
    logEntries: async (_parent, { sessionId, from, first }, { fragments }) => {
      checkSessionId(sessionId);
      checkRange('from', from, 0, Number.MAX_SAFE_INTEGER);
      checkRange('first', first, 1, MAXIMUM_ENTRIES);
      const entries = await fragments.entries(sessionId, from, first);
      return entries.map(({ position, hash, tokens }) => ({
        position,
        tokens,
        fragmentId: formatFragmentId(sessionId, hash),
      }));
    },
    rankSession: async (_parent, { sessionId, query, first }, context) => {
      checkSessionId(sessionId);
      const found = await searchSession(context, sessionId, { query, first }, MAXIMUM_FIRST_OF_STAGES);
      return { ...withCount(found), instructions: [...found.instructions] };
    },
    searchSession: async (_parent, { sessionId, query, first }, context) => {
      checkSessionId(sessionId);
      return withCount(await searchReadable(context, sessionId, { query, first }));
    },
    missingVectors: (_parent, asked, context) => missingVectors(context, asked),
    withdrawn: async (_parent, { sessionId }, { fragments }) => {
      checkSessionId(sessionId);
      return Buffer.from((await fragments.withdrawn(sessionId)).encode()).toString('base64');
    },
    logDigests: async (_parent, { sessionId, positions }, { fragments }) => {
      checkSessionId(sessionId);
      checkRange('positions', positions.length, 0, MAXIMUM_POSITIONS);
      return Promise.all(positions.map((position) => fragments.digest(sessionId, position)));
    },
    storeInstance: (_parent, _arguments, { instance }) => instance,
  },
  Mutation: {
    putFragments: (_parent, { input }, context) => putFragments(context, input),
    announceFragments: (_parent, { input }, context) => announceFragments(context, input),
    putVectors: (_parent, { input }, context) => putVectors(context, input),
    backupStore: (_parent, { folder }, context) => backupStore(context, folder),
    eraseFromStore: (_parent, { sessionId }, context) => eraseSession(context, sessionId),
  },
  Session: {
    __resolveReference: (reference) => reference,
    fragments: (session, page, { fragments }) => listFragments(fragments, session, page),
    search: async (session, { query, first }, context) => {
      const { gap, lastPosition } = await compareLog(context.fragments, session);
      if (gap !== null) throw storeBehind(gap);
      const { hits } = await searchSession(context, session.id, { query, first: first ?? 10 });
      return hits.filter(({ position }) => session.logLength === undefined || position <= lastPosition);
    },
    storage: async (session, _arguments, { fragments, indexes, meaning }) => {
      const { id } = session;
      const { gap: behind } = await compareLog(fragments, session);
      const known = await fragments.known(id);
      const shown = await countShown(fragments, id);
      const sizeBytes = await fragments.sizeBytes(id);
      const none = { indexedThrough: -1, sealedSegments: 0 };
      const index =
        known.knownThrough < 0
          ? none
          : await indexes.use(id, known, ({ indexedThrough, sealedSegments }) => ({
              indexedThrough,
              sealedSegments,
            }));
      const vectorsIndexedThrough = (await coverageOf(meaning, id))?.through ?? null;
      return { ...shown, sizeBytes, behind, vectorsIndexedThrough, ...index };
    },
  },
  Fragment: {
    __resolveReference: ({ id }, { fragmentLoader }) => fragmentLoader.load(id),
    text: ({ fragment }) => fragment.text,
    tokens: ({ fragment }) => fragment.tokens,
    role: ({ fragment }) => fragment.role.toUpperCase() as Role,
    source: ({ fragment: { source } }) => ({ kind: source.kind.toUpperCase() as SourceKind, name: source.name }),
    contractVersion: ({ fragment }) => fragment.contractVersion,
    shard: ({ id }, _arguments, { fragments }) => {
      const { sessionId, hash } = parseFragmentId(id) as FragmentName;
      return { name: fragments.shardOf(sessionId, hash) };
    },
    createdAt: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
  },
  FragmentEdge: {
    node: ({ fragmentId }, _arguments, { fragmentLoader }) => loadListed(fragmentLoader, fragmentId),
  },
  FragmentHit: {
    fragment: ({ fragmentId }, _arguments, { fragmentLoader }) => loadListed(fragmentLoader, fragmentId),
  },
  Node: { __resolveType: () => 'Fragment' },
};

function checkRange(argument: string, value: number, from: number, through: number): void {
  if (value >= from && value <= through) return;
  throw new ContractError('INPUT_INVALID', `${argument}: ${from} to ${through}, got ${value}`, { argument });
}

function withCount<Found extends Pick<SearchResult, 'unsearchable' | 'degraded'>>(found: Found) {
  const { unsearchable } = found;
  return {
    ...found,
    degraded: [...found.degraded],
    unsearchableCount: unsearchable.length,
    unsearchable: unsearchable.slice(0, MAXIMUM_UNSEARCHABLE),
  };
}
