/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type KnownSessionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type KnownSessionsQuery = { knownSessions: Array<{ id: string, knownThrough: number, digest: string, withdrawnDigest: string }> };

export type LogEntriesQueryVariables = Exact<{
  sessionId: string;
  from: number;
  first: number;
}>;


export type LogEntriesQuery = { logEntries: Array<{ position: number, fragmentId: string, tokens: number }> };

export type FragmentTextsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FragmentTextsQuery = { fragments: Array<{ text: string } | null> };

export type LogDigestQueryVariables = Exact<{
  sessionId: string;
  through: number;
}>;


export type LogDigestQuery = { logDigests: Array<string | null> };

export type WithdrawnQueryVariables = Exact<{
  sessionId: string;
}>;


export type WithdrawnQuery = { withdrawn: string };

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

export const KnownSessionsDocument = new TypedDocumentString(`
    query KnownSessions($first: Int!, $after: ID) {
  knownSessions(first: $first, after: $after) {
    id
    knownThrough
    digest
    withdrawnDigest
  }
}
    `) as unknown as TypedDocumentString<KnownSessionsQuery, KnownSessionsQueryVariables>;
export const LogEntriesDocument = new TypedDocumentString(`
    query LogEntries($sessionId: ID!, $from: Int!, $first: Int!) {
  logEntries(sessionId: $sessionId, from: $from, first: $first) {
    position
    fragmentId
    tokens
  }
}
    `) as unknown as TypedDocumentString<LogEntriesQuery, LogEntriesQueryVariables>;
export const FragmentTextsDocument = new TypedDocumentString(`
    query FragmentTexts($ids: [ID!]!) {
  fragments(ids: $ids) {
    text
  }
}
    `) as unknown as TypedDocumentString<FragmentTextsQuery, FragmentTextsQueryVariables>;
export const LogDigestDocument = new TypedDocumentString(`
    query LogDigest($sessionId: ID!, $through: Int!) {
  logDigests(sessionId: $sessionId, positions: [$through])
}
    `) as unknown as TypedDocumentString<LogDigestQuery, LogDigestQueryVariables>;
export const WithdrawnDocument = new TypedDocumentString(`
    query Withdrawn($sessionId: ID!) {
  withdrawn(sessionId: $sessionId)
}
    `) as unknown as TypedDocumentString<WithdrawnQuery, WithdrawnQueryVariables>;