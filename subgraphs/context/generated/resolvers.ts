import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { DocumentRecord, SessionRecord, TurnRecord } from '../log/session-log.ts';
import type { NumberedSegment } from '@supercontext/runtime/serve/working-set-resolvers.ts';
import type { ListedEdge } from '../list-sessions.ts';
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

/** What to append to which session. */
export type AppendContextInput = {
  /** The revision the sender has seen; leave it out to append at the end whatever it is. */
  baseRevision?: InputMaybe<Scalars['Int']['input']>;
  /** The contract version the sender speaks, 1 or 2. Items of version 1 say neither who spoke nor when, and carry no metadata. */
  contractVersion?: Scalars['Int']['input'];
  /** 1-128 characters; the same key and content twice has the effect of once. */
  idempotencyKey: Scalars['String']['input'];
  /** At most 4 096 items and 8 MiB of text together; at least one, unless documents are removed. */
  items: Array<DeltaItemInput>;
  /** Paths of documents that are removed, at most 4 096. */
  removes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

/** What became of an append. */
export type AppendContextPayload = {
  /** What the append added, null when it was rejected. */
  receipt?: Maybe<AppendReceipt>;
  /** The session after the append, null when it was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** What one append added. */
export type AppendReceipt = {
  /** Fragments added to the log. */
  fragments: Scalars['Int']['output'];
  /** Whether this key had been acknowledged before; nothing was added again. */
  replayed: Scalars['Boolean']['output'];
  /** The session's revision after the append. */
  revision: Scalars['Int']['output'];
  /** UTF-8 bytes of text added. */
  sizeBytes: Scalars['Int']['output'];
  /** o200k tokens added. */
  tokens: Scalars['Int']['output'];
};

/** Which session to put aside. */
export type ArchiveSessionInput = {
  /** False takes it out of the archive again. */
  archived?: Scalars['Boolean']['input'];
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

/** What became of an archiving. */
export type ArchiveSessionPayload = {
  /** The session, null when the input was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

export type AskAgainInput = {
  /** For the working set, 0 for none. */
  budgetTokens: Scalars['Int']['input'];
  turnId: Scalars['ID']['input'];
};

export type BeginTurnInput = {
  /** For the working set, 0 for none. */
  budgetTokens: Scalars['Int']['input'];
  /** 1-128 characters; the same key twice returns the same turn. */
  idempotencyKey: Scalars['String']['input'];
  prompt: Scalars['String']['input'];
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

export type BeginTurnPayload = {
  turn: Turn;
  workingSet: WorkingSet;
};

/** What context, store and compression erased of a session. */
export type ContextErasure = {
  /** Whether the log had the session. */
  existed: Scalars['Boolean']['output'];
  fragments: Scalars['Int']['output'];
  jobs: Scalars['Int']['output'];
  segments: Scalars['Int']['output'];
  sharedFragments: Scalars['Int']['output'];
  sizeBytes: Scalars['Float']['output'];
  summaries: Scalars['Int']['output'];
  turns: Scalars['Int']['output'];
  waitingFragments: Scalars['Int']['output'];
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

/** Exactly one of the three. */
export type DeltaItemInput = {
  /** A file, whole. */
  file?: InputMaybe<FileInput>;
  /** What somebody said. */
  message?: InputMaybe<MessageInput>;
  /** Any other text. */
  text?: InputMaybe<TextInput>;
};

/** A file within its session. Two files with one path are one document. */
export type Document = {
  /** When the last of them was appended. */
  appendedAt: Scalars['DateTime']['output'];
  /** SHA-256 of its text, in hex; of several parts, of their hashes' bytes, one after the other. */
  hash: Scalars['String']['output'];
  /** How many appended files it is made of. */
  parts: Scalars['Int']['output'];
  /** Names it within its session. */
  path: Scalars['String']['output'];
  /** o200k tokens. */
  tokens: Scalars['Int']['output'];
};

/** A page of documents. */
export type DocumentConnection = {
  /** In order of their paths. */
  edges: Array<DocumentEdge>;
  /** Where the list goes on. */
  pageInfo: PageInfo;
};

/** A document of a page. */
export type DocumentEdge = {
  /** Where the list goes on before and after it. */
  cursor: Scalars['Cursor']['output'];
  /** The document. */
  node: Document;
};

/** Which part of which version of a document a file is. A version comes into effect with its last part, in the place of the one there was; until then nothing of it is found. Parts come in order, in one append or several. */
export type DocumentVersionInput = {
  /** SHA-256 of the parts' hashes' bytes, one after the other, as 64 lower-case hex digits: needed where there are several parts, and of all the same. */
  hash?: InputMaybe<Scalars['String']['input']>;
  /** Counts from 0. */
  part?: Scalars['Int']['input'];
  /** 1-65 536. */
  parts?: Scalars['Int']['input'];
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

/** A file, as it is. */
export type FileInput = {
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: InputMaybe<Scalars['String']['input']>;
  /** When it was written. */
  occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** As the sender knows it, 1-1 024 characters: names the document within its session. */
  path: Scalars['String']['input'];
  /** The whole file, Unicode, or a part of it. Added to the document with this path, if there is one and no version is said. */
  text: Scalars['String']['input'];
  /** Said of a file that takes the place of the document with its path, if there is one. */
  version?: InputMaybe<DocumentVersionInput>;
};

export type Fragment = Node & {
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
};

export type Generation = Node & {
  /** Names the generation. */
  id: Scalars['ID']['output'];
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

/** What somebody said. */
export type MessageInput = {
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: InputMaybe<Scalars['String']['input']>;
  /** When it was said. */
  occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Who says it. */
  role: Role;
  /** The name of who speaks, 1-256 characters. */
  speaker?: InputMaybe<Scalars['String']['input']>;
  /** What is said, Unicode. */
  text: Scalars['String']['input'];
};

/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type Mutation = {
  /** Appends a delta: files, messages and text. Acknowledged only when durable; the same key and content twice has the effect of once. */
  appendContext: AppendContextPayload;
  /** Puts a session aside: it is left out of lists that do not ask for archived ones, and works as before. */
  archiveSession: ArchiveSessionPayload;
  /** For the reasoning stage: what the model shall see for a question that was asked before: what the session says now, without that turn. */
  askAgain: BeginTurnPayload;
  /** For the operator's backup: copies this stage's state, as it is, to a new folder on its machine; the names of the files there. */
  backupContext: Array<Scalars['String']['output']>;
  /** For the reasoning stage: records a question as the next turn and returns what the model shall see. */
  beginTurn: BeginTurnPayload;
  /** For the reasoning stage: erases a session here, in the store and in compression, so that nothing of it is left in the files. Idempotent. */
  eraseFromContext: ContextErasure;
  /** Opens an empty session. */
  openSession: OpenSessionPayload;
  /** For the reasoning stage: appends the answer of a turn to the session's log. Of several answers to a turn the session says the one that was begun last. */
  recordAnswer: RecordAnswerPayload;
  /** Removes a document: by its acknowledgement it has left fragments, counts, search and working sets. The log keeps that it was there, and its bytes stay until the session is erased. What was answered from it is said already and stays, as what a user said of it does. */
  removeDocument: RemoveDocumentPayload;
  /** Gives a session another title, or takes the one away that it was given. */
  renameSession: RenameSessionPayload;
  /** Puts a text in the place of a document, or of what there is not yet. Acknowledged only when durable, and by then nothing finds the version before; the same key and content twice has the effect of once. */
  replaceDocument: ReplaceDocumentPayload;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationAppendContextArgs = {
  input: AppendContextInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationArchiveSessionArgs = {
  input: ArchiveSessionInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationAskAgainArgs = {
  input: AskAgainInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationBackupContextArgs = {
  folder: Scalars['String']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationBeginTurnArgs = {
  input: BeginTurnInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationEraseFromContextArgs = {
  sessionId: Scalars['ID']['input'];
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationOpenSessionArgs = {
  input: OpenSessionInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationRecordAnswerArgs = {
  input: RecordAnswerInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationRemoveDocumentArgs = {
  input: RemoveDocumentInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationRenameSessionArgs = {
  input: RenameSessionInput;
};


/** What changes something. Each mutation has one input and one payload; what its caller can put right is in userErrors. */
export type MutationReplaceDocumentArgs = {
  input: ReplaceDocumentInput;
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

/** How to open a session. */
export type OpenSessionInput = {
  /** 1-128 characters; the same key twice returns the same session, with the title that it was opened with. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A name for people, at most 200 characters; a blank one is none. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** What became of an opening. */
export type OpenSessionPayload = {
  /** The session, null when the input was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
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

/** What can be read. */
export type Query = {
  /** Any node by its id, null when there is none. */
  node?: Maybe<Node>;
  /** One session, null when there is none. */
  session?: Maybe<Session>;
  /** Sessions, newest first. One that is used moves to the front of the order of activity while its pages are read. */
  sessions: SessionConnection;
};


/** What can be read. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QuerySessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QuerySessionsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<SessionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: SessionOrder;
};

export type RecordAnswerInput = {
  /** When it was begun: of the answers to a turn the session says the one that was begun last. */
  begunAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The generation that answered: the same id twice has the effect of once. */
  generationId: Scalars['ID']['input'];
  text: Scalars['String']['input'];
  turnId: Scalars['ID']['input'];
};

export type RecordAnswerPayload = {
  /** The session's revision with the answer in it. */
  revision: Scalars['Int']['output'];
};

/** Which document to remove. */
export type RemoveDocumentInput = {
  /** 1-128 characters; the same key and path twice has the effect of once. */
  idempotencyKey: Scalars['String']['input'];
  /** Names the document within its session. */
  path: Scalars['String']['input'];
  /** The session. */
  sessionId: Scalars['ID']['input'];
};

/** What became of a removal. */
export type RemoveDocumentPayload = {
  /** The session, null when the input was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** How to call which session. */
export type RenameSessionInput = {
  /** The session. */
  sessionId: Scalars['ID']['input'];
  /** 1-200 characters; null for the title that its first question gives it. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** What became of a renaming. */
export type RenameSessionPayload = {
  /** The session with its title, null when the input was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** A new version of a document, whole or a part of it. */
export type ReplaceDocumentInput = {
  /** 1-128 characters; the same key and content twice has the effect of once. */
  idempotencyKey: Scalars['String']['input'];
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: InputMaybe<Scalars['String']['input']>;
  /** When it was written. */
  occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Names the document within its session, 1-1 024 characters. One that there is not is added. */
  path: Scalars['String']['input'];
  /** The session. */
  sessionId: Scalars['ID']['input'];
  /** Its text, Unicode, at most 8 MiB: larger documents come in parts. */
  text: Scalars['String']['input'];
  /** Where the document comes in parts: which one this is. */
  version?: InputMaybe<DocumentVersionInput>;
};

/** What became of a replacement. */
export type ReplaceDocumentPayload = {
  /** The document as it is now; null when the input was rejected, and before the first version's last part. */
  document?: Maybe<Document>;
  /** What it added to the log, null when it was rejected. */
  receipt?: Maybe<AppendReceipt>;
  /** The session, null when the input was rejected. */
  session?: Maybe<Session>;
  /** Why not, empty on success. */
  userErrors: Array<UserError>;
};

/** The session has moved on since the revision the caller named. */
export type RevisionConflict = UserError & {
  /** REVISION_CONFLICT. */
  code: ErrorCode;
  /** The revision the session is at. */
  currentRevision: Scalars['Int']['output'];
  /** What happened, for a person. */
  message: Scalars['String']['output'];
  /** What the caller can do. */
  remedy: Scalars['String']['output'];
  /** Whether the same input may be accepted later. */
  retryable: Scalars['Boolean']['output'];
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

/** A conversation with everything it knows, of any length. */
export type Session = Node & {
  /** When it was archived, null while it is not. */
  archivedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was opened. */
  createdAt: Scalars['DateTime']['output'];
  /** One document, null when there is none with this path. */
  document?: Maybe<Document>;
  /** Its documents, in order of their paths: files, each with the parts that it was appended in. */
  documents: DocumentConnection;
  /** Fragments of it: those in the log that were not withdrawn, as a document is that was replaced or removed. */
  fragmentCount: Scalars['Int']['output'];
  /** Names the session. */
  id: Scalars['ID']['output'];
  /** When something was appended or asked last; createdAt before. */
  lastActivityAt: Scalars['DateTime']['output'];
  /** For the store: the digest of the log, by which it knows whether its copy is the same. */
  logDigest: Scalars['String']['output'];
  /** For the store: entries of the log, those withdrawn among them. */
  logLength: Scalars['Int']['output'];
  /** Counts appends; 0 when empty. */
  revision: Scalars['Int']['output'];
  /** A name for people: the one it was given, or else the beginning of its first question; null before there is one. */
  title?: Maybe<Scalars['String']['output']>;
  /** o200k tokens in the log. */
  tokens: Scalars['Int']['output'];
  /** The questions asked, oldest first. */
  turns: TurnConnection;
  /** For the store and compression: the digest of which positions are withdrawn. */
  withdrawnDigest: Scalars['String']['output'];
  /** What a model would see of this session for this question and budget; ask has the default budget of its model. */
  workingSet: WorkingSet;
};


/** A conversation with everything it knows, of any length. */
export type SessionDocumentArgs = {
  path: Scalars['String']['input'];
};


/** A conversation with everything it knows, of any length. */
export type SessionDocumentsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A conversation with everything it knows, of any length. */
export type SessionTurnsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A conversation with everything it knows, of any length. */
export type SessionWorkingSetArgs = {
  budgetTokens?: Scalars['Int']['input'];
  query: Scalars['String']['input'];
};

/** A page of sessions. */
export type SessionConnection = {
  /** In the order that was asked for. */
  edges: Array<SessionEdge>;
  /** Where the list goes on. */
  pageInfo: PageInfo;
};

/** A session of a page. */
export type SessionEdge = {
  /** Where the list goes on before and after it. */
  cursor: Scalars['Cursor']['output'];
  /** Null, with an error that names it, when what is kept of it is damaged. */
  node?: Maybe<Session>;
};

/** Which sessions are wanted. */
export type SessionFilter = {
  /** Whether those archived, or those not; null for both. */
  archived?: InputMaybe<Scalars['Boolean']['input']>;
  /** Part of the title, 1-200 characters, whatever its case and accents. */
  titleContains?: InputMaybe<Scalars['String']['input']>;
};

/** The order of a list of sessions, newest first. */
export type SessionOrder =
  /** By createdAt. */
  | 'CREATED'
  /** By lastActivityAt. */
  | 'LAST_ACTIVITY';

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

export type Summary = Node & {
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
};

/** A text without a path. */
export type TextInput = {
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: InputMaybe<Scalars['String']['input']>;
  /** When it was written. */
  occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The whole text, Unicode. */
  text: Scalars['String']['input'];
  /** 1-1 024 characters. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** One question put to a session. */
export type Turn = Node & {
  /** When it was asked. */
  createdAt: Scalars['DateTime']['output'];
  /** Names session and turn. */
  id: Scalars['ID']['output'];
  /** Counts from 0. */
  index: Scalars['Int']['output'];
  /** The question. */
  prompt: Scalars['String']['output'];
  /** The session it was asked in. */
  session: Session;
};

/** A page of turns. */
export type TurnConnection = {
  /** Oldest first. */
  edges: Array<TurnEdge>;
  /** Where the list goes on. */
  pageInfo: PageInfo;
};

/** A turn of a page. */
export type TurnEdge = {
  /** Where the list goes on before and after it. */
  cursor: Scalars['Cursor']['output'];
  /** The turn. */
  node: Turn;
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
  Session: Session;
  Turn: Turn;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Session:
    ( { __typename: 'Session' }
    & GraphQLRecursivePick<FederationTypes['Session'], {"id":true}> );
  Turn:
    ( { __typename: 'Turn' }
    & GraphQLRecursivePick<FederationTypes['Turn'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( Fragment )
    | ( Generation )
    | ( SessionRecord )
    | ( Summary )
    | ( TurnRecord )
  ;
  Segment:
    | ( NumberedSegment )
    | ( NumberedSegment )
  ;
  UserError:
    | ( InputRejected )
    | ( RevisionConflict )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AppendContextInput: AppendContextInput;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AppendContextPayload: ResolverTypeWrapper<Omit<AppendContextPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  AppendReceipt: ResolverTypeWrapper<AppendReceipt>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ArchiveSessionInput: ArchiveSessionInput;
  ArchiveSessionPayload: ResolverTypeWrapper<Omit<ArchiveSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  AskAgainInput: AskAgainInput;
  BeginTurnInput: BeginTurnInput;
  BeginTurnPayload: ResolverTypeWrapper<Omit<BeginTurnPayload, 'turn' | 'workingSet'> & { turn: ResolversTypes['Turn'], workingSet: ResolversTypes['WorkingSet'] }>;
  ContextErasure: ResolverTypeWrapper<ContextErasure>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Degradation: ResolverTypeWrapper<Degradation>;
  DeltaItemInput: DeltaItemInput;
  Document: ResolverTypeWrapper<DocumentRecord>;
  DocumentConnection: ResolverTypeWrapper<Omit<DocumentConnection, 'edges'> & { edges: Array<ResolversTypes['DocumentEdge']> }>;
  DocumentEdge: ResolverTypeWrapper<Omit<DocumentEdge, 'node'> & { node: ResolversTypes['Document'] }>;
  DocumentVersionInput: DocumentVersionInput;
  ErrorCode: ErrorCode;
  FileInput: FileInput;
  Fragment: ResolverTypeWrapper<Fragment>;
  FragmentSegment: ResolverTypeWrapper<NumberedSegment>;
  Generation: ResolverTypeWrapper<Generation>;
  InputRejected: ResolverTypeWrapper<InputRejected>;
  MessageInput: MessageInput;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Omitted: ResolverTypeWrapper<Omitted>;
  OpenSessionInput: OpenSessionInput;
  OpenSessionPayload: ResolverTypeWrapper<Omit<OpenSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RecordAnswerInput: RecordAnswerInput;
  RecordAnswerPayload: ResolverTypeWrapper<RecordAnswerPayload>;
  RemoveDocumentInput: RemoveDocumentInput;
  RemoveDocumentPayload: ResolverTypeWrapper<Omit<RemoveDocumentPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  RenameSessionInput: RenameSessionInput;
  RenameSessionPayload: ResolverTypeWrapper<Omit<RenameSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  ReplaceDocumentInput: ReplaceDocumentInput;
  ReplaceDocumentPayload: ResolverTypeWrapper<Omit<ReplaceDocumentPayload, 'document' | 'session' | 'userErrors'> & { document?: Maybe<ResolversTypes['Document']>, session?: Maybe<ResolversTypes['Session']>, userErrors: Array<ResolversTypes['UserError']> }>;
  RevisionConflict: ResolverTypeWrapper<RevisionConflict>;
  Role: Role;
  Segment: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Segment']>;
  SegmentReason: SegmentReason;
  Session: ResolverTypeWrapper<SessionRecord>;
  SessionConnection: ResolverTypeWrapper<Omit<SessionConnection, 'edges'> & { edges: Array<ResolversTypes['SessionEdge']> }>;
  SessionEdge: ResolverTypeWrapper<ListedEdge>;
  SessionFilter: SessionFilter;
  SessionOrder: SessionOrder;
  Source: ResolverTypeWrapper<Source>;
  SourceKind: SourceKind;
  Summary: ResolverTypeWrapper<Summary>;
  SummarySegment: ResolverTypeWrapper<NumberedSegment>;
  TextInput: TextInput;
  Turn: ResolverTypeWrapper<TurnRecord>;
  TurnConnection: ResolverTypeWrapper<Omit<TurnConnection, 'edges'> & { edges: Array<ResolversTypes['TurnEdge']> }>;
  TurnEdge: ResolverTypeWrapper<Omit<TurnEdge, 'node'> & { node: ResolversTypes['Turn'] }>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  WorkingSet: ResolverTypeWrapper<ContractWorkingSet>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AppendContextInput: AppendContextInput;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  AppendContextPayload: Omit<AppendContextPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  AppendReceipt: AppendReceipt;
  Boolean: Scalars['Boolean']['output'];
  ArchiveSessionInput: ArchiveSessionInput;
  ArchiveSessionPayload: Omit<ArchiveSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  AskAgainInput: AskAgainInput;
  BeginTurnInput: BeginTurnInput;
  BeginTurnPayload: Omit<BeginTurnPayload, 'turn' | 'workingSet'> & { turn: ResolversParentTypes['Turn'], workingSet: ResolversParentTypes['WorkingSet'] };
  ContextErasure: ContextErasure;
  Float: Scalars['Float']['output'];
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  Degradation: Degradation;
  DeltaItemInput: DeltaItemInput;
  Document: DocumentRecord;
  DocumentConnection: Omit<DocumentConnection, 'edges'> & { edges: Array<ResolversParentTypes['DocumentEdge']> };
  DocumentEdge: Omit<DocumentEdge, 'node'> & { node: ResolversParentTypes['Document'] };
  DocumentVersionInput: DocumentVersionInput;
  FileInput: FileInput;
  Fragment: Fragment;
  FragmentSegment: NumberedSegment;
  Generation: Generation;
  InputRejected: InputRejected;
  MessageInput: MessageInput;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Omitted: Omitted;
  OpenSessionInput: OpenSessionInput;
  OpenSessionPayload: Omit<OpenSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  RecordAnswerInput: RecordAnswerInput;
  RecordAnswerPayload: RecordAnswerPayload;
  RemoveDocumentInput: RemoveDocumentInput;
  RemoveDocumentPayload: Omit<RemoveDocumentPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  RenameSessionInput: RenameSessionInput;
  RenameSessionPayload: Omit<RenameSessionPayload, 'session' | 'userErrors'> & { session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  ReplaceDocumentInput: ReplaceDocumentInput;
  ReplaceDocumentPayload: Omit<ReplaceDocumentPayload, 'document' | 'session' | 'userErrors'> & { document?: Maybe<ResolversParentTypes['Document']>, session?: Maybe<ResolversParentTypes['Session']>, userErrors: Array<ResolversParentTypes['UserError']> };
  RevisionConflict: RevisionConflict;
  Segment: ResolversInterfaceTypes<ResolversParentTypes>['Segment'];
  Session: SessionRecord;
  SessionConnection: Omit<SessionConnection, 'edges'> & { edges: Array<ResolversParentTypes['SessionEdge']> };
  SessionEdge: ListedEdge;
  SessionFilter: SessionFilter;
  Source: Source;
  Summary: Summary;
  SummarySegment: NumberedSegment;
  TextInput: TextInput;
  Turn: TurnRecord;
  TurnConnection: Omit<TurnConnection, 'edges'> & { edges: Array<ResolversParentTypes['TurnEdge']> };
  TurnEdge: Omit<TurnEdge, 'node'> & { node: ResolversParentTypes['Turn'] };
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  WorkingSet: ContractWorkingSet;
};

export type AppendContextPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AppendContextPayload'] = ResolversParentTypes['AppendContextPayload']> = {
  receipt?: Resolver<Maybe<ResolversTypes['AppendReceipt']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type AppendReceiptResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AppendReceipt'] = ResolversParentTypes['AppendReceipt']> = {
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ArchiveSessionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ArchiveSessionPayload'] = ResolversParentTypes['ArchiveSessionPayload']> = {
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type BeginTurnPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['BeginTurnPayload'] = ResolversParentTypes['BeginTurnPayload']> = {
  turn?: Resolver<ResolversTypes['Turn'], ParentType, ContextType>;
  workingSet?: Resolver<ResolversTypes['WorkingSet'], ParentType, ContextType>;
};

export type ContextErasureResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ContextErasure'] = ResolversParentTypes['ContextErasure']> = {
  existed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  jobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  segments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharedFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  summaries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  turns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingFragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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

export type DocumentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Document'] = ResolversParentTypes['Document']> = {
  appendedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DocumentConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DocumentConnection'] = ResolversParentTypes['DocumentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DocumentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DocumentEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DocumentEdge'] = ResolversParentTypes['DocumentEdge']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Document'], ParentType, ContextType>;
};

export type FragmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Fragment'] = ResolversParentTypes['Fragment']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenerationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Generation'] = ResolversParentTypes['Generation']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InputRejectedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InputRejected'] = ResolversParentTypes['InputRejected']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  appendContext?: Resolver<ResolversTypes['AppendContextPayload'], ParentType, ContextType, RequireFields<MutationAppendContextArgs, 'input'>>;
  archiveSession?: Resolver<ResolversTypes['ArchiveSessionPayload'], ParentType, ContextType, RequireFields<MutationArchiveSessionArgs, 'input'>>;
  askAgain?: Resolver<ResolversTypes['BeginTurnPayload'], ParentType, ContextType, RequireFields<MutationAskAgainArgs, 'input'>>;
  backupContext?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, RequireFields<MutationBackupContextArgs, 'folder'>>;
  beginTurn?: Resolver<ResolversTypes['BeginTurnPayload'], ParentType, ContextType, RequireFields<MutationBeginTurnArgs, 'input'>>;
  eraseFromContext?: Resolver<ResolversTypes['ContextErasure'], ParentType, ContextType, RequireFields<MutationEraseFromContextArgs, 'sessionId'>>;
  openSession?: Resolver<ResolversTypes['OpenSessionPayload'], ParentType, ContextType, RequireFields<MutationOpenSessionArgs, 'input'>>;
  recordAnswer?: Resolver<ResolversTypes['RecordAnswerPayload'], ParentType, ContextType, RequireFields<MutationRecordAnswerArgs, 'input'>>;
  removeDocument?: Resolver<ResolversTypes['RemoveDocumentPayload'], ParentType, ContextType, RequireFields<MutationRemoveDocumentArgs, 'input'>>;
  renameSession?: Resolver<ResolversTypes['RenameSessionPayload'], ParentType, ContextType, RequireFields<MutationRenameSessionArgs, 'input'>>;
  replaceDocument?: Resolver<ResolversTypes['ReplaceDocumentPayload'], ParentType, ContextType, RequireFields<MutationReplaceDocumentArgs, 'input'>>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Fragment' | 'Generation' | 'Session' | 'Summary' | 'Turn', ParentType, ContextType>;
};

export type OmittedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Omitted'] = ResolversParentTypes['Omitted']> = {
  fragments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OpenSessionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OpenSessionPayload'] = ResolversParentTypes['OpenSessionPayload']> = {
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType, RequireFields<QuerySessionArgs, 'id'>>;
  sessions?: Resolver<ResolversTypes['SessionConnection'], ParentType, ContextType, RequireFields<QuerySessionsArgs, 'filter' | 'orderBy'>>;
};

export type RecordAnswerPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RecordAnswerPayload'] = ResolversParentTypes['RecordAnswerPayload']> = {
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RemoveDocumentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RemoveDocumentPayload'] = ResolversParentTypes['RemoveDocumentPayload']> = {
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type RenameSessionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RenameSessionPayload'] = ResolversParentTypes['RenameSessionPayload']> = {
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ReplaceDocumentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ReplaceDocumentPayload'] = ResolversParentTypes['ReplaceDocumentPayload']> = {
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType>;
  receipt?: Resolver<Maybe<ResolversTypes['AppendReceipt']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type RevisionConflictResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RevisionConflict'] = ResolversParentTypes['RevisionConflict']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  currentRevision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SegmentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Segment'] = ResolversParentTypes['Segment']> = {
  __resolveType: TypeResolveFn<'FragmentSegment' | 'SummarySegment', ParentType, ContextType>;
};

export type SessionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session'], FederationReferenceType extends FederationReferenceTypes['Session'] = FederationReferenceTypes['Session']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Session']> | FederationReferenceType, FederationReferenceType, ContextType>;
  archivedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType, RequireFields<SessionDocumentArgs, 'path'>>;
  documents?: Resolver<ResolversTypes['DocumentConnection'], ParentType, ContextType, Partial<SessionDocumentsArgs>>;
  fragmentCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastActivityAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  logDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  logLength?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  turns?: Resolver<ResolversTypes['TurnConnection'], ParentType, ContextType, Partial<SessionTurnsArgs>>;
  withdrawnDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  workingSet?: Resolver<ResolversTypes['WorkingSet'], ParentType, ContextType, RequireFields<SessionWorkingSetArgs, 'budgetTokens' | 'query'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionConnection'] = ResolversParentTypes['SessionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SessionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SessionEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionEdge'] = ResolversParentTypes['SessionEdge']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
};

export type SourceResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  kind?: Resolver<ResolversTypes['SourceKind'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SummaryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Summary'] = ResolversParentTypes['Summary']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TurnResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Turn'] = ResolversParentTypes['Turn'], FederationReferenceType extends FederationReferenceTypes['Turn'] = FederationReferenceTypes['Turn']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Turn']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  prompt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TurnConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TurnConnection'] = ResolversParentTypes['TurnConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TurnEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type TurnEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TurnEdge'] = ResolversParentTypes['TurnEdge']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Turn'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'InputRejected' | 'RevisionConflict', ParentType, ContextType>;
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
  AppendContextPayload?: AppendContextPayloadResolvers<ContextType>;
  AppendReceipt?: AppendReceiptResolvers<ContextType>;
  ArchiveSessionPayload?: ArchiveSessionPayloadResolvers<ContextType>;
  BeginTurnPayload?: BeginTurnPayloadResolvers<ContextType>;
  ContextErasure?: ContextErasureResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Degradation?: DegradationResolvers<ContextType>;
  Document?: DocumentResolvers<ContextType>;
  DocumentConnection?: DocumentConnectionResolvers<ContextType>;
  DocumentEdge?: DocumentEdgeResolvers<ContextType>;
  Fragment?: FragmentResolvers<ContextType>;
  FragmentSegment?: FragmentSegmentResolvers<ContextType>;
  Generation?: GenerationResolvers<ContextType>;
  InputRejected?: InputRejectedResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Omitted?: OmittedResolvers<ContextType>;
  OpenSessionPayload?: OpenSessionPayloadResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RecordAnswerPayload?: RecordAnswerPayloadResolvers<ContextType>;
  RemoveDocumentPayload?: RemoveDocumentPayloadResolvers<ContextType>;
  RenameSessionPayload?: RenameSessionPayloadResolvers<ContextType>;
  ReplaceDocumentPayload?: ReplaceDocumentPayloadResolvers<ContextType>;
  RevisionConflict?: RevisionConflictResolvers<ContextType>;
  Segment?: SegmentResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionConnection?: SessionConnectionResolvers<ContextType>;
  SessionEdge?: SessionEdgeResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  Summary?: SummaryResolvers<ContextType>;
  SummarySegment?: SummarySegmentResolvers<ContextType>;
  Turn?: TurnResolvers<ContextType>;
  TurnConnection?: TurnConnectionResolvers<ContextType>;
  TurnEdge?: TurnEdgeResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  WorkingSet?: WorkingSetResolvers<ContextType>;
};

