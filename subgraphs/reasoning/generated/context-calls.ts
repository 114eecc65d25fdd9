/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AskAgainInput = {
  /** For the working set, 0 for none. */
  budgetTokens: number;
  turnId: string;
};

export type BeginTurnInput = {
  /** For the working set, 0 for none. */
  budgetTokens: number;
  /** 1-128 characters; the same key twice returns the same turn. */
  idempotencyKey: string;
  prompt: string;
  /** The session. */
  sessionId: string;
};

/** What went wrong, by a code of the contract's error table: match on it. Codes are added to, never renamed and never reused. */
export type ErrorCode =
  /** A token budget is out of range, or cannot hold what must be in it. */
  | 'BUDGET_EXCEEDED'
  /** The Host or Origin of the request is not one this gateway answers. */
  | 'CALLER_REFUSED'
  /** The caller or somebody with the same rights cancelled the work. */
  | 'CANCELLED'
  /** Prompt and answer together are longer than the model's window. */
  | 'CONTEXT_WINDOW_EXCEEDED'
  /** The request or message names a contract version this stage does not speak. */
  | 'CONTRACT_VERSION_UNKNOWN'
  /** A cursor was not issued by this list or stream. */
  | 'CURSOR_UNKNOWN'
  /** A stage did not answer in time; whether a write took place is unknown. */
  | 'DEADLINE_EXCEEDED'
  /** A delta carries no text. */
  | 'DELTA_EMPTY'
  /** A delta is larger than one request may be. */
  | 'DELTA_TOO_LARGE'
  /** The session has no document with this path. */
  | 'DOCUMENT_NOT_FOUND'
  /** The bytes of a fragment at rest no longer match its hash; they are never served. */
  | 'FRAGMENT_CORRUPT'
  /** The session lists a fragment or summary that the store lacks. */
  | 'FRAGMENT_MISSING'
  /** No generation has this id. */
  | 'GENERATION_NOT_FOUND'
  /** An idempotency key comes again with other content. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** An argument is outside its documented range. */
  | 'INPUT_INVALID'
  /** A fault of this program. */
  | 'INTERNAL'
  /** Bytes or JSON do not form a message of the contract version they name. */
  | 'MESSAGE_MALFORMED'
  /** The engine stopped in the middle of a generation. */
  | 'MODEL_FAILED'
  /** A model file is damaged, truncated, of another kind or not the one its manifest names. */
  | 'MODEL_INVALID'
  /** The engine's queue is full; nothing was started. */
  | 'MODEL_OVERLOADED'
  /** A model's server refuses the question: for its key, the model's name, what was asked for, or its own rules. */
  | 'MODEL_REFUSED'
  /** A model cannot be used now: its server does not answer, or its weights or its key are not there. */
  | 'MODEL_UNAVAILABLE'
  /** No model or engine of this name is loaded. */
  | 'MODEL_UNKNOWN'
  /** A document, or what is sent with it, is deeper, wider or longer than is taken. */
  | 'REQUEST_TOO_COMPLEX'
  /** A request body is over the front door's limit. */
  | 'REQUEST_TOO_LARGE'
  /** A stage was called by somebody without the platform's signing key. */
  | 'REQUEST_UNSIGNED'
  /** BaseRevision is not the session's current revision. */
  | 'REVISION_CONFLICT'
  /** More connections, large bodies, or operations of one connection that are open or wait for their answers, than are taken at once; nothing was started. */
  | 'SERVER_BUSY'
  /** No session has this id. */
  | 'SESSION_NOT_FOUND'
  /** A reader of a stream fell further behind than its buffer. */
  | 'SLOW_CONSUMER'
  /** A file or row of a stage's state is not what was written there; it is never served. */
  | 'STORAGE_CORRUPT'
  /** The disk has no room for the write; nothing of it was acknowledged. */
  | 'STORAGE_FULL'
  /** The state of a stage cannot be reached or is locked. */
  | 'STORAGE_UNAVAILABLE'
  /** The store has yet to be told a part of the log that the answer would need. */
  | 'STORE_BEHIND'
  /** A stage went away in the middle of a stream. */
  | 'SUBGRAPH_CONNECTION_LOST'
  /** A stage does not answer. */
  | 'SUBGRAPH_UNAVAILABLE'
  /** Text holds lone surrogates or NUL characters, as a binary file read as text does. */
  | 'TEXT_INVALID'
  /** A session, or a part of it, could not be searched by meaning: no embedder, one that is slow, or vectors still to be made. */
  | 'VECTORS_MISSING';

