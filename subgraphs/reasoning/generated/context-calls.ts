/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type BeginTurnInput = {
  /** For the working set, 0 for none. */
  budgetTokens: number;
  /** 1-128 characters; the same key twice returns the same turn. */
  idempotencyKey: string;
  prompt: string;
  sessionId: string;
};

export type RecordAnswerInput = {
  /** The generation that answered: the same id twice has the effect of once. */
  generationId: string;
  text: string;
  turnId: string;
};

/** Who speaks. */
export type Role =
  | 'ASSISTANT'
  | 'DOCUMENT'
  | 'SYSTEM'
  | 'TOOL'
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
  | 'CHAT'
  | 'FILE'
  | 'TEXT';

export type BeginTurnMutationVariables = Exact<{
  input: BeginTurnInput;
}>;


export type BeginTurnMutation = { beginTurn: { turn: { id: string }, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: string, message: string }>, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, metadata: string | null, text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, source: { kind: SourceKind, name: string | null } | null, fragment: { id: string }, summary: { id: string } | null }
        | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, modelWritten: boolean, fragment: { id: string } | null, summary: { id: string } }
      > } } };

export type RecordAnswerMutationVariables = Exact<{
  input: RecordAnswerInput;
}>;


export type RecordAnswerMutation = { recordAnswer: { revision: number } };

export type EraseFromContextMutationVariables = Exact<{
  sessionId: string;
}>;


export type EraseFromContextMutation = { eraseFromContext: { existed: boolean, turns: number, fragments: number, sharedFragments: number, waitingFragments: number, sizeBytes: number, segments: number, summaries: number, jobs: number } };

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

export const BeginTurnDocument = new TypedDocumentString(`
    mutation BeginTurn($input: BeginTurnInput!) {
  beginTurn(input: $input) {
    turn {
      id
    }
    workingSet {
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
  }
}
    `) as unknown as TypedDocumentString<BeginTurnMutation, BeginTurnMutationVariables>;
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