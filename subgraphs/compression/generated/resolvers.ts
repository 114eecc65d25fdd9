import type { GraphQLResolveInfo } from 'graphql';
import type { SessionReference } from '../session-reference.ts';
import type { SummaryNode } from '../read-summaries.ts';
import type { SummaryChildNode } from '../read-children.ts';
import type { RequestContext } from '../request-context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** What compression erased of a session. */
export type CompressionErasure = {
  jobs: Scalars['Int']['output'];
  summaries: Scalars['Int']['output'];
};

/** One reading of a session's compression. */
export type CompressionProgress = {
  /** Whether everything that can be compressed is. */
  complete: Scalars['Boolean']['output'];
  /** The session. */
  sessionId: Scalars['ID']['output'];
  /** How far its tree is now. */
  status: CompressionStatus;
};

/** How far a session's summary tree is. */
export type CompressionStatus = {
  /** Last log position covered by a summary without a gap before it; -1 when none. */
  compressedThrough: Scalars['Int']['output'];
  /** Jobs given up after too many tries. */
  deadJobs: Scalars['Int']['output'];
  /** Levels of the tree. */
  levels: Scalars['Int']['output'];
  /** What makes new nodes. */
  method: StageVersion;
  /** Nodes there are. */
  nodes: Scalars['Int']['output'];
  /** o200k tokens covered by the leaves. */
  originalTokens: Scalars['Int']['output'];
  /** Jobs waiting or running. */
  pendingJobs: Scalars['Int']['output'];
  /** o200k tokens of the leaves. */
  summaryTokens: Scalars['Int']['output'];
};

export type Fragment = {
  /** Names session and content. */
  id: Scalars['ID']['output'];
};

