import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { StreamedEvent } from '../stream-tokens.ts';
import type { NumberedSegment } from '@supercontext/runtime/serve/working-set-resolvers.ts';
import type { GenerationRecord, TurnReference } from '../generation.ts';
import type { ShownModel } from '../model/model-shelf.ts';
import type { WorkingSet as ContractWorkingSet } from '@supercontext/contract';
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

/** What to ask of which session. */
export type AskInput = {
  /** o200k tokens of the working set, 256 to what the model's window holds; the model's own default when left out. */
  budgetTokens?: InputMaybe<Scalars['Int']['input']>;
  /** 1-128 characters; the same key twice returns the same generation. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Tokens of the answer, at least 1; the model's own default when left out. */
  maxTokens?: InputMaybe<Scalars['Int']['input']>;
  /** A model of Query.models by its id; the default one when left out. */
  model?: InputMaybe<Scalars['ID']['input']>;
  /** The question, 1-32 768 characters. */
  prompt: Scalars['String']['input'];
  /** For an answer that can be repeated. */
  seed?: InputMaybe<Scalars['Int']['input']>;
  /** The session. */
  sessionId: Scalars['ID']['input'];
  /** 0-2; 0 always takes the likeliest token. The model's own default when left out. */
  temperature?: InputMaybe<Scalars['Float']['input']>;
};

