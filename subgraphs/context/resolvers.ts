import { join } from 'node:path';
import { ContractError, type ErrorCode } from '@supercontext/contract';
import { encodeCursor, pageInfoOf, pageRequest, stretchOf } from '@supercontext/runtime/serve/connections.ts';
import { orUserErrors } from '@supercontext/runtime/serve/user-errors.ts';
import { workingSetResolvers } from '@supercontext/runtime/serve/working-set-resolvers.ts';
import { appendDelta } from './append-delta.ts';
import { askAgain } from './ask-again.ts';
import { assembleWorkingSet } from './assemble-working-set.ts';
import { beginTurn } from './begin-turn.ts';
import { removeDocument, replaceDocument } from './change-document.ts';
import { archiveSession, renameSession } from './change-session.ts';
import { checkQuestion } from './check-delta.ts';
import { deltaOf } from './delta-input.ts';
import { documentChangesOf } from './document-changes.ts';
import { eraseSession } from './erase-session.ts';
import type { Resolvers } from './generated/resolvers.ts';
import { learnDocuments } from './learn-documents.ts';
import { listDocuments } from './list-documents.ts';
import { listSessions, PAGE_SIZES } from './list-sessions.ts';
import { openSession } from './open-session.ts';
import { recordAnswer } from './record-answer.ts';
import { formatTurnId, parseNodeId, sessionNotFound } from './session-id.ts';
import { checkBudget } from './working-set/shares.ts';
import { shownFragments } from './working-set/shown-entries.ts';

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
  'DOCUMENT_NOT_FOUND',
]);

const NO_SESSION = { session: null };

const ORDER = { LAST_ACTIVITY: 'activity', CREATED: 'creation' } as const;

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
    sessions: (_parent, { filter, orderBy, ...page }, { state }) =>
      listSessions(state.log, {
        ...page,
        orderBy: ORDER[orderBy],
        archived: filter?.archived === undefined ? false : filter.archived,
        titleContains: filter?.titleContains ?? null,
      }),
  },
  Mutation: {
    openSession: (_parent, { input }, { state }) =>
      orUserErrors(CORRECTABLE, NO_SESSION, async () => ({ session: await openSession(state, input) })),
    renameSession: (_parent, { input: { sessionId, title = null } }, { state }) =>
      orUserErrors(CORRECTABLE, NO_SESSION, async () => ({
        session: await renameSession(state, { sessionId, title }),
      })),
    archiveSession: (_parent, { input: { sessionId, archived = true } }, { state }) =>
      orUserErrors(CORRECTABLE, NO_SESSION, async () => ({
        session: await archiveSession(state, { sessionId, archived }),
      })),
    appendContext: (_parent, { input }, { state, signal, contractVersion }) =>
      orUserErrors(CORRECTABLE, { ...NO_SESSION, receipt: null }, async () => {
        const delta = deltaOf(input, contractVersion);
        const changes = documentChangesOf(input);
        const { session, receipt, replayed } = await appendDelta(state, delta, { changes, signal });
        return { session, receipt: { ...receipt, replayed } };
      }),
    replaceDocument: (_parent, { input }, { state, signal }) =>
      orUserErrors(CORRECTABLE, { ...NO_SESSION, receipt: null, document: null }, async () => {
        const { session, receipt, replayed, document } = await replaceDocument(state, input, signal);
        return { session, document, receipt: { ...receipt, replayed } };
      }),
    removeDocument: (_parent, { input }, { state, signal }) =>
      orUserErrors(CORRECTABLE, NO_SESSION, async () => ({
        session: (await removeDocument(state, input, signal)).session,
      })),
    beginTurn: (_parent, { input }, { state, signal }) => beginTurn(state, { ...input, signal }),
    askAgain: (_parent, { input }, { state, signal }) => askAgain(state, { ...input, signal }),
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
    lastActivityAt: ({ lastActivityAtMs }) => new Date(lastActivityAtMs).toISOString(),
    archivedAt: ({ archivedAtMs }) => (archivedAtMs === null ? null : new Date(archivedAtMs).toISOString()),
    fragmentCount: shownFragments,
    logLength: ({ fragments }) => fragments,
    withdrawnDigest: ({ withdrawn }) => withdrawn.digest,
    documents: async (session, page, { state }) => {
      await learnDocuments(state, session);
      return listDocuments(state.log, session.id, page);
    },
    document: async (session, { path }, { state }) => {
      await learnDocuments(state, session);
      return (await state.log.documentsAt(session.id, [path]))[0] ?? null;
    },
    logDigest: async ({ id, fragments }, _arguments, { state }) => {
      // Asked for by who is about to read the store: what it has yet to be told, it is told now. If not, it says so itself.
      await state.replicator.settle(id, fragments - 1, SETTLE_PATIENCE_MS).catch(() => {});
      const digest = await state.log.digest(id, fragments - 1);
      if (digest === null) throw sessionNotFound();
      return digest;
    },
    turns: async ({ id, turns }, page, { state }) => {
      const list = `turns ${id}`;
      const stretch = stretchOf(pageRequest(list, page, PAGE_SIZES), turns);
      const found = await state.log.turns(id, stretch.from, Math.max(0, stretch.through - stretch.from + 1));
      const edges = found.map((node) => ({ cursor: encodeCursor(list, node.index), node }));
      return { edges, pageInfo: pageInfoOf(edges, stretch, turns) };
    },
    workingSet: (session, { query, budgetTokens }, { state, signal }) => {
      checkQuestion(query, 'query');
      checkBudget(budgetTokens);
      return assembleWorkingSet(state, { session, question: query, budgetTokens, signal });
    },
  },
  Document: { appendedAt: ({ appendedAtMs }) => new Date(appendedAtMs).toISOString() },
  SessionEdge: {
    node: ({ node }) => {
      if (node instanceof ContractError) throw node;
      return node;
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
