/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ScheduleCompressionInput = {
  /** The session. */
  sessionId: string;
  /** Last log position there is. */
  through: number;
};

export type ScheduleCompressionMutationVariables = Exact<{
  input: ScheduleCompressionInput;
}>;


export type ScheduleCompressionMutation = { scheduleCompression: { pendingJobs: number } };

export type DigestQueryVariables = Exact<{
  sessions: Array<unknown> | unknown;
  budgetTokens: number;
}>;


export type DigestQuery = { _entities: Array<{ digest: Array<{ id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, children: Array<
        | { __typename: 'Fragment' }
        | { __typename: 'Summary', id: string }
       | null> }> | null } | null> };

export type SummariesByIdQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type SummariesByIdQuery = { summaries: Array<{ id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, children: Array<
      | { __typename: 'Fragment' }
      | { __typename: 'Summary', id: string }
     | null> } | null> };

export type SummaryNodeFragment = { id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, children: Array<
    | { __typename: 'Fragment' }
    | { __typename: 'Summary', id: string }
   | null> };

export type EraseFromCompressionMutationVariables = Exact<{
  sessionId: string;
}>;


export type EraseFromCompressionMutation = { eraseFromCompression: { summaries: number, jobs: number } };

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
export const SummaryNodeFragmentDoc = new TypedDocumentString(`
    fragment SummaryNode on Summary {
  id
  level
  text
  tokens
  originalTokens
  from
  through
  children {
    __typename
    ... on Summary {
      id
    }
  }
}
    `, {"fragmentName":"SummaryNode"}) as unknown as TypedDocumentString<SummaryNodeFragment, unknown>;
export const ScheduleCompressionDocument = new TypedDocumentString(`
    mutation ScheduleCompression($input: ScheduleCompressionInput!) {
  scheduleCompression(input: $input) {
    pendingJobs
  }
}
    `) as unknown as TypedDocumentString<ScheduleCompressionMutation, ScheduleCompressionMutationVariables>;
export const DigestDocument = new TypedDocumentString(`
    query Digest($sessions: [_Any!]!, $budgetTokens: Int!) {
  _entities(representations: $sessions) {
    ... on Session {
      digest(budgetTokens: $budgetTokens) {
        ...SummaryNode
      }
    }
  }
}
    fragment SummaryNode on Summary {
  id
  level
  text
  tokens
  originalTokens
  from
  through
  children {
    __typename
    ... on Summary {
      id
    }
  }
}`) as unknown as TypedDocumentString<DigestQuery, DigestQueryVariables>;
export const SummariesByIdDocument = new TypedDocumentString(`
    query SummariesById($ids: [ID!]!) {
  summaries(ids: $ids) {
    ...SummaryNode
  }
}
    fragment SummaryNode on Summary {
  id
  level
  text
  tokens
  originalTokens
  from
  through
  children {
    __typename
    ... on Summary {
      id
    }
  }
}`) as unknown as TypedDocumentString<SummariesByIdQuery, SummariesByIdQueryVariables>;
export const EraseFromCompressionDocument = new TypedDocumentString(`
    mutation EraseFromCompression($sessionId: ID!) {
  eraseFromCompression(sessionId: $sessionId) {
    summaries
    jobs
  }
}
    `) as unknown as TypedDocumentString<EraseFromCompressionMutation, EraseFromCompressionMutationVariables>;