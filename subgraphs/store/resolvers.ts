import { ContractError } from '@supercontext/contract';
import { announceFragments } from './announce-fragments.ts';
import { backupStore } from './backup-store.ts';
import { eraseSession } from './erase-session.ts';
import { checkSessionId, formatFragmentId } from './fragment-id.ts';
import type { Resolvers, Role, SourceKind } from './generated/resolvers.ts';
import { listFragments } from './list-fragments.ts';
import { putFragments } from './put-fragments.ts';
import { loadFragments } from './read-fragments.ts';
import { searchReadable, searchSession } from './search-session.ts';

/** The store knows of a session only what was announced; whether it exists is the context stage's to say. */
export interface SessionReference {
  readonly id: string;
}

const MAXIMUM_SESSIONS = 1_000;
const MAXIMUM_ENTRIES = 4_096;
const SHARD = { name: 'embedded' };

export const resolvers: Resolvers = {
  Query: {
    fragments: (_parent, { ids }, { fragmentLoader }) => loadFragments(fragmentLoader, ids),
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
    searchSession: async (_parent, { sessionId, query, first }, context) => {
      checkSessionId(sessionId);
      return searchReadable(context, sessionId, { query, first });
    },
  },
  Mutation: {
    putFragments: (_parent, { input }, context) => putFragments(context, input),
    announceFragments: (_parent, { input }, context) => announceFragments(context, input),
    backupStore: (_parent, { folder }, context) => backupStore(context, folder),
    eraseFromStore: (_parent, { sessionId }, context) => eraseSession(context, sessionId),
  },
  Session: {
    __resolveReference: ({ id }) => ({ id }),
    fragments: ({ id }, { first, after }, { fragments }) =>
      listFragments(fragments, id, { first: first ?? 50, after: after ?? null }),
    search: async ({ id }, { query, first }, context) =>
      (await searchSession(context, id, { query, first: first ?? 10 })).hits,
    storage: async ({ id }, _arguments, { fragments, indexes }) => {
      const { knownThrough, tokens } = await fragments.known(id);
      const sizeBytes = await fragments.sizeBytes(id);
      const none = { indexedThrough: -1, sealedSegments: 0 };
      const index =
        knownThrough < 0
          ? none
          : await indexes.use(id, knownThrough, ({ indexedThrough, sealedSegments }) => ({
              indexedThrough,
              sealedSegments,
            }));
      return { fragments: knownThrough + 1, tokens, sizeBytes, ...index };
    },
  },
  Fragment: {
    __resolveReference: ({ id }, { fragmentLoader }) => fragmentLoader.load(id),
    text: ({ fragment }) => fragment.text,
    tokens: ({ fragment }) => fragment.tokens,
    role: ({ fragment }) => fragment.role.toUpperCase() as Role,
    source: ({ fragment: { source } }) => ({ kind: source.kind.toUpperCase() as SourceKind, name: source.name }),
    contractVersion: ({ fragment }) => fragment.contractVersion,
    shard: () => SHARD,
    createdAt: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
  },
  FragmentEdge: {
    node: ({ fragmentId }, _arguments, { fragmentLoader }) => fragmentLoader.load(fragmentId),
  },
  FragmentHit: {
    fragment: ({ fragmentId }, _arguments, { fragmentLoader }) => fragmentLoader.load(fragmentId),
  },
  Node: { __resolveType: () => 'Fragment' },
};

function checkRange(argument: string, value: number, from: number, through: number): void {
  if (value >= from && value <= through) return;
  throw new ContractError('INPUT_INVALID', `${argument}: ${from} to ${through}, got ${value}`, { argument });
}
