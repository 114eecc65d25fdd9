/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AnnounceFragmentsInput = {
  /** Positions without a gap, in order. */
  entries: Array<LogEntryInput>;
  /** That the store's copy of the log is wrong from where the entries begin: all it lists from there on is forgotten first. */
  replaces?: ReplacementInput | null | undefined;
  /** The session. */
  sessionId: string;
  /** Which positions are withdrawn, all of them, as runtime/withdrawn.ts encodes them, in base64; left out where that is as it was. */
  withdrawn?: string | null | undefined;
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
  /** The session. */
  sessionId: string;
};

export type ReplacementInput = {
  /** The digest of the copy that was looked at; when it is another by now, nothing is replaced. */
  digest: string;
  /** Where the entries begin. */
  from: number;
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

export type SourceInput = {
  kind: SourceKind;
  name?: string | null | undefined;
};

/** What a text comes from. */
export type SourceKind =
  /** A message. */
  | 'CHAT'
  /** A file. */
  | 'FILE'
  /** A text without a path. */
  | 'TEXT';

export type PutFragmentsMutationVariables = Exact<{
  input: PutFragmentsInput;
}>;


export type PutFragmentsMutation = { putFragments: { ids: Array<string> } };

export type AnnounceFragmentsMutationVariables = Exact<{
  input: AnnounceFragmentsInput;
}>;


export type AnnounceFragmentsMutation = { announceFragments: { knownThrough: number, digest: string, withdrawnDigest: string } };

export type FragmentTextsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FragmentTextsQuery = { fragmentTexts: Array<{ text: string | null, name: string | null, code: string | null }> };

export type LogDigestsQueryVariables = Exact<{
  sessionId: string;
  positions: Array<number> | number;
}>;


export type LogDigestsQuery = { logDigests: Array<string | null> };

export type StoreInstanceQueryVariables = Exact<{ [key: string]: never; }>;


export type StoreInstanceQuery = { storeInstance: string };

export type RankSessionQueryVariables = Exact<{
  sessionId: string;
  query: string;
  first: number;
}>;


export type RankSessionQuery = { rankSession: { coverage: number, similarity: number | null, indexedThrough: number, logDigest: string, withdrawnDigest: string, instructions: Array<number>, unsearchable: Array<number>, unsearchableCount: number, hits: Array<{ fragmentId: string, position: number, score: number }>, names: { together: number, there: number } | null, degraded: Array<{ code: string, message: string }> } };

export type KnownSessionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type KnownSessionsQuery = { knownSessions: Array<{ id: string, knownThrough: number, digest: string, withdrawnDigest: string }> };

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
    digest
    withdrawnDigest
  }
}
    `) as unknown as TypedDocumentString<AnnounceFragmentsMutation, AnnounceFragmentsMutationVariables>;
export const FragmentTextsDocument = new TypedDocumentString(`
    query FragmentTexts($ids: [ID!]!) {
  fragmentTexts(ids: $ids) {
    text
    name
    code
  }
}
    `) as unknown as TypedDocumentString<FragmentTextsQuery, FragmentTextsQueryVariables>;
export const LogDigestsDocument = new TypedDocumentString(`
    query LogDigests($sessionId: ID!, $positions: [Int!]!) {
  logDigests(sessionId: $sessionId, positions: $positions)
}
    `) as unknown as TypedDocumentString<LogDigestsQuery, LogDigestsQueryVariables>;
export const StoreInstanceDocument = new TypedDocumentString(`
    query StoreInstance {
  storeInstance
}
    `) as unknown as TypedDocumentString<StoreInstanceQuery, StoreInstanceQueryVariables>;
export const RankSessionDocument = new TypedDocumentString(`
    query RankSession($sessionId: ID!, $query: String!, $first: Int!) {
  rankSession(sessionId: $sessionId, query: $query, first: $first) {
    hits {
      fragmentId
      position
      score
    }
    coverage
    names {
      together
      there
    }
    similarity
    indexedThrough
    logDigest
    withdrawnDigest
    instructions
    unsearchable
    unsearchableCount
    degraded {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RankSessionQuery, RankSessionQueryVariables>;
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