import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { FragmentNode } from '../read-fragments.ts';
import type { FragmentEdgeNode } from '../list-fragments.ts';
import type { FragmentHitNode } from '../search-session.ts';
import type { SessionReference } from '../log-gap.ts';
import type { RequestContext } from '../request-context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An opaque position in a list or stream. Send it back as you got it. */
  Cursor: { input: string; output: string; }
  /** A moment in time, ISO 8601 in UTC. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: unknown; output: unknown; }
};

export type AnnounceFragmentsInput = {
  /** Positions without a gap, in order. */
  entries: Array<LogEntryInput>;
  /** That the store's copy of the log is wrong from where the entries begin: all it lists from there on is forgotten first. */
  replaces?: InputMaybe<ReplacementInput>;
  /** The session. */
  sessionId: Scalars['ID']['input'];
  /** Which positions are withdrawn, all of them, as runtime/withdrawn.ts encodes them, in base64; left out where that is as it was. */
  withdrawn?: InputMaybe<Scalars['String']['input']>;
};

export type AnnounceFragmentsPayload = {
  /** The digest of the store's copy of the log through knownThrough. Another than the log's own: the copy is wrong somewhere. */
  digest: Scalars['String']['output'];
  /** Last position the store knows without a gap before it; -1 when none. Smaller than announced when earlier positions are missing: announce those again. */
  knownThrough: Scalars['Int']['output'];
  /** The digest of the positions that the store knows to be withdrawn. */
  withdrawnDigest: Scalars['String']['output'];
};

/** An immutable, content-addressed stretch of text of 256-1 024 tokens. */
export type Fragment = Node & {
  /** The contract version it was written in. */
  contractVersion: Scalars['Int']['output'];
  /** When it was stored first. */
  createdAt: Scalars['DateTime']['output'];
  /** Names session and content. */
  id: Scalars['ID']['output'];
  /** Who speaks in it. */
  role: Role;
  /** Where it lies. */
  shard: Shard;
  /** What it was cut from. */
  source: Source;
  /** The text, as it was appended. */
  text: Scalars['String']['output'];
  /** o200k, counted once at append. */
  tokens: Scalars['Int']['output'];
};

/** A page of a session's log. */
export type FragmentConnection = {
  /** In order of position. */
  edges: Array<FragmentEdge>;
  /** Where the list goes on. */
  pageInfo: PageInfo;
};

/** A place in a session's log. */
export type FragmentEdge = {
  /** Where the list goes on before and after it. */
  cursor: Scalars['Cursor']['output'];
  /** Null, with an error that names it, when the fragment is damaged or missing at rest. */
  node?: Maybe<Fragment>;
  /** Place in the session's log, from 0. */
  position: Scalars['Int']['output'];
};

/** A fragment found. */
export type FragmentHit = {
  /** Null, with an error that names it, when the fragment is damaged or missing at rest. */
  fragment?: Maybe<Fragment>;
  /** Place in the session's log, from 0. */
  position: Scalars['Int']['output'];
  /** By words, or by words and meaning together; comparable within one answer only. */
  score: Scalars['Float']['output'];
};

export type FragmentInput = {
  role: Role;
  source: SourceInput;
  text: Scalars['String']['input'];
  /** o200k. */
  tokens: Scalars['Int']['input'];
};

export type FragmentText = {
  /** Why not: FRAGMENT_MISSING or FRAGMENT_CORRUPT. */
  code?: Maybe<Scalars['String']['output']>;
  /** Path or title it came with. */
  name?: Maybe<Scalars['String']['output']>;
  /** Null when it cannot be read. */
  text?: Maybe<Scalars['String']['output']>;
};

export type FragmentVectorsInput = {
  fragmentId: Scalars['ID']['input'];
  position: Scalars['Int']['input'];
  /** Of its windows, one behind the other: 32-bit floats, little end first, in base64. */
  vectors: Scalars['String']['input'];
};

export type KnownSession = {
  /** The digest of the store's copy of the log through knownThrough. */
  digest: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  knownThrough: Scalars['Int']['output'];
  tokens: Scalars['Int']['output'];
  /** The digest of the positions that are withdrawn. */
  withdrawnDigest: Scalars['String']['output'];
};