export type RecordAnswerInput = {
  /** When it was begun: of the answers to a turn the session says the one that was begun last. */
  begunAt?: string | null | undefined;
  /** The generation that answered: the same id twice has the effect of once. */
  generationId: string;
  text: string;
  turnId: string;
};

/** Who speaks. */
export type Role =
  /** A model. */
  | 'ASSISTANT'
  /** Nobody: it is a text. */
  | 'DOCUMENT'
  /** Instructions for the model. */
  | 'SYSTEM'
  /** A program that a model called. */
  | 'TOOL'
  /** A person. */
  | 'USER';

/** Why a segment is in the working set, in the order of the layout. */
export type SegmentReason =
  /** Summaries of the whole session. */
  | 'DIGEST'
  /** Found for the question. */
  | 'EVIDENCE'
  /** Reserved: nothing pins as yet. */
  | 'PIN'
  /** The latest turns. */
  | 'RECENT'
  /** Instructions of the session. */
  | 'SYSTEM';

/** What a text comes from. */
export type SourceKind =
  /** A message. */
  | 'CHAT'
  /** A file. */
  | 'FILE'
  /** A text without a path. */
  | 'TEXT';

export type BeginTurnMutationVariables = Exact<{
  input: BeginTurnInput;
}>;


export type BeginTurnMutation = { beginTurn: { turn: { id: string }, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }>, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, metadata: string | null, text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, source: { kind: SourceKind, name: string | null } | null, fragment: { id: string } | null, summary: { id: string } | null }
        | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, fragment: { id: string } | null, summary: { id: string } | null }
      > } } };

export type AskAgainMutationVariables = Exact<{
  input: AskAgainInput;
}>;


export type AskAgainMutation = { askAgain: { workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }>, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, metadata: string | null, text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, source: { kind: SourceKind, name: string | null } | null, fragment: { id: string } | null, summary: { id: string } | null }
        | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, fragment: { id: string } | null, summary: { id: string } | null }
      > } } };

export type TurnPromptQueryVariables = Exact<{
  id: string;
}>;


export type TurnPromptQuery = { node:
    | { __typename: 'Fragment' }
    | { __typename: 'Generation' }
    | { __typename: 'Session' }
    | { __typename: 'Summary' }
    | { __typename: 'Turn', prompt: string }
   | null };

export type WorkingSetFieldsFragment = { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }>, segments: Array<
    | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, metadata: string | null, text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, source: { kind: SourceKind, name: string | null } | null, fragment: { id: string } | null, summary: { id: string } | null }
    | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, fragment: { id: string } | null, summary: { id: string } | null }
  > };

export type RecordAnswerMutationVariables = Exact<{
  input: RecordAnswerInput;
}>;


export type RecordAnswerMutation = { recordAnswer: { revision: number } };

export type EraseFromContextMutationVariables = Exact<{
  sessionId: string;
}>;


export type EraseFromContextMutation = { eraseFromContext: { existed: boolean, turns: number, fragments: number, sharedFragments: number, waitingFragments: number, sizeBytes: number, segments: number, summaries: number, jobs: number } };

export type PartWorkingSetQueryVariables = Exact<{
  sessionId: string;
  query: string;
  budgetTokens: number;
}>;


export type PartWorkingSetQuery = { session: { workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }>, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, metadata: string | null, text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, source: { kind: SourceKind, name: string | null } | null, fragment: { id: string } | null, summary: { id: string } | null }
        | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, fragment: { id: string } | null, summary: { id: string } | null }
      > } } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const WorkingSetFieldsFragmentDoc = new TypedDocumentString(`
    fragment WorkingSetFields on WorkingSet {
  revision
  budgetTokens
  tokens
  sessionTokens
  indexedThrough
  confidence
  omitted {
    fragments
    tokens
  }
  degraded {
    stage
    code
    message
  }
  segments {
    __typename
    text
    tokens
    reason
    score
    from
    through
    verbatim
    modelWritten
    fragment {
      id
    }
    summary {
      id
    }
    ... on FragmentSegment {
      role
      speaker
      source {
        kind
        name
      }
      occurredAt
      metadata
    }
  }
}
    `, {"fragmentName":"WorkingSetFields"}) as unknown as TypedDocumentString<WorkingSetFieldsFragment, unknown>;
