import {
  ContractError,
  type Role,
  type Segment,
  type SegmentReason,
  type Source,
  tokens,
  type WorkingSet,
  WRITTEN_VERSIONS,
} from '@supercontext/contract';
import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import {
  AskAgainDocument,
  BeginTurnDocument,
  EraseFromContextDocument,
  type EraseFromContextMutation,
  PartWorkingSetDocument,
  RecordAnswerDocument,
  TurnPromptDocument,
  type WorkingSetFieldsFragment,
} from '../generated/context-calls.ts';
import { sessionOfTurn } from '../validate-ask.ts';

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
  /** When the generation was begun, in milliseconds since 1970. */
  readonly begunAtMs: number;
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

  /** The question of a turn. @throws ContractError INPUT_INVALID when there is no such turn; else as `beginTurn` */
  promptOf(turnId: string): Promise<string>;

  /** Brings what the model shall see for a question that was asked before, as the session is now. Throws as `beginTurn` does. */
  askAgain(request: { readonly turnId: string; readonly budgetTokens: number }): Promise<BegunTurn>;

  /** What a model would see for a question that is not asked: no turn is begun. Throws as `beginTurn` does. */
  workingSet(request: Omit<TurnRequest, 'idempotencyKey'>): Promise<WorkingSet>;

  /** Appends the answer of a turn to the session's log. Idempotent by generation. Throws as `beginTurn` does. */
  recordAnswer(answer: Answer, deadlineMs: number): Promise<void>;

  /** Erases a session in the context stage and those below. Idempotent. Throws as `beginTurn` does. */
  erase(sessionId: string): Promise<ContextErasure>;
}

type WorkingSetNode = WorkingSetFieldsFragment;

export function contextStage(client: SubgraphClient): ContextStage {
  return {
    async beginTurn(request) {
      const { beginTurn } = await client.call(BeginTurnDocument, { input: request });
      return { turnId: beginTurn.turn.id, workingSet: workingSetOf(request.sessionId, beginTurn.workingSet) };
    },
    async promptOf(turnId) {
      const { node } = await client.call(TurnPromptDocument, { id: turnId });
      if (node?.__typename === 'Turn') return node.prompt;
      throw new ContractError('INPUT_INVALID', 'turnId is not the id of a turn of a session', { argument: 'turnId' });
    },
    async askAgain(request) {
      const { askAgain } = await client.call(AskAgainDocument, { input: request });
      const sessionId = sessionOfTurn(request.turnId);
      return { turnId: request.turnId, workingSet: workingSetOf(sessionId, askAgain.workingSet) };
    },
    async workingSet({ sessionId, prompt, budgetTokens }) {
      const { session } = await client.call(PartWorkingSetDocument, { sessionId, query: prompt, budgetTokens });
      if (session === null) throw new ContractError('SESSION_NOT_FOUND', 'no session has this id');
      return workingSetOf(sessionId, session.workingSet);
    },
    async erase(sessionId) {
      const options = { deadlineMs: ERASE_DEADLINE_MS };
      return (await client.call(EraseFromContextDocument, { sessionId }, options)).eraseFromContext;
    },
    async recordAnswer({ turnId, generationId, text, begunAtMs }, deadlineMs) {
      const input = { turnId, generationId, text, begunAt: new Date(begunAtMs).toISOString() };
      await client.call(RecordAnswerDocument, { input }, { deadlineMs });
    },
  };
}

/** The graph's working set as the contract writes it down. */
function workingSetOf(sessionId: string, node: WorkingSetNode): WorkingSet {
  return {
    contractVersion: WRITTEN_VERSIONS.workingSet,
    sessionId,
    revision: node.revision,
    budgetTokens: tokens(node.budgetTokens),
    tokens: tokens(node.tokens),
    sessionTokens: tokens(node.sessionTokens),
    segments: node.segments.map(segmentOf),
    omitted: { fragments: node.omitted.fragments, tokens: tokens(node.omitted.tokens) },
    indexedThrough: node.indexedThrough,
    confidence: node.confidence ?? null,
    degraded: node.degraded,
  };
}

function segmentOf(node: WorkingSetNode['segments'][number]): Segment {
  const { score, text, from, through, verbatim, modelWritten } = node;
  return {
    kind: node.__typename === 'FragmentSegment' ? 'fragment' : 'summary',
    id: (node.fragment ?? node.summary)?.id ?? '',
    reason: small<SegmentReason>(node.reason),
    score,
    text,
    tokens: tokens(node.tokens),
    from,
    through,
    verbatim,
    modelWritten,
    ...(node.__typename === 'FragmentSegment' ? saidOf(node) : NOT_SAID),
  };
}

type FragmentSegmentNode = Extract<WorkingSetNode['segments'][number], { readonly __typename: 'FragmentSegment' }>;
type OfFragments = Pick<Segment, 'role' | 'speaker' | 'source' | 'occurredAtMs' | 'metadata'>;

const NOT_SAID: OfFragments = { role: null, speaker: null, source: null, occurredAtMs: null, metadata: null };

function saidOf({ role, speaker, source, occurredAt, metadata }: FragmentSegmentNode): OfFragments {
  return {
    role: role === null ? null : small<Role>(role),
    speaker,
    source: source === null ? null : { kind: small<Source['kind']>(source.kind), name: source.name },
    occurredAtMs: occurredAt === null ? null : Date.parse(occurredAt),
    metadata,
  };
}

function small<Word extends string>(capitals: Uppercase<Word>): Word {
  return capitals.toLowerCase() as Word;
}
