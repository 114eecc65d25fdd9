import { join } from 'node:path';
import { ContractError, type ErrorCode } from '@supercontext/contract';
import { workingSetResolvers } from '@supercontext/runtime/serve/working-set-resolvers.ts';
import { appendDelta } from './append-delta.ts';
import { assembleWorkingSet } from './assemble-working-set.ts';
import { beginTurn } from './begin-turn.ts';
import { checkQuestion } from './check-delta.ts';
import { cursorUnknown, decodeCursor, encodeCursor, page, pageSize } from './connections.ts';
import { deltaOf } from './delta-input.ts';
import { eraseSession } from './erase-session.ts';
import type { Resolvers, UserError } from './generated/resolvers.ts';
import { openSession } from './open-session.ts';
import { recordAnswer } from './record-answer.ts';
import { formatTurnId, parseNodeId, sessionNotFound } from './session-id.ts';
import { checkBudget } from './working-set/shares.ts';

/** What a caller can put right comes back as data; everything else is an error of the request. */
const CORRECTABLE: ReadonlySet<ErrorCode> = new Set([
  'CONTRACT_VERSION_UNKNOWN',
  'INPUT_INVALID',
  'DELTA_EMPTY',
  'DELTA_TOO_LARGE',
  'TEXT_INVALID',
  'REVISION_CONFLICT',
  'IDEMPOTENCY_KEY_REUSED',
  'SESSION_NOT_FOUND',
]);

/** How long a read waits for a replication that is under way or has failed before. */
const SETTLE_PATIENCE_MS = 500;

export const resolvers: Resolvers = {
  ...workingSetResolvers,
  Query: {
    node: async (_parent, { id }, { loaders }) => {
      const named = parseNodeId(id);
      switch (named?.kind) {
        case 'session':
          return named && withType('Session', await loaders.sessions.load(named.sessionId));
        case 'turn':
          return withType('Turn', await loaders.turns.load(named));
        case 'fragment':
          return { __typename: 'Fragment', id };
        case 'summary':
          return { __typename: 'Summary', id };
        case 'generation':
          return { __typename: 'Generation', id };
        case undefined:
          return null;
      }
    },
    session: (_parent, { id }, { loaders }) => loaders.sessions.load(id),
    sessions: async (_parent, { first, after }, { state }) => {
      const size = pageSize(first);
      const before = after === null || after === undefined ? null : placeOf(decodeCursor('sessions', after));
      const sessions = await state.log.newest(size + 1, before);
      return page(sessions, size, ({ place }) => encodeCursor('sessions', String(place)));
    },
  },
  Mutation: {
    openSession: (_parent, { input }, { state }) =>
      orUserError({ session: null }, async () => ({ session: await openSession(state, input) })),
    appendContext: (_parent, { input }, { state, signal, contractVersion }) =>
      orUserError({ session: null, receipt: null }, async () => {
        const { session, receipt, replayed } = await appendDelta(state, deltaOf(input, contractVersion), signal);
        return { session, receipt: { ...receipt, replayed } };
      }),
    beginTurn: (_parent, { input }, { state, signal }) => beginTurn(state, { ...input, signal }),
    recordAnswer: (_parent, { input }, { state }) => recordAnswer(state, input),
    backupContext: async (_parent, { folder }, { state }) => {
      await state.log.backupTo(join(folder, 'log.sqlite'));
      return ['log.sqlite'];
    },
    eraseFromContext: (_parent, { sessionId }, { state }) => eraseSession(state, sessionId),
  },
  Session: {
    __resolveReference: ({ id }, { loaders }) => loaders.sessions.load(id),
    createdAt: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    fragmentCount: ({ fragments }) => fragments,
    logDigest: async ({ id, fragments }, _arguments, { state }) => {
      // Asked for by who is about to read the store: what it has yet to be told, it is told now. If not, it says so itself.
      await state.replicator.settle(id, fragments - 1, SETTLE_PATIENCE_MS).catch(() => {});
      const digest = await state.log.digest(id, fragments - 1);
      if (digest === null) throw sessionNotFound();
      return digest;
    },
    turns: async ({ id }, { first, after }, { state }) => {
      const size = pageSize(first);
      const list = `turns ${id}`;
      const from = after === null || after === undefined ? 0 : 1 + placeOf(decodeCursor(list, after));
      const turns = await state.log.turns(id, from, size + 1);
      return page(turns, size, ({ index }) => encodeCursor(list, String(index)));
    },
    workingSet: (session, { query, budgetTokens }, { state, signal }) => {
      checkQuestion(query, 'query');
      checkBudget(budgetTokens);
      return assembleWorkingSet(state, { session, question: query, budgetTokens, signal });
    },
  },
  Turn: {
    __resolveReference: async ({ id }, { loaders }) => {
      const named = parseNodeId(id);
      return named?.kind === 'turn' ? loaders.turns.load(named) : null;
    },
    id: ({ sessionId, index }) => formatTurnId(sessionId, index),
    session: async ({ sessionId }, _arguments, { loaders }) => {
      const session = await loaders.sessions.load(sessionId);
      if (session === null) throw sessionNotFound();
      return session;
    },
    createdAt: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
  },
  UserError: { __resolveType: (error) => ('currentRevision' in error ? 'RevisionConflict' : 'InputRejected') },
};

function withType<Type extends string, Value extends object>(type: Type, value: Value | null) {
  return value === null ? null : { ...value, __typename: type };
}

function placeOf(place: string): number {
  if (!/^\d{1,15}$/.test(place)) throw cursorUnknown();
  return Number(place);
}

/** The payload of a mutation: what it did, or nothing and why not. */
async function orUserError<Done extends object, Nothing extends object>(
  nothing: Nothing,
  work: () => Promise<Done>,
): Promise<(Done | Nothing) & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (!(error instanceof ContractError) || !CORRECTABLE.has(error.code)) throw error;
    const { code, message, details } = error;
    const { currentRevision } = details;
    return {
      ...nothing,
      userErrors: [{ code, message, ...(currentRevision === undefined ? {} : { currentRevision }) }],
    };
  }
}
