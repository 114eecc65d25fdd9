/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AnnounceFragmentsInput = {
  /** Positions without a gap, in order. */
  entries: Array<LogEntryInput>;
  sessionId: string;
};

export type FragmentInput = {
  role: Role;
  source: SourceInput;
  text: string;
  /** o200k. */
  tokens: number;
};

export type LogEntryInput = {
  fragmentId: string;
  position: number;
  tokens: number;
};

export type PutFragmentsInput = {
  fragments: Array<FragmentInput>;
  sessionId: string;
};

/** Who speaks. */
export type Role =
  | 'ASSISTANT'
  | 'DOCUMENT'
  | 'SYSTEM'
  | 'TOOL'
  | 'USER';

export type SourceInput = {
  kind: SourceKind;
  name?: string | null | undefined;
};

/** What a piece of context comes from. */
export type SourceKind =
  | 'CHAT'
  | 'FILE'
  | 'TEXT';

export type PutFragmentsMutationVariables = Exact<{
  input: PutFragmentsInput;
}>;


export type PutFragmentsMutation = { putFragments: { ids: Array<string> } };

export type AnnounceFragmentsMutationVariables = Exact<{
  input: AnnounceFragmentsInput;
}>;


export type AnnounceFragmentsMutation = { announceFragments: { knownThrough: number } };

export type FragmentsByIdQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FragmentsByIdQuery = { fragments: Array<{ id: string, text: string } | null> };

export type SearchSessionQueryVariables = Exact<{
  sessionId: string;
  query: string;
  first: number;
}>;


export type SearchSessionQuery = { searchSession: { indexedThrough: number, unreadable: Array<string>, hits: Array<{ score: number, position: number, fragment: { id: string, text: string, tokens: number, source: { name: string | null } } | null }> } };

export type KnownSessionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type KnownSessionsQuery = { knownSessions: Array<{ id: string, knownThrough: number }> };

export type EraseFromStoreMutationVariables = Exact<{
  sessionId: string;
}>;


export type EraseFromStoreMutation = { eraseFromStore: { fragments: number, sharedFragments: number, waitingFragments: number, sizeBytes: number, segments: number } };

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

export const PutFragmentsDocument = new TypedDocumentString(`
    mutation PutFragments($input: PutFragmentsInput!) {
  putFragments(input: $input) {
    ids
  }
}
    `) as unknown as TypedDocumentString<PutFragmentsMutation, PutFragmentsMutationVariables>;
export const AnnounceFragmentsDocument = new TypedDocumentString(`
    mutation AnnounceFragments($input: AnnounceFragmentsInput!) {
  announceFragments(input: $input) {
    knownThrough
  }
}
    `) as unknown as TypedDocumentString<AnnounceFragmentsMutation, AnnounceFragmentsMutationVariables>;
export const FragmentsByIdDocument = new TypedDocumentString(`
    query FragmentsById($ids: [ID!]!) {
  fragments(ids: $ids) {
    id
    text
  }
}
    `) as unknown as TypedDocumentString<FragmentsByIdQuery, FragmentsByIdQueryVariables>;
export const SearchSessionDocument = new TypedDocumentString(`
    query SearchSession($sessionId: ID!, $query: String!, $first: Int!) {
  searchSession(sessionId: $sessionId, query: $query, first: $first) {
    hits {
      score
      position
      fragment {
        id
        text
        tokens
        source {
          name
        }
      }
    }
    indexedThrough
    unreadable
  }
}
    `) as unknown as TypedDocumentString<SearchSessionQuery, SearchSessionQueryVariables>;
export const KnownSessionsDocument = new TypedDocumentString(`
    query KnownSessions($first: Int!, $after: ID) {
  knownSessions(first: $first, after: $after) {
    id
    knownThrough
  }
}
    `) as unknown as TypedDocumentString<KnownSessionsQuery, KnownSessionsQueryVariables>;
export const EraseFromStoreDocument = new TypedDocumentString(`
    mutation EraseFromStore($sessionId: ID!) {
  eraseFromStore(sessionId: $sessionId) {
    fragments
    sharedFragments
    waitingFragments
    sizeBytes
    segments
  }
}
    `) as unknown as TypedDocumentString<EraseFromStoreMutation, EraseFromStoreMutationVariables>;