/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type FragmentVectorsInput = {
  fragmentId: string;
  position: number;
  /** Of its windows, one behind the other: 32-bit floats, little end first, in base64. */
  vectors: string;
};

export type PutVectorsInput = {
  /** The name of its vectors. */
  embedder: string;
  entries: Array<FragmentVectorsInput>;
  /** The session. */
  sessionId: string;
};

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

export type MissingVectorsQueryVariables = Exact<{
  sessionId: string;
  embedder: string;
  after?: number | null | undefined;
  first: number;
}>;


export type MissingVectorsQuery = { missingVectors: { next: number | null, entries: Array<{ position: number, fragmentId: string, tokens: number }> } };

export type ReadableTextsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type ReadableTextsQuery = { fragmentTexts: Array<{ text: string | null }> };

export type PutVectorsMutationVariables = Exact<{
  input: PutVectorsInput;
}>;


export type PutVectorsMutation = { putVectors: number };

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
export const MissingVectorsDocument = new TypedDocumentString(`
    query MissingVectors($sessionId: ID!, $embedder: String!, $after: Int, $first: Int!) {
  missingVectors(
    sessionId: $sessionId
    embedder: $embedder
    after: $after
    first: $first
  ) {
    entries {
      position
      fragmentId
      tokens
    }
    next
  }
}
    `) as unknown as TypedDocumentString<MissingVectorsQuery, MissingVectorsQueryVariables>;
export const ReadableTextsDocument = new TypedDocumentString(`
    query ReadableTexts($ids: [ID!]!) {
  fragmentTexts(ids: $ids) {
    text
  }
}
    `) as unknown as TypedDocumentString<ReadableTextsQuery, ReadableTextsQueryVariables>;
export const PutVectorsDocument = new TypedDocumentString(`
    mutation PutVectors($input: PutVectorsInput!) {
  putVectors(input: $input)
}
    `) as unknown as TypedDocumentString<PutVectorsMutation, PutVectorsMutationVariables>;