export type LogEntry = {
  fragmentId: Scalars['ID']['output'];
  position: Scalars['Int']['output'];
  tokens: Scalars['Int']['output'];
};

export type LogEntryInput = {
  fragmentId: Scalars['ID']['input'];
  position: Scalars['Int']['input'];
  tokens: Scalars['Int']['input'];
};

/** A stretch of a session's log. */
export type LogGap = {
  /** First position. */
  from: Scalars['Int']['output'];
  /** Last position. */
  through: Scalars['Int']['output'];
};

export type MissingVectors = {
  entries: Array<LogEntry>;
  /** The position after which to ask for more; null when all of the log was looked at. */
  next?: Maybe<Scalars['Int']['output']>;
};

/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type Mutation = {
  /** For the context stage: tells which fragments the session's log lists at which positions, so that search finds them at once. Idempotent by position. */
  announceFragments: AnnounceFragmentsPayload;
  /** For the operator's backup: copies this stage's state, as it is, to a new folder on its machine; the names of the files there. */
  backupStore: Array<Scalars['String']['output']>;
  /** For the context stage: forgets a session and deletes what only it had, so that nothing of it is left in the files. Idempotent. */
  eraseFromStore: StoreErasure;
  /** For the context stage: stores fragments, content-addressed and durable when it returns; ids in the order given. At most 512 fragments. */
  putFragments: PutFragmentsPayload;
  /** For the compression stage: keeps vectors of fragments, as far as the log lists them so: of how many. At most 512. Idempotent. */
  putVectors: Scalars['Int']['output'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationAnnounceFragmentsArgs = {
  input: AnnounceFragmentsInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationBackupStoreArgs = {
  folder: Scalars['String']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationEraseFromStoreArgs = {
  sessionId: Scalars['ID']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationPutFragmentsArgs = {
  input: PutFragmentsInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationPutVectorsArgs = {
  input: PutVectorsInput;
};

/** How well a session knows the names in a query: identifiers, versions, and those of sources. */
export type NamesFound = {
  /** 0-1: the share of them, by rarity, that stand anywhere. */
  there: Scalars['Float']['output'];
  /** 0-1: how rare the rarest other name is that stands in one place with each, beside the rarest there is. */
  together: Scalars['Float']['output'];
};

/** Anything with an id of its own that can be fetched again. */
export type Node = {
  /** Globally unique. */
  id: Scalars['ID']['output'];
};

/** Where a list goes on, in both directions. */
export type PageInfo = {
  /** The cursor of the last edge, null for an empty page. */
  endCursor?: Maybe<Scalars['Cursor']['output']>;
  /** Whether there is more after endCursor. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is more before startCursor. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first edge, null for an empty page. */
  startCursor?: Maybe<Scalars['Cursor']['output']>;
};

export type PutFragmentsInput = {
  fragments: Array<FragmentInput>;
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

export type PutFragmentsPayload = {
  /** How many were there before. */
  deduplicated: Scalars['Int']['output'];
  /** In the order given. */
  ids: Array<Scalars['ID']['output']>;
};

export type PutVectorsInput = {
  /** The name of its vectors. */
  embedder: Scalars['String']['input'];
  entries: Array<FragmentVectorsInput>;
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

/** What can be read. */
export type Query = {
  /** For the context stage: texts by id, in the order asked, whatever is missing or damaged among them. At most 512. */
  fragmentTexts: Array<FragmentText>;
  /** Fragments by id, in the order asked, null for what the store lacks. At most 512. */
  fragments: Array<Maybe<Fragment>>;
  /** For the compression stage: the sessions whose log the store knows, in order of id. */
  knownSessions: Array<KnownSession>;
  /** For the context stage: digests of the store's copy of a log through each position, null beyond its end. At most 64. */
  logDigests: Array<Maybe<Scalars['String']['output']>>;
  /** For the compression stage: a stretch of a session's log, in order. */
  logEntries: Array<LogEntry>;
  /** For the compression stage: fragments of a session after a position, in order, that have no vectors of an embedder. */
  missingVectors: MissingVectors;
  /** For the context stage: the same search as Session.search, without a text, with how far the index has come and what it lacks. */
  rankSession: Ranking;
  /** For context stages of the version before: the same with texts, and what of it is damaged. */
  searchSession: SearchAnswer;
  /** For the context stage: another one for each process of the store, so that copies of logs are compared again. */
  storeInstance: Scalars['ID']['output'];
  /** For the compression stage: which positions of a session's log are withdrawn, as runtime/withdrawn.ts encodes them, in base64. */
  withdrawn: Scalars['String']['output'];
};


/** What can be read. */
export type QueryFragmentTextsArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** What can be read. */
export type QueryFragmentsArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** What can be read. */
export type QueryKnownSessionsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  first?: Scalars['Int']['input'];
};


/** What can be read. */
export type QueryLogDigestsArgs = {
  positions: Array<Scalars['Int']['input']>;
  sessionId: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryLogEntriesArgs = {
  first: Scalars['Int']['input'];
  from: Scalars['Int']['input'];
  sessionId: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryMissingVectorsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  embedder: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  sessionId: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryRankSessionArgs = {
  first: Scalars['Int']['input'];
  query: Scalars['String']['input'];
  sessionId: Scalars['ID']['input'];
};


/** What can be read. */
export type QuerySearchSessionArgs = {
  first: Scalars['Int']['input'];
  query: Scalars['String']['input'];
  sessionId: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryWithdrawnArgs = {
  sessionId: Scalars['ID']['input'];
};

/** A fragment that fits a query; whether it is whole shows when it is read. */
export type RankedFragment = {
  fragmentId: Scalars['ID']['output'];
  position: Scalars['Int']['output'];
  /** Above 0, higher for a better fit; to be compared within one answer only. */
  score: Scalars['Float']['output'];
};

/** What fits a query best in a session, by position. */
export type Ranking = {
  /** 0-1: how much of the query one of the first hits has by itself, rare words above all. */
  coverage: Scalars['Float']['output'];
  /** Why some or all of the session could not be searched by meaning. */
  degraded: Array<SearchDegradation>;
  /** Best first; a fragment once, although the log lists it twice. */
  hits: Array<RankedFragment>;
  /** Last position that search finds; -1 when none. */
  indexedThrough: Scalars['Int']['output'];
  /** Positions of the messages that say how things are to be done from now on, the newest first: at most 256. */
  instructions: Array<Scalars['Int']['output']>;
  /** The digest of the store's copy of the log through indexedThrough. */
  logDigest: Scalars['String']['output'];
  /** How well the session knows the names in the query; null for a query without. */
  names?: Maybe<NamesFound>;
  /** The cosine of what is nearest to the query, -1 to 1; null when nothing was compared. */
  similarity?: Maybe<Scalars['Float']['output']>;
  /** Positions that search cannot find, since their fragments are missing or damaged: the first 64. */
  unsearchable: Array<Scalars['Int']['output']>;
  /** How many there are. */
  unsearchableCount: Scalars['Int']['output'];
  /** All fragments through this position can be found by meaning; -1 when none, null without an embedder. */
  vectorsIndexedThrough?: Maybe<Scalars['Int']['output']>;
  /** The digest of the positions that are withdrawn, and so not found. */
  withdrawnDigest: Scalars['String']['output'];
};

export type ReplacementInput = {
  /** The digest of the copy that was looked at; when it is another by now, nothing is replaced. */
  digest: Scalars['String']['input'];
  /** Where the entries begin. */
  from: Scalars['Int']['input'];
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

/** What a search found, for a stage that must go on when a fragment is damaged. */
export type SearchAnswer = {
  /** Why some or all of the session could not be searched by meaning. */
  degraded: Array<SearchDegradation>;
  /** Best first; every fragment is there and whole. */
  hits: Array<FragmentHit>;
  /** Last position that search finds; -1 when none. */
  indexedThrough: Scalars['Int']['output'];
  /** The digest of the store's copy of the log through indexedThrough. */
  logDigest: Scalars['String']['output'];
  /** Fragments that fit the query as well but are missing at rest, and so left out of the hits. */
  missing: Array<Scalars['ID']['output']>;
  /** Fragments that fit the query as well but are damaged at rest, and so left out of the hits. */
  unreadable: Array<Scalars['ID']['output']>;
  /** Positions that search cannot find, since their fragments are missing or damaged: the first 64. */
  unsearchable: Array<Scalars['Int']['output']>;
  /** How many there are. */
  unsearchableCount: Scalars['Int']['output'];
  /** All fragments through this position can be found by meaning; -1 when none, null without an embedder. */
  vectorsIndexedThrough?: Maybe<Scalars['Int']['output']>;
  /** The digest of the positions that are withdrawn, and so not found. */
  withdrawnDigest: Scalars['String']['output'];
};

/** Why a search had to do without meaning. */
export type SearchDegradation = {
  /** VECTORS_MISSING. */
  code: Scalars['String']['output'];
  message: Scalars['String']['output'];
};

export type Session = {
  /** The log, fragment by fragment. STORE_BEHIND for a page that reaches into what the store has yet to be told. */
  fragments?: Maybe<FragmentConnection>;
  /** Names the session. */
  id: Scalars['ID']['output'];
  logDigest: Scalars['String']['output'];
  logLength: Scalars['Int']['output'];
  /** The fragments that fit a query best, best first. STORE_BEHIND while the store has yet to be told a part of the log. */
  search?: Maybe<Array<FragmentHit>>;
  /** What the store holds of this session. */
  storage?: Maybe<SessionStorage>;
  withdrawnDigest: Scalars['String']['output'];
};


export type SessionFragmentsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type SessionSearchArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  query: Scalars['String']['input'];
};

/** What the store holds of a session. */
export type SessionStorage = {
  /** What of the log the store has yet to be told; null when nothing. */
  behind?: Maybe<LogGap>;
  /** Log entries known, without those withdrawn. */
  fragments: Scalars['Int']['output'];
  /** Last position that search finds; -1 when none. */
  indexedThrough: Scalars['Int']['output'];
  /** Sealed, immutable segments of the search index. */
  sealedSegments: Scalars['Int']['output'];
  /** Bytes at rest of its fragments, those withdrawn among them; one that stands twice counts once. */
  sizeBytes: Scalars['Float']['output'];
  /** o200k tokens of its log. */
  tokens: Scalars['Int']['output'];
  /** All fragments through this position can be found by meaning, too; -1 when none, null without an embedder. */
  vectorsIndexedThrough?: Maybe<Scalars['Int']['output']>;
};

/** A part of the store: a master of the Redis Cluster, or the one process that keeps all in files. */
export type Shard = {
  /** As hops name it: the address of the master that has it now, or `embedded`. */
  name: Scalars['String']['output'];
};

/** Where a text comes from. */
export type Source = {
  /** What kind of text it is. */
  kind: SourceKind;
  /** Path or title, null when there is none. */
  name?: Maybe<Scalars['String']['output']>;
};

export type SourceInput = {
  kind: SourceKind;
  name?: InputMaybe<Scalars['String']['input']>;
};

/** What a text comes from. */
export type SourceKind =
  /** A message. */
  | 'CHAT'
  /** A file. */
  | 'FILE'
  /** A text without a path. */
  | 'TEXT';

/** What the store erased of a session. */
export type StoreErasure = {
  /** Fragments deleted. */
  fragments: Scalars['Int']['output'];
  /** Segments of the search index dropped. */
  segments: Scalars['Int']['output'];
  /** Fragments left, since other sessions list them as well. */
  sharedFragments: Scalars['Int']['output'];
  /** Bytes at rest of the fragments deleted. */
  sizeBytes: Scalars['Float']['output'];
  /** Fragments whose vectors were dropped, once for each embedder. */
  vectors: Scalars['Int']['output'];
  /** Fragments left for some minutes, since others may be about to list them. */
  waitingFragments: Scalars['Int']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Fragment: Fragment;
  Session: Session;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Fragment:
    ( { __typename: 'Fragment' }
    & GraphQLRecursivePick<FederationTypes['Fragment'], {"id":true}> );
  Session:
    ( { __typename: 'Session' }
    & GraphQLRecursivePick<FederationTypes['Session'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}>
        | GraphQLRecursivePick<FederationTypes['Session'], {"logLength":true,"logDigest":true,"withdrawnDigest":true}> ) );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: ( FragmentNode );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AnnounceFragmentsInput: AnnounceFragmentsInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  AnnounceFragmentsPayload: ResolverTypeWrapper<AnnounceFragmentsPayload>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Fragment: ResolverTypeWrapper<FragmentNode>;
  FragmentConnection: ResolverTypeWrapper<Omit<FragmentConnection, 'edges'> & { edges: Array<ResolversTypes['FragmentEdge']> }>;
  FragmentEdge: ResolverTypeWrapper<FragmentEdgeNode>;
  FragmentHit: ResolverTypeWrapper<FragmentHitNode>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  FragmentInput: FragmentInput;
  FragmentText: ResolverTypeWrapper<FragmentText>;
  FragmentVectorsInput: FragmentVectorsInput;
  KnownSession: ResolverTypeWrapper<KnownSession>;
  LogEntry: ResolverTypeWrapper<LogEntry>;
  LogEntryInput: LogEntryInput;
  LogGap: ResolverTypeWrapper<LogGap>;
  MissingVectors: ResolverTypeWrapper<MissingVectors>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  NamesFound: ResolverTypeWrapper<NamesFound>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PutFragmentsInput: PutFragmentsInput;
  PutFragmentsPayload: ResolverTypeWrapper<PutFragmentsPayload>;
  PutVectorsInput: PutVectorsInput;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RankedFragment: ResolverTypeWrapper<RankedFragment>;
  Ranking: ResolverTypeWrapper<Ranking>;
  ReplacementInput: ReplacementInput;
  Role: Role;
  SearchAnswer: ResolverTypeWrapper<Omit<SearchAnswer, 'hits'> & { hits: Array<ResolversTypes['FragmentHit']> }>;
  SearchDegradation: ResolverTypeWrapper<SearchDegradation>;
  Session: ResolverTypeWrapper<SessionReference>;
  SessionStorage: ResolverTypeWrapper<SessionStorage>;
  Shard: ResolverTypeWrapper<Shard>;
  Source: ResolverTypeWrapper<Source>;
  SourceInput: SourceInput;
  SourceKind: SourceKind;
  StoreErasure: ResolverTypeWrapper<StoreErasure>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AnnounceFragmentsInput: AnnounceFragmentsInput;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  AnnounceFragmentsPayload: AnnounceFragmentsPayload;
  Int: Scalars['Int']['output'];
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  Fragment: FragmentNode;
  FragmentConnection: Omit<FragmentConnection, 'edges'> & { edges: Array<ResolversParentTypes['FragmentEdge']> };
  FragmentEdge: FragmentEdgeNode;
  FragmentHit: FragmentHitNode;
  Float: Scalars['Float']['output'];
  FragmentInput: FragmentInput;
  FragmentText: FragmentText;
  FragmentVectorsInput: FragmentVectorsInput;
  KnownSession: KnownSession;
  LogEntry: LogEntry;
  LogEntryInput: LogEntryInput;
  LogGap: LogGap;
  MissingVectors: MissingVectors;
  Mutation: Record<PropertyKey, never>;
  NamesFound: NamesFound;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  PutFragmentsInput: PutFragmentsInput;
  PutFragmentsPayload: PutFragmentsPayload;
  PutVectorsInput: PutVectorsInput;
  Query: Record<PropertyKey, never>;
  RankedFragment: RankedFragment;
  Ranking: Ranking;
  ReplacementInput: ReplacementInput;
  SearchAnswer: Omit<SearchAnswer, 'hits'> & { hits: Array<ResolversParentTypes['FragmentHit']> };
  SearchDegradation: SearchDegradation;
  Session: SessionReference;
  SessionStorage: SessionStorage;
  Shard: Shard;
  Source: Source;
  SourceInput: SourceInput;
  StoreErasure: StoreErasure;
};

export type AnnounceFragmentsPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AnnounceFragmentsPayload'] = ResolversParentTypes['AnnounceFragmentsPayload']> = {
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  knownThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  withdrawnDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FragmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Fragment'] = ResolversParentTypes['Fragment'], FederationReferenceType extends FederationReferenceTypes['Fragment'] = FederationReferenceTypes['Fragment']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Fragment']> | FederationReferenceType, FederationReferenceType, ContextType>;
  contractVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  shard?: Resolver<ResolversTypes['Shard'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FragmentConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FragmentConnection'] = ResolversParentTypes['FragmentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FragmentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FragmentEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FragmentEdge'] = ResolversParentTypes['FragmentEdge']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Fragment']>, ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FragmentHitResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FragmentHit'] = ResolversParentTypes['FragmentHit']> = {
  fragment?: Resolver<Maybe<ResolversTypes['Fragment']>, ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type FragmentTextResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FragmentText'] = ResolversParentTypes['FragmentText']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type KnownSessionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['KnownSession'] = ResolversParentTypes['KnownSession']> = {
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  knownThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  withdrawnDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type LogEntryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LogEntry'] = ResolversParentTypes['LogEntry']> = {
  fragmentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LogGapResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LogGap'] = ResolversParentTypes['LogGap']> = {
  from?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MissingVectorsResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MissingVectors'] = ResolversParentTypes['MissingVectors']> = {
  entries?: Resolver<Array<ResolversTypes['LogEntry']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  announceFragments?: Resolver<ResolversTypes['AnnounceFragmentsPayload'], ParentType, ContextType, RequireFields<MutationAnnounceFragmentsArgs, 'input'>>;
  backupStore?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, RequireFields<MutationBackupStoreArgs, 'folder'>>;
  eraseFromStore?: Resolver<ResolversTypes['StoreErasure'], ParentType, ContextType, RequireFields<MutationEraseFromStoreArgs, 'sessionId'>>;
  putFragments?: Resolver<ResolversTypes['PutFragmentsPayload'], ParentType, ContextType, RequireFields<MutationPutFragmentsArgs, 'input'>>;
  putVectors?: Resolver<ResolversTypes['Int'], ParentType, ContextType, RequireFields<MutationPutVectorsArgs, 'input'>>;
};

export type NamesFoundResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NamesFound'] = ResolversParentTypes['NamesFound']> = {
  there?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  together?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Fragment', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
};

export type PutFragmentsPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PutFragmentsPayload'] = ResolversParentTypes['PutFragmentsPayload']> = {
  deduplicated?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  ids?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  fragmentTexts?: Resolver<Array<ResolversTypes['FragmentText']>, ParentType, ContextType, RequireFields<QueryFragmentTextsArgs, 'ids'>>;
  fragments?: Resolver<Array<Maybe<ResolversTypes['Fragment']>>, ParentType, ContextType, RequireFields<QueryFragmentsArgs, 'ids'>>;
  knownSessions?: Resolver<Array<ResolversTypes['KnownSession']>, ParentType, ContextType, RequireFields<QueryKnownSessionsArgs, 'first'>>;
  logDigests?: Resolver<Array<Maybe<ResolversTypes['String']>>, ParentType, ContextType, RequireFields<QueryLogDigestsArgs, 'positions' | 'sessionId'>>;
  logEntries?: Resolver<Array<ResolversTypes['LogEntry']>, ParentType, ContextType, RequireFields<QueryLogEntriesArgs, 'first' | 'from' | 'sessionId'>>;
  missingVectors?: Resolver<ResolversTypes['MissingVectors'], ParentType, ContextType, RequireFields<QueryMissingVectorsArgs, 'embedder' | 'first' | 'sessionId'>>;
  rankSession?: Resolver<ResolversTypes['Ranking'], ParentType, ContextType, RequireFields<QueryRankSessionArgs, 'first' | 'query' | 'sessionId'>>;
  searchSession?: Resolver<ResolversTypes['SearchAnswer'], ParentType, ContextType, RequireFields<QuerySearchSessionArgs, 'first' | 'query' | 'sessionId'>>;
  storeInstance?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  withdrawn?: Resolver<ResolversTypes['String'], ParentType, ContextType, RequireFields<QueryWithdrawnArgs, 'sessionId'>>;
};

export type RankedFragmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RankedFragment'] = ResolversParentTypes['RankedFragment']> = {
  fragmentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type RankingResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Ranking'] = ResolversParentTypes['Ranking']> = {
  coverage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  degraded?: Resolver<Array<ResolversTypes['SearchDegradation']>, ParentType, ContextType>;
  hits?: Resolver<Array<ResolversTypes['RankedFragment']>, ParentType, ContextType>;
  indexedThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  instructions?: Resolver<Array<ResolversTypes['Int']>, ParentType, ContextType>;
  logDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  names?: Resolver<Maybe<ResolversTypes['NamesFound']>, ParentType, ContextType>;
  similarity?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  unsearchable?: Resolver<Array<ResolversTypes['Int']>, ParentType, ContextType>;
  unsearchableCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  vectorsIndexedThrough?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  withdrawnDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SearchAnswerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SearchAnswer'] = ResolversParentTypes['SearchAnswer']> = {
  degraded?: Resolver<Array<ResolversTypes['SearchDegradation']>, ParentType, ContextType>;
  hits?: Resolver<Array<ResolversTypes['FragmentHit']>, ParentType, ContextType>;
  indexedThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  logDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  missing?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  unreadable?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  unsearchable?: Resolver<Array<ResolversTypes['Int']>, ParentType, ContextType>;
  unsearchableCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  vectorsIndexedThrough?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  withdrawnDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SearchDegradationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SearchDegradation'] = ResolversParentTypes['SearchDegradation']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session'], FederationReferenceType extends FederationReferenceTypes['Session'] = FederationReferenceTypes['Session']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Session']> | FederationReferenceType, FederationReferenceType, ContextType>;
  fragments?: Resolver<Maybe<ResolversTypes['FragmentConnection']>, ParentType, ContextType, Partial<SessionFragmentsArgs>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  search?: Resolver<Maybe<Array<ResolversTypes['FragmentHit']>>, ParentType, ContextType, RequireFields<SessionSearchArgs, 'first' | 'query'>>;
  storage?: Resolver<Maybe<ResolversTypes['SessionStorage']>, ParentType, ContextType>;
};

export type SessionStorageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionStorage'] = ResolversParentTypes['SessionStorage']> = {
  behind?: Resolver<Maybe<ResolversTypes['LogGap']>, ParentType, ContextType>;
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  indexedThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sealedSegments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  vectorsIndexedThrough?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ShardResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Shard'] = ResolversParentTypes['Shard']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourceResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  kind?: Resolver<ResolversTypes['SourceKind'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type StoreErasureResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['StoreErasure'] = ResolversParentTypes['StoreErasure']> = {
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  segments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharedFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  vectors?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AnnounceFragmentsPayload?: AnnounceFragmentsPayloadResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Fragment?: FragmentResolvers<ContextType>;
  FragmentConnection?: FragmentConnectionResolvers<ContextType>;
  FragmentEdge?: FragmentEdgeResolvers<ContextType>;
  FragmentHit?: FragmentHitResolvers<ContextType>;
  FragmentText?: FragmentTextResolvers<ContextType>;
  KnownSession?: KnownSessionResolvers<ContextType>;
  LogEntry?: LogEntryResolvers<ContextType>;
  LogGap?: LogGapResolvers<ContextType>;
  MissingVectors?: MissingVectorsResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  NamesFound?: NamesFoundResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PutFragmentsPayload?: PutFragmentsPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RankedFragment?: RankedFragmentResolvers<ContextType>;
  Ranking?: RankingResolvers<ContextType>;
  SearchAnswer?: SearchAnswerResolvers<ContextType>;
  SearchDegradation?: SearchDegradationResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionStorage?: SessionStorageResolvers<ContextType>;
  Shard?: ShardResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  StoreErasure?: StoreErasureResolvers<ContextType>;
};

