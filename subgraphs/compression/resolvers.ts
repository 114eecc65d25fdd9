import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { checkSession } from './check-session.ts';
import { eraseSession } from './erase-session.ts';
import type { Resolvers } from './generated/resolvers.ts';
import { leaveOutBy } from './leave-out.ts';
import { readChildren } from './read-children.ts';
import { readStatus, watchProgress } from './read-status.ts';
import { loadSummaries, summaryNode } from './read-summaries.ts';
import { chooseDigest } from './tree/choose-digest.ts';
import { isSessionId } from './tree/node-plan.ts';

const MINIMUM_BUDGET_TOKENS = 64;

export const resolvers: Resolvers = {
  Query: {
    summaries: async (_parent, { ids }, { summaryLoader }) => [...(await loadSummaries(ids, summaryLoader))],
  },
  Mutation: {
    async scheduleCompression(_parent, { input: { sessionId, through } }, { planner, queue, vectors, giveWay }) {
      checkSessionId(sessionId);
      giveWay.noteTurn();
      if (through < 0) throw new ContractError('INPUT_INVALID', 'through: at least 0', { argument: 'through' });
      planner.hint(sessionId, through);
      vectors?.hint(sessionId);
      const { ready, leased } = await queue.stats(sessionId);
      return { pendingJobs: ready + leased };
    },
    async backupCompression(_parent, { folder }, { summaries }) {
      await summaries.backupTo(join(folder, 'summaries.sqlite'));
      return ['summaries.sqlite'];
    },
    eraseFromCompression(_parent, { sessionId }, context) {
      checkSessionId(sessionId);
      return eraseSession(context, sessionId);
    },
  },
  Subscription: {
    compressionProgress: {
      async subscribe(_parent, { sessionId }, context) {
        await checkSession(sessionId, context);
        return readings(watchProgress(sessionId, context, context.signal));
      },
    },
  },
  Session: {
    __resolveReference: (reference) => reference,
    digest: (
      { id, withdrawnDigest },
      { budgetTokens },
      { store, summaries, planner, summaryLoader, vectors, giveWay },
    ) =>
      hop('read-digest', async (note) => {
        giveWay.noteTurn();
        vectors?.noteAsked(id);
        if (budgetTokens < MINIMUM_BUDGET_TOKENS) {
          throw new ContractError('BUDGET_EXCEEDED', `budgetTokens: at least ${MINIMUM_BUDGET_TOKENS}`, {
            minimum: MINIMUM_BUDGET_TOKENS,
          });
        }
        if (withdrawnDigest !== undefined) await leaveOutBy(id, withdrawnDigest, { store, summaries, planner });
        const frontier = (await summaries.frontier(id)).filter(({ originalTokens }) => originalTokens > 0);
        const nodes = chooseDigest(frontier, budgetTokens);
        note({ tokens: nodes.reduce((sum, node) => sum + node.tokens, 0) });
        return nodes.map((node) => summaryNode(node.id, summaryLoader));
      }),
    compression: ({ id }, _arguments, context) => readStatus(id, context),
  },
  Summary: {
    __resolveReference: async ({ id }, { summaryLoader }) =>
      (await summaryLoader.load(id)) === null ? null : summaryNode(id, summaryLoader),
    level: async (node) => (await node.read()).summary.level,
    text: async (node) => (await node.read()).summary.text,
    tokens: async (node) => (await node.read()).summary.tokens,
    originalTokens: async (node) => (await node.read()).originalTokens,
    from: async (node) => (await node.read()).summary.from,
    through: async (node) => (await node.read()).summary.through,
    children: (node, _arguments, { summaryLoader }) => readChildren(node, summaryLoader),
    method: async (node) => ({ ...(await node.read()).summary.method }),
    fidelity: async (node) => (await node.read()).summary.fidelity,
  },
  SummaryChild: { __resolveType: ({ kind }) => (kind === 'summary' ? 'Summary' : 'Fragment') },
  Node: { __resolveType: () => 'Summary' },
};

async function* readings<Reading>(
  source: AsyncGenerator<Reading, void, undefined>,
): AsyncGenerator<{ compressionProgress: Reading }, void, undefined> {
  for await (const reading of source) yield { compressionProgress: reading };
}

function checkSessionId(sessionId: string): void {
  if (isSessionId(sessionId)) return;
  throw new ContractError('INPUT_INVALID', 'sessionId is not the id of a session', { argument: 'sessionId' });
}