/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type Mutation = {
  /** For the operator's backup: copies this stage's state, as it is, to a new folder on its machine; the names of the files there. */
  backupCompression: Array<Scalars['String']['output']>;
  /** For the context stage, after the store has forgotten the session: drops its summaries and jobs, so that nothing of them is left in the files. Idempotent. */
  eraseFromCompression: CompressionErasure;
  /** For the context stage: says that a session's log has grown, so that its summary tree is grown in the background. A hint: losing it costs time only. */
  scheduleCompression: ScheduleCompressionPayload;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationBackupCompressionArgs = {
  folder: Scalars['String']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationEraseFromCompressionArgs = {
  sessionId: Scalars['ID']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationScheduleCompressionArgs = {
  input: ScheduleCompressionInput;
};

/** Anything with an id of its own that can be fetched again. */
export type Node = {
  /** Globally unique. */
  id: Scalars['ID']['output'];
};

/** What can be read. */
export type Query = {
  /** Summaries by id, in the order asked, null for what is not there (yet). At most 512. */
  summaries: Array<Maybe<Summary>>;
};


/** What can be read. */
export type QuerySummariesArgs = {
  ids: Array<Scalars['ID']['input']>;
};

export type ScheduleCompressionInput = {
  /** The session. */
  sessionId: Scalars['ID']['input'];
  /** Last log position there is. */
  through: Scalars['Int']['input'];
};

export type ScheduleCompressionPayload = {
  /** Jobs waiting or running for this session. */
  pendingJobs: Scalars['Int']['output'];
};

export type Session = {
  /** How far its summary tree is. */
  compression?: Maybe<CompressionStatus>;
  /** The summaries that cover as much of the session as fits the budget, in log order, none covering what another covers. */
  digest?: Maybe<Array<Summary>>;
  /** Names the session. */
  id: Scalars['ID']['output'];
  withdrawnDigest: Scalars['String']['output'];
};


export type SessionDigestArgs = {
  budgetTokens: Scalars['Int']['input'];
};

/** A stage's method and its version. */
export type StageVersion = {
  /** What it is called. */
  name: Scalars['String']['output'];
  /** Counts up with every change of what it makes. */
  version: Scalars['Int']['output'];
};

/** What can be followed while it happens. */
export type Subscription = {
  /** How far the session's summary tree is, now and after every change, until the tree is complete. SESSION_NOT_FOUND where there is no such session, or none any more. */
  compressionProgress: CompressionProgress;
};


/** What can be followed while it happens. */
export type SubscriptionCompressionProgressArgs = {
  sessionId: Scalars['ID']['input'];
};

/** A node of a session's summary tree: what it covers, in about a tenth of the tokens. */
export type Summary = Node & {
  /** What it was made from, in order; at level 0 down to the verbatim fragments. Null, with an error that names it, where one cannot be read. */
  children: Array<Maybe<SummaryChild>>;
  /** Share of numbers, names and negations of its children that survived, 0-1. */
  fidelity: Scalars['Float']['output'];
  /** First log position covered. */
  from: Scalars['Int']['output'];
  /** Names session and node. */
  id: Scalars['ID']['output'];
  /** 0 covers fragments, n covers nodes of level n - 1. */
  level: Scalars['Int']['output'];
  /** What made it. */
  method: StageVersion;
  /** o200k tokens of the fragments covered. */
  originalTokens: Scalars['Int']['output'];
  /** What it says. */
  text: Scalars['String']['output'];
  /** Last log position covered. */
  through: Scalars['Int']['output'];
  /** o200k. */
  tokens: Scalars['Int']['output'];
};

/** What a summary was made from. */
export type SummaryChild = Fragment | Summary;



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
  Session: Session;
  Summary: Summary;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Session:
    ( { __typename: 'Session' }
    & GraphQLRecursivePick<FederationTypes['Session'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Session'], {"withdrawnDigest":true}> ) );
  Summary:
    ( { __typename: 'Summary' }
    & GraphQLRecursivePick<FederationTypes['Summary'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: ( SummaryNode );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CompressionErasure: ResolverTypeWrapper<CompressionErasure>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  CompressionProgress: ResolverTypeWrapper<CompressionProgress>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  CompressionStatus: ResolverTypeWrapper<CompressionStatus>;
  Fragment: ResolverTypeWrapper<Fragment>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ScheduleCompressionInput: ScheduleCompressionInput;
  ScheduleCompressionPayload: ResolverTypeWrapper<ScheduleCompressionPayload>;
  Session: ResolverTypeWrapper<SessionReference>;
  StageVersion: ResolverTypeWrapper<StageVersion>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Summary: ResolverTypeWrapper<SummaryNode>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  SummaryChild: ResolverTypeWrapper<SummaryChildNode>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  CompressionErasure: CompressionErasure;
  Int: Scalars['Int']['output'];
  CompressionProgress: CompressionProgress;
  Boolean: Scalars['Boolean']['output'];
  ID: Scalars['ID']['output'];
  CompressionStatus: CompressionStatus;
  Fragment: Fragment;
  Mutation: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Query: Record<PropertyKey, never>;
  ScheduleCompressionInput: ScheduleCompressionInput;
  ScheduleCompressionPayload: ScheduleCompressionPayload;
  Session: SessionReference;
  StageVersion: StageVersion;
  Subscription: Record<PropertyKey, never>;
  Summary: SummaryNode;
  Float: Scalars['Float']['output'];
  SummaryChild: SummaryChildNode;
};

export type CompressionErasureResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CompressionErasure'] = ResolversParentTypes['CompressionErasure']> = {
  jobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  summaries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompressionProgressResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CompressionProgress'] = ResolversParentTypes['CompressionProgress']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['CompressionStatus'], ParentType, ContextType>;
};

export type CompressionStatusResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CompressionStatus'] = ResolversParentTypes['CompressionStatus']> = {
  compressedThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deadJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  levels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['StageVersion'], ParentType, ContextType>;
  nodes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  originalTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pendingJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  summaryTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FragmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Fragment'] = ResolversParentTypes['Fragment']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  backupCompression?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, RequireFields<MutationBackupCompressionArgs, 'folder'>>;
  eraseFromCompression?: Resolver<ResolversTypes['CompressionErasure'], ParentType, ContextType, RequireFields<MutationEraseFromCompressionArgs, 'sessionId'>>;
  scheduleCompression?: Resolver<ResolversTypes['ScheduleCompressionPayload'], ParentType, ContextType, RequireFields<MutationScheduleCompressionArgs, 'input'>>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Summary', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  summaries?: Resolver<Array<Maybe<ResolversTypes['Summary']>>, ParentType, ContextType, RequireFields<QuerySummariesArgs, 'ids'>>;
};

export type ScheduleCompressionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ScheduleCompressionPayload'] = ResolversParentTypes['ScheduleCompressionPayload']> = {
  pendingJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session'], FederationReferenceType extends FederationReferenceTypes['Session'] = FederationReferenceTypes['Session']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Session']> | FederationReferenceType, FederationReferenceType, ContextType>;
  compression?: Resolver<Maybe<ResolversTypes['CompressionStatus']>, ParentType, ContextType>;
  digest?: Resolver<Maybe<Array<ResolversTypes['Summary']>>, ParentType, ContextType, RequireFields<SessionDigestArgs, 'budgetTokens'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type StageVersionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['StageVersion'] = ResolversParentTypes['StageVersion']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  compressionProgress?: SubscriptionResolver<ResolversTypes['CompressionProgress'], "compressionProgress", ParentType, ContextType, RequireFields<SubscriptionCompressionProgressArgs, 'sessionId'>>;
};

export type SummaryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Summary'] = ResolversParentTypes['Summary'], FederationReferenceType extends FederationReferenceTypes['Summary'] = FederationReferenceTypes['Summary']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Summary']> | FederationReferenceType, FederationReferenceType, ContextType>;
  children?: Resolver<Array<Maybe<ResolversTypes['SummaryChild']>>, ParentType, ContextType>;
  fidelity?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['StageVersion'], ParentType, ContextType>;
  originalTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SummaryChildResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SummaryChild'] = ResolversParentTypes['SummaryChild']> = {
  __resolveType: TypeResolveFn<'Fragment' | 'Summary', ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  CompressionErasure?: CompressionErasureResolvers<ContextType>;
  CompressionProgress?: CompressionProgressResolvers<ContextType>;
  CompressionStatus?: CompressionStatusResolvers<ContextType>;
  Fragment?: FragmentResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ScheduleCompressionPayload?: ScheduleCompressionPayloadResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  StageVersion?: StageVersionResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Summary?: SummaryResolvers<ContextType>;
  SummaryChild?: SummaryChildResolvers<ContextType>;
};

