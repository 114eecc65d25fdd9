import { join } from 'node:path';
import { ContractError, ERRORS, type ErrorCode, type TokenEvent } from '@supercontext/contract';
import { orUserErrors } from '@supercontext/runtime/serve/user-errors.ts';
import { numbered, workingSetResolvers } from '@supercontext/runtime/serve/working-set-resolvers.ts';
import { cancelGeneration } from './cancel-generation.ts';
import type { Certainty, GenerationStatus, ModelNeed, Resolvers } from './generated/resolvers.ts';
import type { GenerationRecord } from './generation.ts';
import type { ModelNeed as ModelNeedOfModel } from './model/model-shelf.ts';
import type { Certainty as CertaintyOfReading } from './reader/confidence.ts';
import type { RequestContext } from './request-context.ts';
import { streamTokens } from './stream-tokens.ts';
import { CORRECTABLE, checkSessionId } from './validate-ask.ts';

const STATUS: Readonly<Record<GenerationRecord['status'], GenerationStatus>> = {
  running: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
};

const EVENT_TYPE = {
  started: 'GenerationStarted',
  'evidence-chosen': 'EvidenceChosen',
  delta: 'TokenDelta',
  completed: 'GenerationCompleted',
  failed: 'GenerationFailed',
  cancelled: 'GenerationCancelled',
} as const;

const CERTAINTY: Readonly<Record<CertaintyOfReading, Certainty>> = {
  stated: 'STATED',
  unsure: 'UNSURE',
  'not-said': 'NOT_SAID',
};

const NEED: Readonly<Record<ModelNeedOfModel, ModelNeed>> = { weights: 'WEIGHTS', key: 'KEY', server: 'SERVER' };

const UNKNOWN_GENERATION: ReadonlySet<ErrorCode> = new Set(['GENERATION_NOT_FOUND']);

/** For the events that show how a generation stands: all but deltas. */
const withGeneration = {
  generation: (event: TokenEvent, _args: unknown, context: RequestContext) => generationOf(event.generationId, context),
};

export const resolvers: Resolvers = {
  ...workingSetResolvers,
  Query: {
    generation: (_root, { id }, context) => context.generations.load(id),
    models: (_root, _args, { models }) => models.list().then((list) => [...list]),
  },
  Mutation: {
    ask: (_root, { input }, { asking }) =>
      orUserErrors(CORRECTABLE, { generation: null }, async () => ({ generation: await asking.ask(input) })),
    regenerate: (_root, { input }, { asking }) =>
      orUserErrors(CORRECTABLE, { generation: null }, async () => ({ generation: await asking.regenerate(input) })),
    eraseSession: (_root, { input: { sessionId } }, { erasing }) =>
      orUserErrors(CORRECTABLE, { erased: null }, async () => {
        checkSessionId(sessionId);
        return { erased: await erasing.erase(sessionId) };
      }),
    backupReasoning: async (_root, { folder }, { events }) => {
      await events.backupTo(join(folder, 'generations.sqlite'));
      return ['generations.sqlite'];
    },
    async holdErasures(_root, { lease, seconds }, { erasing }) {
      if (lease === null || lease === undefined) return erasing.hold(seconds * 1_000);
      return (await erasing.holdLonger(lease, seconds * 1_000)) ? lease : null;
    },
    activateModel: (_root, { id }, { models }) => models.activate(id),
    rollbackModel: (_root, _args, { models }) => models.rollback(),
    cancelGeneration: (_root, { input: { generationId } }, context) =>
      orUserErrors(UNKNOWN_GENERATION, { generation: null }, async () => ({
        generation: (await cancelGeneration(generationId, context)) ?? generationNotFound(),
      })),
  },
  Subscription: {
    generationEvents: {
      subscribe: (_root, { generationId, after }, { events, contractVersion, signal }) =>
        streamTokens(events, { generationId, after, contractVersion }, signal) as never,
      resolve: (event: TokenEvent) => event as never,
    },
    generate: {
      async subscribe(_root, { input }, { asking, events, contractVersion, signal }) {
        const { id } = await asking.ask(input);
        return streamTokens(events, { generationId: id, contractVersion }, signal) as never;
      },
      resolve: (event: TokenEvent) => event as never,
    },
  },
  UserError: { __resolveType: () => 'InputRejected' },
  Node: { __resolveType: () => 'Generation' },
  GenerationEvent: { __resolveType: (event) => EVENT_TYPE[event.type] },
  GenerationStarted: withGeneration,
  EvidenceChosen: withGeneration,
  GenerationCompleted: withGeneration,
  GenerationCancelled: withGeneration,
  GenerationFailed: { ...withGeneration, retryable: ({ code }) => ERRORS[code].retryable },
  Generation: {
    __resolveReference: ({ id }, context) => context.generations.load(id) as Promise<GenerationRecord>,
    status: ({ status }) => STATUS[status],
    turn: ({ turnId }) => ({ id: turnId }),
    text: ({ outcome }) => outcome.text,
    usage: ({ outcome }) => outcome.usage,
    timings: ({ outcome }) => outcome.timings,
    hops: ({ outcome }) => [...outcome.hops],
    certainty: ({ outcome: { certainty } }) => (certainty === undefined ? null : CERTAINTY[certainty]),
    citations: citationsOf,
    createdAt: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
  },
  Model: {
    name: ({ id, name }) => name ?? id,
    server: ({ engine, provider }) => (engine === 'remote' ? provider : null),
    sizeBytes: ({ sizeBytes }) => sizeBytes ?? null,
    small: ({ isSmall }) => isSmall === true,
    needs: ({ need }) => (need == null ? null : NEED[need]),
    active: ({ active }) => active ?? null,
  },
  Turn: {
    __resolveReference: ({ id }) => ({ id }),
    generations: async ({ id }, _args, context) => [...(await context.generationsOfTurns.load(id))],
  },
};

async function generationOf(id: string, context: RequestContext): Promise<GenerationRecord> {
  const record = await context.generations.load(id);
  return record ?? generationNotFound();
}

function generationNotFound(): never {
  throw new ContractError('GENERATION_NOT_FOUND', 'no generation has this id');
}

function citationsOf({ outcome: { citations }, workingSet: { segments } }: GenerationRecord) {
  const shown = numbered(segments);
  return citations.flatMap(({ number, named, segment: place, quotes = [] }) => {
    const segment = shown[place];
    if (segment === undefined) return [];
    const { kind, id, text } = segment;
    const [fragment, summary] = kind === 'fragment' ? [{ id }, null] : [null, { id }];
    return [{ number, named, quotes: [...quotes], segment: { ...segment, number }, text, fragment, summary }];
  });
}