/** What became of a question. */
export type AskPayload = {
  /** The generation, null when the input was rejected. */
  generation?: Maybe<Generation>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** Which generation to stop. */
export type CancelGenerationInput = {
  /** The generation. */
  generationId: Scalars['ID']['input'];
};

/** What became of a cancellation. */
export type CancelGenerationPayload = {
  /** The generation, null when there is none. */
  generation?: Maybe<Generation>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** How sure an answer of quotes is that it answers. */
export type Certainty =
  /** No answer was found. What is quoted is only what is nearest. */
  | 'NOT_SAID'
  /** The quote answers: eight of ten such answers or more are right. */
  | 'STATED'
  /** The closest passages, at most three: more often than not one of them answers. To be checked. */
  | 'UNSURE';

/** Evidence an answer rests on. */
export type Citation = {
  /** The fragment it was taken from, null for a summary. */
  fragment?: Maybe<Fragment>;
  /** Whether the answer itself names the number. When it names none at all, this is the evidence that shares most terms with it. */
  named: Scalars['Boolean']['output'];
  /** As in the answer: [1], [2], … Quotes of instructions, pins and what was said last have numbers behind those of the evidence. */
  number: Scalars['Int']['output'];
  /** What the answer quotes of it, letter for letter as it stands in its text; empty where the answer quotes nothing. */
  quotes: Array<Scalars['String']['output']>;
  /** The segment of the working set, with where it comes from. */
  segment: Segment;
  /** The summary it is, null for what was taken from a fragment. */
  summary?: Maybe<Summary>;
  /** What the model was shown. */
  text: Scalars['String']['output'];
};

/** Something the working set had to do without. */
export type Degradation = {
  /** Why, for a program. */
  code: ErrorCode;
  /** Why, for a person. */
  message: Scalars['String']['output'];
  /** Whose share is missing. */
  stage: Scalars['String']['output'];
};

/** Which session to erase. */
export type EraseSessionInput = {
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

/** What became of an erasure. */
export type EraseSessionPayload = {
  /** What this call removed, null when it found nothing. */
  erased?: Maybe<SessionErasure>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
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

/** What the model is about to read, before its first token. */
export type EvidenceChosen = GenerationEvent & {
  /** How likely it is that the answer can be given from it, 0-1; null when nothing has computed it. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** Segments of evidence in it. */
  evidence: Scalars['Int']['output'];
  /** With the working set. */
  generation: Generation;
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
  /** o200k tokens of the whole working set. */
  workingSetTokens: Scalars['Int']['output'];
};

export type Fragment = {
  /** Names session and content. */
  id: Scalars['ID']['output'];
};

/** A fragment, whole or its sentences that matter. */
export type FragmentSegment = Segment & {
  /** The fragment it was taken from, null for a summary. */
  fragment?: Maybe<Fragment>;
  /** First log position covered. */
  from: Scalars['Int']['output'];
  /** What was appended with it, as it came. */
  metadata?: Maybe<Scalars['String']['output']>;
  /** Whether a model wrote it: what an assistant said, here or before it came here. */
  modelWritten: Scalars['Boolean']['output'];
  /** The number it can be cited by, null when it is not numbered. */
  number?: Maybe<Scalars['Int']['output']>;
  /** When it was said or written, where that is known. */
  occurredAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why it is here. */
  reason: SegmentReason;
  /** Who speaks; null in what was kept before contract version 2. */
  role?: Maybe<Role>;
  /** How well it fits the question; null where that was not the reason. */
  score?: Maybe<Scalars['Float']['output']>;
  /** Where it comes from; null in what was kept before contract version 2. */
  source?: Maybe<Source>;
  /** The name of who speaks, where one was given. */
  speaker?: Maybe<Scalars['String']['output']>;
  /** The summary it is, null for what was taken from a fragment. */
  summary?: Maybe<Summary>;
  /** What the model is shown. */
  text: Scalars['String']['output'];
  /** Last log position covered. */
  through: Scalars['Int']['output'];
  /** o200k tokens of the text. */
  tokens: Scalars['Int']['output'];
  /** False when the text is an excerpt or a summary of what it points at. */
  verbatim: Scalars['Boolean']['output'];
  /** The same in plain words. */
  why: Scalars['String']['output'];
};

/** An answer, growing or whole. */
export type Generation = Node & {
  /** How sure the answer is; null while it runs, and of what a model wrote: nobody can say that of a model. */
  certainty?: Maybe<Certainty>;
  /** The evidence the answer names or else rests on, in the order of the numbers. */
  citations: Array<Citation>;
  /** When the question was accepted. */
  createdAt: Scalars['DateTime']['output'];
  /** Every step of this turn in every stage, in order of start. */
  hops: Array<Hop>;
  /** Names the generation. */
  id: Scalars['ID']['output'];
  /** What answered, as it was then. */
  model: Model;
  /** Where it stands. */
  status: GenerationStatus;
  /** All of the answer so far. */
  text: Scalars['String']['output'];
  /** Where its time went. */
  timings: Timings;
  /** The question it answers. */
  turn?: Maybe<Turn>;
  /** What it took of the model. */
  usage: Usage;
  /** What the model saw, and what it did not. */
  workingSet: WorkingSet;
};

/** The answer was stopped by somebody. */
export type GenerationCancelled = GenerationEvent & {
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** The generation, as it stands when it is read. */
  generation: Generation;
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
};

/** The answer is whole. */
export type GenerationCompleted = GenerationEvent & {
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** The generation, as it stands when it is read. */
  generation: Generation;
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
};

/** One event of a generation: a GenerationStarted, an EvidenceChosen, any number of TokenDelta, and exactly one terminal event. There may be others one day: pass by what you do not know. */
export type GenerationEvent = {
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
};

/** The answer broke off. */
export type GenerationFailed = GenerationEvent & {
  /** Why, for a program. */
  code: ErrorCode;
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** The generation, as it stands when it is read. */
  generation: Generation;
  /** Why, for a person. */
  message: Scalars['String']['output'];
  /** Whether asking again may succeed. */
  retryable: Scalars['Boolean']['output'];
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
};

/** The generation is accepted. */
export type GenerationStarted = GenerationEvent & {
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** The generation, as it stands when it is read. */
  generation: Generation;
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
};

/** Where a generation stands. */
export type GenerationStatus =
  /** Somebody stopped it; what it said so far stays. */
  | 'CANCELLED'
  /** It is whole. */
  | 'COMPLETED'
  /** It broke off; what it said so far stays. */
  | 'FAILED'
  /** It waits for the model or is being written. */
  | 'RUNNING';

/** One step of a turn in one stage. */
export type Hop = {
  /** Whether a cache had the answer; null where none was asked. */
  cacheHit?: Maybe<Scalars['Boolean']['output']>;
  /** By the same clock. */
  durationMs: Scalars['Float']['output'];
  /** A verb and its object. */
  name: Scalars['String']['output'];
  /** The part of the store it was done in; null where none was. */
  shard?: Maybe<Scalars['String']['output']>;
  /** Bytes it moved; null where it moved none. */
  sizeBytes?: Maybe<Scalars['Float']['output']>;
  /** gateway, context, store, compression or reasoning. */
  stage: Scalars['String']['output'];
  /** Wall-clock start, milliseconds since 1970, by the stage's own clock. */
  startedAtMs: Scalars['Float']['output'];
  /** Tokens it moved; null where it moved none. */
  tokens?: Maybe<Scalars['Int']['output']>;
  /** As the package.json of the stage says it. */
  version: Scalars['String']['output'];
};

/** An input that cannot be accepted as it is. */
export type InputRejected = UserError & {
  /** What happened, for a program. */
  code: ErrorCode;
  /** What happened, for a person. */
  message: Scalars['String']['output'];
  /** What the caller can do. */
  remedy: Scalars['String']['output'];
  /** Whether the same input may be accepted later. */
  retryable: Scalars['Boolean']['output'];
};

/** What can answer. */
export type Model = {
  /** Whether questions that name no model go to it; null in what an answer says of its model. */
  active?: Maybe<Scalars['Boolean']['output']>;
  /** Model tokens that prompt and answer may have together. */
  contextTokens: Scalars['Int']['output'];
  /** o200k tokens of the working set when a question names no budget. */
  defaultBudgetTokens: Scalars['Int']['output'];
  /** onnx, remote or extractive. Remote is a server's; extractive quotes the evidence and writes nothing of its own. */
  engine: Scalars['String']['output'];
  /** Names the model in AskInput.model. */
  id: Scalars['ID']['output'];
  /** What its server calls it; its id where it has no server. */
  name: Scalars['String']['output'];
  /** What it lacks before it can answer; null when nothing, and in what an answer says of its model. */
  needs?: Maybe<ModelNeed>;
  /** What it runs on: cpu or cuda, or the origin of its server. */
  provider: Scalars['String']['output'];
  /** Origin of the server that runs it and is sent what the model is to read; null for one that runs within the platform. */
  server?: Maybe<Scalars['String']['output']>;
  /** Bytes of its weights; null where it has none, or only its server knows. */
  sizeBytes?: Maybe<Scalars['Float']['output']>;
  /** Whether it is so small that it states wrong things as surely as right ones. */
  small: Scalars['Boolean']['output'];
  /** Changes with its weights; unknown where only its server knows them. */
  version: Scalars['String']['output'];
};

/** What a model lacks before it can answer. */
export type ModelNeed =
  /** Its server wants a key, or another one: a setting of the operator. */
  | 'KEY'
  /** Its server does not answer: it may not be running. */
  | 'SERVER'
  /** Its weights are not on this machine: the set-up fetches them. */
  | 'WEIGHTS';

/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type Mutation = {
  /** For the operator: has a model of Query.models answer the questions that name none, until this process ends. It is loaded beside the one that did, which ends what it has begun and is unloaded then; refused, with the reason, when the memory does not hold both. Its id; MODEL_OVERLOADED while it is still being loaded: ask again. */
  activateModel: Scalars['ID']['output'];
  /** Asks a question and returns at once; read the answer with generationEvents. */
  ask: AskPayload;
  /** For the operator's backup: copies this stage's state, as it is, to a new folder on its machine; the names of the files there. */
  backupReasoning: Array<Scalars['String']['output']>;
  /** Stops a generation; what it has said so far stays. Has no effect on one that has ended. */
  cancelGeneration: CancelGenerationPayload;
  /** Erases a session for good, with all that was made of it: its log, the fragments no other session lists, search segments, summaries, jobs, generations and KV caches. What runs in it is cancelled. Once it is accepted it is seen through, over restarts and stages that are away. Sent again it erases what it still finds; when it finds nothing, as after an answer that was lost on its way, erased is null and userErrors say SESSION_NOT_FOUND: then there is nothing left. */
  eraseSession: EraseSessionPayload;
  /** For the operator's backup: erasures wait for so many seconds, at most 60, so that stages copied one after the other fit together. Gives a lease, to be renewed before it is over and ended with 0 seconds; null for one that is over, as erasures may have gone on since. */
  holdErasures?: Maybe<Scalars['ID']['output']>;
  /** Answers a question anew, and returns at once; read the answer with generationEvents. It rests on what the session says now. Completed, it takes the place of the turn's other answers in what the session says; Turn.generations lists them all. */
  regenerate: RegeneratePayload;
  /** For the operator: the same with the model that was active before. */
  rollbackModel: Scalars['ID']['output'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationActivateModelArgs = {
  id: Scalars['ID']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationAskArgs = {
  input: AskInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationBackupReasoningArgs = {
  folder: Scalars['String']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationCancelGenerationArgs = {
  input: CancelGenerationInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationEraseSessionArgs = {
  input: EraseSessionInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationHoldErasuresArgs = {
  lease?: InputMaybe<Scalars['ID']['input']>;
  seconds: Scalars['Int']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationRegenerateArgs = {
  input: RegenerateInput;
};

/** Anything with an id of its own that can be fetched again. */
export type Node = {
  /** Globally unique. */
  id: Scalars['ID']['output'];
};

/** What did not fit. */
export type Omitted = {
  /** Fragments of the session that are neither in the working set nor covered by a summary in it. */
  fragments: Scalars['Int']['output'];
  /** Their o200k tokens. */
  tokens: Scalars['Int']['output'];
};

/** What can be read. */
export type Query = {
  /** One generation, null when there is none. */
  generation?: Maybe<Generation>;
  /** The models that can be chosen, the default first; each says what it still needs. Servers are asked for theirs, at most every 5 s. */
  models: Array<Model>;
};


/** What can be read. */
export type QueryGenerationArgs = {
  id: Scalars['ID']['input'];
};

/** Which question to answer anew. */
export type RegenerateInput = {
  /** o200k tokens of the working set, 256 to what the model's window holds; the model's own default when left out. */
  budgetTokens?: InputMaybe<Scalars['Int']['input']>;
  /** 1-128 characters; the same key twice returns the same generation. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Tokens of the answer, at least 1; the model's own default when left out. */
  maxTokens?: InputMaybe<Scalars['Int']['input']>;
  /** A model of Query.models by its id; the default one when left out. */
  model?: InputMaybe<Scalars['ID']['input']>;
  /** For an answer that can be repeated. */
  seed?: InputMaybe<Scalars['Int']['input']>;
  /** 0-2; 0 always takes the likeliest token. The model's own default when left out. */
  temperature?: InputMaybe<Scalars['Float']['input']>;
  /** The turn. */
  turnId: Scalars['ID']['input'];
};

/** What became of a question that is answered anew. */
export type RegeneratePayload = {
  /** The generation, null when the input was rejected. */
  generation?: Maybe<Generation>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
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

/** One text of the working set, with where it comes from. */
export type Segment = {
  /** The fragment it was taken from, null for a summary. */
  fragment?: Maybe<Fragment>;
  /** First log position covered. */
  from: Scalars['Int']['output'];
  /** Whether a model wrote it: what an assistant said, here or before it came here. */
  modelWritten: Scalars['Boolean']['output'];
  /** The number it can be cited by, null when it is not numbered. */
  number?: Maybe<Scalars['Int']['output']>;
  /** Why it is here. */
  reason: SegmentReason;
  /** How well it fits the question; null where that was not the reason. */
  score?: Maybe<Scalars['Float']['output']>;
  /** The summary it is, null for what was taken from a fragment. */
  summary?: Maybe<Summary>;
  /** What the model is shown. */
  text: Scalars['String']['output'];
  /** Last log position covered. */
  through: Scalars['Int']['output'];
  /** o200k tokens of the text. */
  tokens: Scalars['Int']['output'];
  /** False when the text is an excerpt or a summary of what it points at. */
  verbatim: Scalars['Boolean']['output'];
  /** The same in plain words. */
  why: Scalars['String']['output'];
};

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

/** What an erasure removed, from every stage and for good; backups made before still have it. */
export type SessionErasure = {
  /** Fragments deleted. */
  fragments: Scalars['Int']['output'];
  /** Generations, with their events. */
  generations: Scalars['Int']['output'];
  /** Jobs of the compression stage that waited or ran. */
  jobs: Scalars['Int']['output'];
  /** Models that were told to forget what they have cached of it. */
  kvCaches: Scalars['Int']['output'];
  /** Segments of the search index. */
  segments: Scalars['Int']['output'];
  /** The session. */
  sessionId: Scalars['ID']['output'];
  /** Fragments left, since other sessions list them as well. */
  sharedFragments: Scalars['Int']['output'];
  /** Bytes at rest of the fragments deleted. */
  sizeBytes: Scalars['Float']['output'];
  /** Nodes of its summary tree. */
  summaries: Scalars['Int']['output'];
  /** Questions that were asked in it. */
  turns: Scalars['Int']['output'];
  /** Fragments left for some minutes, since another session has put them as well and may be about to list them. */
  waitingFragments: Scalars['Int']['output'];
};

/** Where a text comes from. */
export type Source = {
  /** What kind of text it is. */
  kind: SourceKind;
  /** Path or title, null when there is none. */
  name?: Maybe<Scalars['String']['output']>;
};

/** What a text comes from. */
export type SourceKind =
  /** A message. */
  | 'CHAT'
  /** A file. */
  | 'FILE'
  /** A text without a path. */
  | 'TEXT';

/** What can be followed while it happens. */
export type Subscription = {
  /** Asks a question and streams the answer. The first event names the generation, with which it can be resumed. */
  generate: GenerationEvent;
  /** The events of a generation, from the first or after a cursor, until its terminal event. One of both arguments is needed: a cursor names its generation. */
  generationEvents: GenerationEvent;
};


/** What can be followed while it happens. */
export type SubscriptionGenerateArgs = {
  input: AskInput;
};


/** What can be followed while it happens. */
export type SubscriptionGenerationEventsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  generationId?: InputMaybe<Scalars['ID']['input']>;
};

export type Summary = {
  /** Names session and node. */
  id: Scalars['ID']['output'];
};

/** A summary of many fragments. */
export type SummarySegment = Segment & {
  /** The fragment it was taken from, null for a summary. */
  fragment?: Maybe<Fragment>;
  /** First log position covered. */
  from: Scalars['Int']['output'];
  /** Whether a model wrote it: what an assistant said, here or before it came here. */
  modelWritten: Scalars['Boolean']['output'];
  /** The number it can be cited by, null when it is not numbered. */
  number?: Maybe<Scalars['Int']['output']>;
  /** Why it is here. */
  reason: SegmentReason;
  /** How well it fits the question; null where that was not the reason. */
  score?: Maybe<Scalars['Float']['output']>;
  /** The summary it is, null for what was taken from a fragment. */
  summary?: Maybe<Summary>;
  /** What the model is shown. */
  text: Scalars['String']['output'];
  /** Last log position covered. */
  through: Scalars['Int']['output'];
  /** o200k tokens of the text. */
  tokens: Scalars['Int']['output'];
  /** False when the text is an excerpt or a summary of what it points at. */
  verbatim: Scalars['Boolean']['output'];
  /** The same in plain words. */
  why: Scalars['String']['output'];
};

/** Where the time of one answer went. Null until known. */
export type Timings = {
  /** Writing the answer. */
  decodeMs?: Maybe<Scalars['Float']['output']>;
  /** From the question's arrival at this stage to the first token. */
  firstTokenMs?: Maybe<Scalars['Float']['output']>;
  /** Reading the prompt; behind a server, until its first word. */
  prefillMs?: Maybe<Scalars['Float']['output']>;
  /** Waiting for a slot of the engine, or until a server was asked again that had refused. */
  queuedMs?: Maybe<Scalars['Float']['output']>;
  /** Output tokens per second of decoding. */
  tokensPerSecond?: Maybe<Scalars['Float']['output']>;
  /** From the question's arrival at this stage to the end. */
  totalMs?: Maybe<Scalars['Float']['output']>;
  /** Choosing the working set, over all stages. */
  workingSetMs?: Maybe<Scalars['Float']['output']>;
};

/** What the model said next. */
export type TokenDelta = GenerationEvent & {
  /** Where to resume after this event. */
  cursor: Scalars['Cursor']['output'];
  /** From 0, without gaps. An event that comes again over another socket has the one it had: drop what is not greater than the last. */
  sequence: Scalars['Int']['output'];
  /** To be appended to what came before. */
  text: Scalars['String']['output'];
  /** Model tokens in it. */
  tokens: Scalars['Int']['output'];
};

export type Turn = {
  /** The answers to this question, oldest first. */
  generations?: Maybe<Array<Generation>>;
  /** Names session and turn. */
  id: Scalars['ID']['output'];
};

/** Model tokens of one answer. */
export type Usage = {
  /** Of these, reused from the session's KV cache, or, as it says, from that of its server. */
  cachedTokens: Scalars['Int']['output'];
  /** Written by the model. */
  outputTokens: Scalars['Int']['output'];
  /** Read by the model. */
  promptTokens: Scalars['Int']['output'];
};

/** A business error: something the caller can act on. Match on the code. */
export type UserError = {
  /** What happened, for a program. */
  code: ErrorCode;
  /** What happened, for a person. */
  message: Scalars['String']['output'];
  /** What the caller can do. */
  remedy: Scalars['String']['output'];
  /** Whether the same input may be accepted later. */
  retryable: Scalars['Boolean']['output'];
};

/** What the model sees of a session for one question, with receipts. Never over budget. */
export type WorkingSet = {
  /** What it was to fit, in o200k tokens. */
  budgetTokens: Scalars['Int']['output'];
  /** How likely it is that the answer can be given from it, 0-1; null when nothing has computed it. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** What it had to do without. */
  degraded: Array<Degradation>;
  /** Last log position the search index had seen; -1 when none. */
  indexedThrough: Scalars['Int']['output'];
  /** What did not fit. */
  omitted: Omitted;
  /**
   * Omitted.fragments.
   * @deprecated See omitted.
   */
  omittedFragments: Scalars['Int']['output'];
  /**
   * Omitted.tokens.
   * @deprecated See omitted.
   */
  omittedTokens: Scalars['Int']['output'];
  /** The revision it was made from. */
  revision: Scalars['Int']['output'];
  /** In the order in which the model reads them. */
  segments: Array<Segment>;
  /** o200k tokens it was chosen from. */
  sessionTokens: Scalars['Int']['output'];
  /** o200k tokens of all segments together, with the blank lines between them. */
  tokens: Scalars['Int']['output'];
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
  Generation: Generation;
  Turn: Turn;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Generation:
    ( { __typename: 'Generation' }
    & GraphQLRecursivePick<FederationTypes['Generation'], {"id":true}> );
  Turn:
    ( { __typename: 'Turn' }
    & GraphQLRecursivePick<FederationTypes['Turn'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  GenerationEvent:
    | ( StreamedEvent<"evidence-chosen"> )
    | ( StreamedEvent<"cancelled"> )
    | ( StreamedEvent<"completed"> )
    | ( StreamedEvent<"failed"> )
    | ( StreamedEvent<"started"> )
    | ( StreamedEvent<"delta"> )
  ;
  Node: ( GenerationRecord );
  Segment:
    | ( NumberedSegment )
    | ( NumberedSegment )
  ;
  UserError: ( InputRejected );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AskInput: AskInput;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  AskPayload: ResolverTypeWrapper<Omit<AskPayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversTypes['Generation']>, userErrors: Array<ResolversTypes['UserError']> }>;
  CancelGenerationInput: CancelGenerationInput;
  CancelGenerationPayload: ResolverTypeWrapper<Omit<CancelGenerationPayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversTypes['Generation']>, userErrors: Array<ResolversTypes['UserError']> }>;
  Certainty: Certainty;
  Citation: ResolverTypeWrapper<Omit<Citation, 'fragment' | 'segment'> & { fragment?: Maybe<ResolversTypes['Fragment']>, segment: ResolversTypes['Segment'] }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Degradation: ResolverTypeWrapper<Degradation>;
  EraseSessionInput: EraseSessionInput;
  EraseSessionPayload: ResolverTypeWrapper<Omit<EraseSessionPayload, 'userErrors'> & { userErrors: Array<ResolversTypes['UserError']> }>;
  ErrorCode: ErrorCode;
  EvidenceChosen: ResolverTypeWrapper<StreamedEvent<"evidence-chosen">>;
  Fragment: ResolverTypeWrapper<Fragment>;
  FragmentSegment: ResolverTypeWrapper<NumberedSegment>;
  Generation: ResolverTypeWrapper<GenerationRecord>;
  GenerationCancelled: ResolverTypeWrapper<StreamedEvent<"cancelled">>;
  GenerationCompleted: ResolverTypeWrapper<StreamedEvent<"completed">>;
  GenerationEvent: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['GenerationEvent']>;
  GenerationFailed: ResolverTypeWrapper<StreamedEvent<"failed">>;
  GenerationStarted: ResolverTypeWrapper<StreamedEvent<"started">>;
  GenerationStatus: GenerationStatus;
  Hop: ResolverTypeWrapper<Hop>;
  InputRejected: ResolverTypeWrapper<InputRejected>;
  Model: ResolverTypeWrapper<ShownModel>;
  ModelNeed: ModelNeed;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Omitted: ResolverTypeWrapper<Omitted>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RegenerateInput: RegenerateInput;
  RegeneratePayload: ResolverTypeWrapper<Omit<RegeneratePayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversTypes['Generation']>, userErrors: Array<ResolversTypes['UserError']> }>;
  Role: Role;
  Segment: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Segment']>;
  SegmentReason: SegmentReason;
  SessionErasure: ResolverTypeWrapper<SessionErasure>;
  Source: ResolverTypeWrapper<Source>;
  SourceKind: SourceKind;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Summary: ResolverTypeWrapper<Summary>;
  SummarySegment: ResolverTypeWrapper<NumberedSegment>;
  Timings: ResolverTypeWrapper<Timings>;
  TokenDelta: ResolverTypeWrapper<StreamedEvent<"delta">>;
  Turn: ResolverTypeWrapper<TurnReference>;
  Usage: ResolverTypeWrapper<Usage>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  WorkingSet: ResolverTypeWrapper<ContractWorkingSet>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AskInput: AskInput;
  Int: Scalars['Int']['output'];
  ID: Scalars['ID']['output'];
  Float: Scalars['Float']['output'];
  AskPayload: Omit<AskPayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversParentTypes['Generation']>, userErrors: Array<ResolversParentTypes['UserError']> };
  CancelGenerationInput: CancelGenerationInput;
  CancelGenerationPayload: Omit<CancelGenerationPayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversParentTypes['Generation']>, userErrors: Array<ResolversParentTypes['UserError']> };
  Citation: Omit<Citation, 'fragment' | 'segment'> & { fragment?: Maybe<ResolversParentTypes['Fragment']>, segment: ResolversParentTypes['Segment'] };
  Boolean: Scalars['Boolean']['output'];
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  Degradation: Degradation;
  EraseSessionInput: EraseSessionInput;
  EraseSessionPayload: Omit<EraseSessionPayload, 'userErrors'> & { userErrors: Array<ResolversParentTypes['UserError']> };
  EvidenceChosen: StreamedEvent<"evidence-chosen">;
  Fragment: Fragment;
  FragmentSegment: NumberedSegment;
  Generation: GenerationRecord;
  GenerationCancelled: StreamedEvent<"cancelled">;
  GenerationCompleted: StreamedEvent<"completed">;
  GenerationEvent: ResolversInterfaceTypes<ResolversParentTypes>['GenerationEvent'];
  GenerationFailed: StreamedEvent<"failed">;
  GenerationStarted: StreamedEvent<"started">;
  Hop: Hop;
  InputRejected: InputRejected;
  Model: ShownModel;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Omitted: Omitted;
  Query: Record<PropertyKey, never>;
  RegenerateInput: RegenerateInput;
  RegeneratePayload: Omit<RegeneratePayload, 'generation' | 'userErrors'> & { generation?: Maybe<ResolversParentTypes['Generation']>, userErrors: Array<ResolversParentTypes['UserError']> };
  Segment: ResolversInterfaceTypes<ResolversParentTypes>['Segment'];
  SessionErasure: SessionErasure;
  Source: Source;
  Subscription: Record<PropertyKey, never>;
  Summary: Summary;
  SummarySegment: NumberedSegment;
  Timings: Timings;
  TokenDelta: StreamedEvent<"delta">;
  Turn: TurnReference;
  Usage: Usage;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  WorkingSet: ContractWorkingSet;
  String: Scalars['String']['output'];
};

export type IdempotentDirectiveArgs = {
  key: Scalars['String']['input'];
};

export type IdempotentDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = IdempotentDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ResumableDirectiveArgs = {
  argument: Scalars['String']['input'];
  cursor: Scalars['String']['input'];
  through?: Maybe<Scalars['String']['input']>;
};

export type ResumableDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = ResumableDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AskPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AskPayload'] = ResolversParentTypes['AskPayload']> = {
  generation?: Resolver<Maybe<ResolversTypes['Generation']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type CancelGenerationPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CancelGenerationPayload'] = ResolversParentTypes['CancelGenerationPayload']> = {
  generation?: Resolver<Maybe<ResolversTypes['Generation']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type CitationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Citation'] = ResolversParentTypes['Citation']> = {
  fragment?: Resolver<Maybe<ResolversTypes['Fragment']>, ParentType, ContextType>;
  named?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  quotes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  segment?: Resolver<ResolversTypes['Segment'], ParentType, ContextType>;
  summary?: Resolver<Maybe<ResolversTypes['Summary']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DegradationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Degradation'] = ResolversParentTypes['Degradation']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stage?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EraseSessionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['EraseSessionPayload'] = ResolversParentTypes['EraseSessionPayload']> = {
  erased?: Resolver<Maybe<ResolversTypes['SessionErasure']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type EvidenceChosenResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['EvidenceChosen'] = ResolversParentTypes['EvidenceChosen']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workingSetTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FragmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Fragment'] = ResolversParentTypes['Fragment']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type FragmentSegmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FragmentSegment'] = ResolversParentTypes['FragmentSegment']> = {
  fragment?: Resolver<Maybe<ResolversTypes['Fragment']>, ParentType, ContextType>;
  from?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  metadata?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  modelWritten?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  occurredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['SegmentReason'], ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['Source']>, ParentType, ContextType>;
  speaker?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  summary?: Resolver<Maybe<ResolversTypes['Summary']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  verbatim?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Generation'] = ResolversParentTypes['Generation'], FederationReferenceType extends FederationReferenceTypes['Generation'] = FederationReferenceTypes['Generation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Generation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  certainty?: Resolver<Maybe<ResolversTypes['Certainty']>, ParentType, ContextType>;
  citations?: Resolver<Array<ResolversTypes['Citation']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  hops?: Resolver<Array<ResolversTypes['Hop']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['Model'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['GenerationStatus'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  timings?: Resolver<ResolversTypes['Timings'], ParentType, ContextType>;
  turn?: Resolver<Maybe<ResolversTypes['Turn']>, ParentType, ContextType>;
  usage?: Resolver<ResolversTypes['Usage'], ParentType, ContextType>;
  workingSet?: Resolver<ResolversTypes['WorkingSet'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationCancelledResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['GenerationCancelled'] = ResolversParentTypes['GenerationCancelled']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationCompletedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['GenerationCompleted'] = ResolversParentTypes['GenerationCompleted']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['GenerationEvent'] = ResolversParentTypes['GenerationEvent']> = {
  __resolveType: TypeResolveFn<'EvidenceChosen' | 'GenerationCancelled' | 'GenerationCompleted' | 'GenerationFailed' | 'GenerationStarted' | 'TokenDelta', ParentType, ContextType>;
};

export type GenerationFailedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['GenerationFailed'] = ResolversParentTypes['GenerationFailed']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationStartedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['GenerationStarted'] = ResolversParentTypes['GenerationStarted']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Generation'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HopResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Hop'] = ResolversParentTypes['Hop']> = {
  cacheHit?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  durationMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shard?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sizeBytes?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  stage?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  startedAtMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  tokens?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InputRejectedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InputRejected'] = ResolversParentTypes['InputRejected']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ModelResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Model'] = ResolversParentTypes['Model']> = {
  active?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  contextTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  defaultBudgetTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  engine?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  needs?: Resolver<Maybe<ResolversTypes['ModelNeed']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  server?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sizeBytes?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  small?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  activateModel?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationActivateModelArgs, 'id'>>;
  ask?: Resolver<ResolversTypes['AskPayload'], ParentType, ContextType, RequireFields<MutationAskArgs, 'input'>>;
  backupReasoning?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, RequireFields<MutationBackupReasoningArgs, 'folder'>>;
  cancelGeneration?: Resolver<ResolversTypes['CancelGenerationPayload'], ParentType, ContextType, RequireFields<MutationCancelGenerationArgs, 'input'>>;
  eraseSession?: Resolver<ResolversTypes['EraseSessionPayload'], ParentType, ContextType, RequireFields<MutationEraseSessionArgs, 'input'>>;
  holdErasures?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType, RequireFields<MutationHoldErasuresArgs, 'seconds'>>;
  regenerate?: Resolver<ResolversTypes['RegeneratePayload'], ParentType, ContextType, RequireFields<MutationRegenerateArgs, 'input'>>;
  rollbackModel?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Generation', ParentType, ContextType>;
};

export type OmittedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Omitted'] = ResolversParentTypes['Omitted']> = {
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  generation?: Resolver<Maybe<ResolversTypes['Generation']>, ParentType, ContextType, RequireFields<QueryGenerationArgs, 'id'>>;
  models?: Resolver<Array<ResolversTypes['Model']>, ParentType, ContextType>;
};

export type RegeneratePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RegeneratePayload'] = ResolversParentTypes['RegeneratePayload']> = {
  generation?: Resolver<Maybe<ResolversTypes['Generation']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type SegmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Segment'] = ResolversParentTypes['Segment']> = {
  __resolveType: TypeResolveFn<'FragmentSegment' | 'SummarySegment', ParentType, ContextType>;
};

export type SessionErasureResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionErasure'] = ResolversParentTypes['SessionErasure']> = {
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  generations?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  jobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kvCaches?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  segments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sharedFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  summaries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  turns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SourceResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  kind?: Resolver<ResolversTypes['SourceKind'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  generate?: SubscriptionResolver<ResolversTypes['GenerationEvent'], "generate", ParentType, ContextType, RequireFields<SubscriptionGenerateArgs, 'input'>>;
  generationEvents?: SubscriptionResolver<ResolversTypes['GenerationEvent'], "generationEvents", ParentType, ContextType, Partial<SubscriptionGenerationEventsArgs>>;
};

export type SummaryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Summary'] = ResolversParentTypes['Summary']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SummarySegmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SummarySegment'] = ResolversParentTypes['SummarySegment']> = {
  fragment?: Resolver<Maybe<ResolversTypes['Fragment']>, ParentType, ContextType>;
  from?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modelWritten?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['SegmentReason'], ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  summary?: Resolver<Maybe<ResolversTypes['Summary']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  verbatim?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TimingsResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Timings'] = ResolversParentTypes['Timings']> = {
  decodeMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  firstTokenMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  prefillMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  queuedMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  tokensPerSecond?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  totalMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  workingSetMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type TokenDeltaResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TokenDelta'] = ResolversParentTypes['TokenDelta']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TurnResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Turn'] = ResolversParentTypes['Turn'], FederationReferenceType extends FederationReferenceTypes['Turn'] = FederationReferenceTypes['Turn']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Turn']> | FederationReferenceType, FederationReferenceType, ContextType>;
  generations?: Resolver<Maybe<Array<ResolversTypes['Generation']>>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UsageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Usage'] = ResolversParentTypes['Usage']> = {
  cachedTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outputTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  promptTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'InputRejected', ParentType, ContextType>;
};

export type WorkingSetResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['WorkingSet'] = ResolversParentTypes['WorkingSet']> = {
  budgetTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  degraded?: Resolver<Array<ResolversTypes['Degradation']>, ParentType, ContextType>;
  indexedThrough?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  omitted?: Resolver<ResolversTypes['Omitted'], ParentType, ContextType>;
  omittedFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  omittedTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  segments?: Resolver<Array<ResolversTypes['Segment']>, ParentType, ContextType>;
  sessionTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AskPayload?: AskPayloadResolvers<ContextType>;
  CancelGenerationPayload?: CancelGenerationPayloadResolvers<ContextType>;
  Citation?: CitationResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Degradation?: DegradationResolvers<ContextType>;
  EraseSessionPayload?: EraseSessionPayloadResolvers<ContextType>;
  EvidenceChosen?: EvidenceChosenResolvers<ContextType>;
  Fragment?: FragmentResolvers<ContextType>;
  FragmentSegment?: FragmentSegmentResolvers<ContextType>;
  Generation?: GenerationResolvers<ContextType>;
  GenerationCancelled?: GenerationCancelledResolvers<ContextType>;
  GenerationCompleted?: GenerationCompletedResolvers<ContextType>;
  GenerationEvent?: GenerationEventResolvers<ContextType>;
  GenerationFailed?: GenerationFailedResolvers<ContextType>;
  GenerationStarted?: GenerationStartedResolvers<ContextType>;
  Hop?: HopResolvers<ContextType>;
  InputRejected?: InputRejectedResolvers<ContextType>;
  Model?: ModelResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Omitted?: OmittedResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RegeneratePayload?: RegeneratePayloadResolvers<ContextType>;
  Segment?: SegmentResolvers<ContextType>;
  SessionErasure?: SessionErasureResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Summary?: SummaryResolvers<ContextType>;
  SummarySegment?: SummarySegmentResolvers<ContextType>;
  Timings?: TimingsResolvers<ContextType>;
  TokenDelta?: TokenDeltaResolvers<ContextType>;
  Turn?: TurnResolvers<ContextType>;
  Usage?: UsageResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  WorkingSet?: WorkingSetResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  idempotent?: IdempotentDirectiveResolver<any, any, ContextType>;
  resumable?: ResumableDirectiveResolver<any, any, ContextType>;
};
