import { CONTRACT_VERSION, type Segment, type SegmentReason, tokens, type WorkingSet } from '@supercontext/contract';
import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import {
  BeginTurnDocument,
  type BeginTurnMutation,
  EraseFromContextDocument,
  type EraseFromContextMutation,
  RecordAnswerDocument,
} from '../generated/context-calls.ts';

interface TurnRequest {
  readonly sessionId: string;
  readonly prompt: string;
  readonly idempotencyKey: string;
  readonly budgetTokens: number;
}

export interface BegunTurn {
  readonly turnId: string;
  readonly workingSet: WorkingSet;
}

export interface Answer {
  readonly turnId: string;
  readonly generationId: string;
  readonly text: string;
}

export type ContextErasure = EraseFromContextMutation['eraseFromContext'];

/** The store looks through the logs of all sessions. */
const ERASE_DEADLINE_MS = 90_000;

/** What this stage wants of the context stage. */
export interface ContextStage {
  /**
   * Records a question as the next turn and brings what the model shall see. Idempotent by key.
   * @throws ContractError SESSION_NOT_FOUND, BUDGET_EXCEEDED and whatever else the context stage says; SUBGRAPH_UNAVAILABLE,
   *   DEADLINE_EXCEEDED.
   */
  beginTurn(request: TurnRequest): Promise<BegunTurn>;

  /** Appends the answer of a turn to the session's log. Idempotent by generation. Throws as `beginTurn` does. */
  recordAnswer(answer: Answer, deadlineMs: number): Promise<void>;

  /** Erases a session in the context stage and those below. Idempotent. Throws as `beginTurn` does. */
  erase(sessionId: string): Promise<ContextErasure>;
}

type WorkingSetNode = BeginTurnMutation['beginTurn']['workingSet'];

export function contextStage(client: SubgraphClient): ContextStage {
  return {
    async beginTurn(request) {
      const { beginTurn } = await client.call(BeginTurnDocument, { input: request });
      return { turnId: beginTurn.turn.id, workingSet: workingSetOf(request.sessionId, beginTurn.workingSet) };
    },
    async erase(sessionId) {
      const options = { deadlineMs: ERASE_DEADLINE_MS };
      return (await client.call(EraseFromContextDocument, { sessionId }, options)).eraseFromContext;
    },
    async recordAnswer(answer, deadlineMs) {
      await client.call(RecordAnswerDocument, { input: answer }, { deadlineMs });
    },
  };
}

const REASONS: Readonly<Record<WorkingSetNode['segments'][number]['reason'], SegmentReason>> = {
  SYSTEM: 'system',
  PIN: 'pin',
  DIGEST: 'digest',
  RECENT: 'recent',
  EVIDENCE: 'evidence',
};

/** The graph's working set as the contract writes it down. */
function workingSetOf(sessionId: string, node: WorkingSetNode): WorkingSet {
  return {
    contractVersion: CONTRACT_VERSION,
    sessionId,
    revision: node.revision,
    budgetTokens: tokens(node.budgetTokens),
    tokens: tokens(node.tokens),
    sessionTokens: tokens(node.sessionTokens),
    segments: node.segments.map(segmentOf),
    omitted: { fragments: node.omitted.fragments, tokens: tokens(node.omitted.tokens) },
    indexedThrough: node.indexedThrough,
    degraded: node.degraded,
  };
}

function segmentOf(node: WorkingSetNode['segments'][number]): Segment {
  const isFragment = node.__typename === 'FragmentSegment';
  return {
    kind: isFragment ? 'fragment' : 'summary',
    id: isFragment ? node.fragment.id : node.summary.id,
    reason: REASONS[node.reason],
    score: node.score,
    text: node.text,
    tokens: tokens(node.tokens),
    from: node.from,
    through: node.through,
    verbatim: node.verbatim,
  };
}
