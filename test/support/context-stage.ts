import { readFileSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';

export interface FakeSegment {
  readonly text: string;
  readonly reason: 'SYSTEM' | 'PIN' | 'DIGEST' | 'RECENT' | 'EVIDENCE';
  readonly score?: number;
}

export interface RecordedAnswer {
  readonly turnId: string;
  readonly generationId: string;
  readonly text: string;
}

/** A context stage over real HTTP that keeps its sessions in memory. */
export interface ContextStageDouble extends RunningSubgraph {
  readonly turns: {
    readonly id: string;
    readonly prompt: string;
    readonly key: string;
    readonly budgetTokens: number;
  }[];
  readonly answers: RecordedAnswer[];
  /** Answers refused from now on, as if the stage's disk were full. */
  refuseAnswers: boolean;
}

/** Starts it; any session whose id does not end in 0 exists, and its working set is `segments`. */
export async function startContextDouble(segments: readonly FakeSegment[], log: Logger): Promise<ContextStageDouble> {
  const turns: { id: string; prompt: string; key: string; budgetTokens: number }[] = [];
  const answers: RecordedAnswer[] = [];
  const double = { turns, answers, refuseAnswers: false };
  const subgraph = await startSubgraph({
    stage: { name: 'context', version: 'test' },
    typeDefs: readFileSync(new URL('../../subgraphs/context/schema.graphql', import.meta.url), 'utf8'),
    resolvers: {
      Segment: { __resolveType: () => 'FragmentSegment' },
      UserError: { __resolveType: () => 'InputRejected' },
      Node: { __resolveType: () => 'Session' },
      Mutation: {
        beginTurn(
          _root: unknown,
          { input }: { input: { sessionId: string; prompt: string; idempotencyKey: string; budgetTokens: number } },
        ) {
          const { sessionId, prompt, idempotencyKey: key, budgetTokens } = input;
          if (sessionId.endsWith('0')) throw new ContractError('SESSION_NOT_FOUND', 'no session has this id');
          let turn = turns.find((candidate) => candidate.key === key && candidate.id.startsWith(sessionId));
          if (turn === undefined) {
            turn = { id: `${sessionId}.t${turns.length}`, prompt, key, budgetTokens };
            turns.push(turn);
          }
          return { turn: { id: turn.id }, workingSet: workingSet(sessionId, budgetTokens, segments) };
        },
        recordAnswer(_root: unknown, { input }: { input: RecordedAnswer }) {
          if (double.refuseAnswers) throw new ContractError('STORAGE_FULL', 'full');
          if (!answers.some(({ generationId }) => generationId === input.generationId)) answers.push({ ...input });
          return { revision: answers.length };
        },
      },
    },
    host: '127.0.0.1',
    port: 0,
    signingKey: null,
    context: (base) => base,
    log,
  });
  return Object.assign(double, subgraph);
}

function workingSet(sessionId: string, budgetTokens: number, segments: readonly FakeSegment[]): object {
  const tokensOf = (text: string) => Math.ceil(text.length / 4);
  const tokens = segments.reduce((total, { text }) => total + tokensOf(text), 0);
  return {
    revision: 3,
    budgetTokens,
    tokens,
    sessionTokens: tokens * 100,
    omitted: { fragments: 7, tokens: tokens * 99 },
    indexedThrough: 41,
    confidence: null,
    degraded: [],
    segments: segments.map(({ text, reason, score }, index) => ({
      text,
      reason,
      score: score ?? null,
      tokens: tokensOf(text),
      from: index,
      through: index,
      verbatim: true,
      modelWritten: false,
      role: 'DOCUMENT',
      speaker: null,
      source: { kind: 'FILE', name: null },
      occurredAt: null,
      metadata: null,
      fragment: { id: `${sessionId}.${index.toString(16).padStart(32, '0')}` },
    })),
  };
}