export const BeginTurnDocument = new TypedDocumentString(`
    mutation BeginTurn($input: BeginTurnInput!) {
  beginTurn(input: $input) {
    turn {
      id
    }
    workingSet {
      ...WorkingSetFields
    }
  }
}
    fragment WorkingSetFields on WorkingSet {
  revision
  budgetTokens
  tokens
  sessionTokens
  indexedThrough
  confidence
  omitted {
    fragments
    tokens
  }
  degraded {
    stage
    code
    message
  }
  segments {
    __typename
    text
    tokens
    reason
    score
    from
    through
    verbatim
    modelWritten
    fragment {
      id
    }
    summary {
      id
    }
    ... on FragmentSegment {
      role
      speaker
      source {
        kind
        name
      }
      occurredAt
      metadata
    }
  }
}`) as unknown as TypedDocumentString<BeginTurnMutation, BeginTurnMutationVariables>;
export const AskAgainDocument = new TypedDocumentString(`
    mutation AskAgain($input: AskAgainInput!) {
  askAgain(input: $input) {
    workingSet {
      ...WorkingSetFields
    }
  }
}
    fragment WorkingSetFields on WorkingSet {
  revision
  budgetTokens
  tokens
  sessionTokens
  indexedThrough
  confidence
  omitted {
    fragments
    tokens
  }
  degraded {
    stage
    code
    message
  }
  segments {
    __typename
    text
    tokens
    reason
    score
    from
    through
    verbatim
    modelWritten
    fragment {
      id
    }
    summary {
      id
    }
    ... on FragmentSegment {
      role
      speaker
      source {
        kind
        name
      }
      occurredAt
      metadata
    }
  }
}`) as unknown as TypedDocumentString<AskAgainMutation, AskAgainMutationVariables>;
export const TurnPromptDocument = new TypedDocumentString(`
    query TurnPrompt($id: ID!) {
  node(id: $id) {
    __typename
    ... on Turn {
      prompt
    }
  }
}
    `) as unknown as TypedDocumentString<TurnPromptQuery, TurnPromptQueryVariables>;
export const RecordAnswerDocument = new TypedDocumentString(`
    mutation RecordAnswer($input: RecordAnswerInput!) {
  recordAnswer(input: $input) {
    revision
  }
}
    `) as unknown as TypedDocumentString<RecordAnswerMutation, RecordAnswerMutationVariables>;
export const EraseFromContextDocument = new TypedDocumentString(`
    mutation EraseFromContext($sessionId: ID!) {
  eraseFromContext(sessionId: $sessionId) {
    existed
    turns
    fragments
    sharedFragments
    waitingFragments
    sizeBytes
    segments
    summaries
    jobs
  }
}
    `) as unknown as TypedDocumentString<EraseFromContextMutation, EraseFromContextMutationVariables>;
export const PartWorkingSetDocument = new TypedDocumentString(`
    query PartWorkingSet($sessionId: ID!, $query: String!, $budgetTokens: Int!) {
  session(id: $sessionId) {
    workingSet(query: $query, budgetTokens: $budgetTokens) {
      ...WorkingSetFields
    }
  }
}
    fragment WorkingSetFields on WorkingSet {
  revision
  budgetTokens
  tokens
  sessionTokens
  indexedThrough
  confidence
  omitted {
    fragments
    tokens
  }
  degraded {
    stage
    code
    message
  }
  segments {
    __typename
    text
    tokens
    reason
    score
    from
    through
    verbatim
    modelWritten
    fragment {
      id
    }
    summary {
      id
    }
    ... on FragmentSegment {
      role
      speaker
      source {
        kind
        name
      }
      occurredAt
      metadata
    }
  }
}`) as unknown as TypedDocumentString<PartWorkingSetQuery, PartWorkingSetQueryVariables>;