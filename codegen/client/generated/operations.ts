/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Operation } from '../operation.ts';
/** What to append to which session. */
export type AppendContextInput = {
  /** The revision the sender has seen; leave it out to append at the end whatever it is. */
  baseRevision?: number | null | undefined;
  /** The contract version the sender speaks, 1 or 2. Items of version 1 say neither who spoke nor when, and carry no metadata. */
  contractVersion?: number;
  /** 1-128 characters; the same key and content twice has the effect of once. */
  idempotencyKey: string;
  /** At most 4 096 items and 8 MiB of text together; at least one, unless documents are removed. */
  items: Array<DeltaItemInput>;
  /** Paths of documents that are removed, at most 4 096. */
  removes?: Array<string> | null | undefined;
  /** The session. */
  sessionId: string;
};

/** Which session to put aside. */
export type ArchiveSessionInput = {
  /** False takes it out of the archive again. */
  archived?: boolean;
  /** The session. */
  sessionId: string;
};

/** What to ask of which session. */
export type AskInput = {
  /** o200k tokens of the working set, 256 to what the model's window holds; the model's own default when left out. */
  budgetTokens?: number | null | undefined;
  /** 1-128 characters; the same key twice returns the same generation. */
  idempotencyKey?: string | null | undefined;
  /** Tokens of the answer, at least 1; the model's own default when left out. */
  maxTokens?: number | null | undefined;
  /** A model of Query.models by its id; the default one when left out. */
  model?: string | null | undefined;
  /** The question, 1-32 768 characters. */
  prompt: string;
  /** For an answer that can be repeated. */
  seed?: number | null | undefined;
  /** The session. */
  sessionId: string;
  /** 0-2; 0 always takes the likeliest token. The model's own default when left out. */
  temperature?: number | null | undefined;
};

/** Which generation to stop. */
export type CancelGenerationInput = {
  /** The generation. */
  generationId: string;
};

/** How sure an answer of quotes is that it answers. */
export type Certainty =
  /** No answer was found. What is quoted is only what is nearest. */
  | 'NOT_SAID'
  /** The quote answers: eight of ten such answers or more are right. */
  | 'STATED'
  /** The closest passages, at most three: more often than not one of them answers. To be checked. */
  | 'UNSURE';

/** Exactly one of the three. */
export type DeltaItemInput = {
  /** A file, whole. */
  file?: FileInput | null | undefined;
  /** What somebody said. */
  message?: MessageInput | null | undefined;
  /** Any other text. */
  text?: TextInput | null | undefined;
};

/** Which part of which version of a document a file is. A version comes into effect with its last part, in the place of the one there was; until then nothing of it is found. Parts come in order, in one append or several. */
export type DocumentVersionInput = {
  /** SHA-256 of the parts' hashes' bytes, one after the other, as 64 lower-case hex digits: needed where there are several parts, and of all the same. */
  hash?: string | null | undefined;
  /** Counts from 0. */
  part?: number;
  /** 1-65 536. */
  parts?: number;
};

/** Which session to erase. */
export type EraseSessionInput = {
  /** The session. */
  sessionId: string;
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
  metadata?: string | null | undefined;
  /** When it was written. */
  occurredAt?: string | null | undefined;
  /** As the sender knows it, 1-1 024 characters: names the document within its session. */
  path: string;
  /** The whole file, Unicode, or a part of it. Added to the document with this path, if there is one and no version is said. */
  text: string;
  /** Said of a file that takes the place of the document with its path, if there is one. */
  version?: DocumentVersionInput | null | undefined;
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

/** What somebody said. */
export type MessageInput = {
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: string | null | undefined;
  /** When it was said. */
  occurredAt?: string | null | undefined;
  /** Who says it. */
  role: Role;
  /** The name of who speaks, 1-256 characters. */
  speaker?: string | null | undefined;
  /** What is said, Unicode. */
  text: string;
};

/** What a model lacks before it can answer. */
export type ModelNeed =
  /** Its server wants a key, or another one: a setting of the operator. */
  | 'KEY'
  /** Its server does not answer: it may not be running. */
  | 'SERVER'
  /** Its weights are not on this machine: the set-up fetches them. */
  | 'WEIGHTS';

/** How to open a session. */
export type OpenSessionInput = {
  /** 1-128 characters; the same key twice returns the same session, with the title that it was opened with. */
  idempotencyKey?: string | null | undefined;
  /** A name for people, at most 200 characters; a blank one is none. */
  title?: string | null | undefined;
};

/** Which question to answer anew. */
export type RegenerateInput = {
  /** o200k tokens of the working set, 256 to what the model's window holds; the model's own default when left out. */
  budgetTokens?: number | null | undefined;
  /** 1-128 characters; the same key twice returns the same generation. */
  idempotencyKey?: string | null | undefined;
  /** Tokens of the answer, at least 1; the model's own default when left out. */
  maxTokens?: number | null | undefined;
  /** A model of Query.models by its id; the default one when left out. */
  model?: string | null | undefined;
  /** For an answer that can be repeated. */
  seed?: number | null | undefined;
  /** 0-2; 0 always takes the likeliest token. The model's own default when left out. */
  temperature?: number | null | undefined;
  /** The turn. */
  turnId: string;
};

/** Which document to remove. */
export type RemoveDocumentInput = {
  /** 1-128 characters; the same key and path twice has the effect of once. */
  idempotencyKey: string;
  /** Names the document within its session. */
  path: string;
  /** The session. */
  sessionId: string;
};

/** How to call which session. */
export type RenameSessionInput = {
  /** The session. */
  sessionId: string;
  /** 1-200 characters; null for the title that its first question gives it. */
  title?: string | null | undefined;
};

/** A new version of a document, whole or a part of it. */
export type ReplaceDocumentInput = {
  /** 1-128 characters; the same key and content twice has the effect of once. */
  idempotencyKey: string;
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: string | null | undefined;
  /** When it was written. */
  occurredAt?: string | null | undefined;
  /** Names the document within its session, 1-1 024 characters. One that there is not is added. */
  path: string;
  /** The session. */
  sessionId: string;
  /** Its text, Unicode, at most 8 MiB: larger documents come in parts. */
  text: string;
  /** Where the document comes in parts: which one this is. */
  version?: DocumentVersionInput | null | undefined;
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

/** Which sessions are wanted. */
export type SessionFilter = {
  /** Whether those archived, or those not; null for both. */
  archived?: boolean | null | undefined;
  /** Part of the title, 1-200 characters, whatever its case and accents. */
  titleContains?: string | null | undefined;
};

/** The order of a list of sessions, newest first. */
export type SessionOrder =
  /** By createdAt. */
  | 'CREATED'
  /** By lastActivityAt. */
  | 'LAST_ACTIVITY';

/** What a text comes from. */
export type SourceKind =
  /** A message. */
  | 'CHAT'
  /** A file. */
  | 'FILE'
  /** A text without a path. */
  | 'TEXT';

/** A text without a path. */
export type TextInput = {
  /** 1-4 096 characters that come back with the text and that nobody here interprets. */
  metadata?: string | null | undefined;
  /** When it was written. */
  occurredAt?: string | null | undefined;
  /** The whole text, Unicode. */
  text: string;
  /** 1-1 024 characters. */
  title?: string | null | undefined;
};

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ name: string, server: string | null, sizeBytes: number | null, contextTokens: number, needs: ModelNeed | null, id: string, engine: string, version: string, provider: string, defaultBudgetTokens: number, small: boolean }> };

export type AskMutationVariables = Exact<{
  input: AskInput;
}>;


export type AskMutation = { ask: { generation: { id: string, status: GenerationStatus } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type RegenerateMutationVariables = Exact<{
  input: RegenerateInput;
}>;


export type RegenerateMutation = { regenerate: { generation: { id: string, status: GenerationStatus } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type CancelGenerationMutationVariables = Exact<{
  input: CancelGenerationInput;
}>;


export type CancelGenerationMutation = { cancelGeneration: { generation: { id: string, status: GenerationStatus } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type GenerationQueryVariables = Exact<{
  id: string;
}>;


export type GenerationQuery = { generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
        | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
      >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
        | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
        | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
      , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } | null };

export type GenerateSubscriptionVariables = Exact<{
  input: AskInput;
}>;


export type GenerateSubscription = { generate:
    | { __typename: 'EvidenceChosen', evidence: number, workingSetTokens: number, confidence: number | null, cursor: string, sequence: number, generation: { workingSet: { segments: Array<
            | { __typename: 'FragmentSegment', number: number | null, source: { name: string | null } | null }
            | { __typename: 'SummarySegment', number: number | null }
          > } } }
    | { __typename: 'GenerationCancelled', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationCompleted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationFailed', code: ErrorCode, message: string, retryable: boolean, cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationStarted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, turn: { id: string, index: number } | null, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean } } }
    | { __typename: 'TokenDelta', text: string, tokens: number, cursor: string, sequence: number }
   };

export type GenerationEventsSubscriptionVariables = Exact<{
  generationId?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type GenerationEventsSubscription = { generationEvents:
    | { __typename: 'EvidenceChosen', evidence: number, workingSetTokens: number, confidence: number | null, cursor: string, sequence: number, generation: { workingSet: { segments: Array<
            | { __typename: 'FragmentSegment', number: number | null, source: { name: string | null } | null }
            | { __typename: 'SummarySegment', number: number | null }
          > } } }
    | { __typename: 'GenerationCancelled', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationCompleted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationFailed', code: ErrorCode, message: string, retryable: boolean, cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
            | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
            | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
          >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
            | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
            | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
          , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } }
    | { __typename: 'GenerationStarted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, turn: { id: string, index: number } | null, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean } } }
    | { __typename: 'TokenDelta', text: string, tokens: number, cursor: string, sequence: number }
   };

type UserErrorFields_InputRejected_Fragment = { code: ErrorCode, message: string, retryable: boolean, remedy: string };

type UserErrorFields_RevisionConflict_Fragment = { code: ErrorCode, message: string, retryable: boolean, remedy: string };

export type UserErrorFieldsFragment =
  | UserErrorFields_InputRejected_Fragment
  | UserErrorFields_RevisionConflict_Fragment
;

export type SessionFieldsFragment = { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number };

export type DocumentFieldsFragment = { path: string, tokens: number, hash: string, parts: number, appendedAt: string };

export type ModelFieldsFragment = { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean };

export type UsageFieldsFragment = { promptTokens: number, cachedTokens: number, outputTokens: number };

export type TimingsFieldsFragment = { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null };

export type HopFieldsFragment = { stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null };

export type CitationFieldsFragment = { number: number, named: boolean, quotes: Array<string>, text: string, segment:
    | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
    | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
  , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null };

export type WorkingSetFieldsFragment = { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
    | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
    | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
  >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> };

export type AnswerFieldsFragment = { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
      | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
      | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
    , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> };

export type AnswerReportFragment = { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
      | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
      | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
    >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
      | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
      | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
    , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> };

type EventFields_EvidenceChosen_Fragment = { __typename: 'EvidenceChosen', evidence: number, workingSetTokens: number, confidence: number | null, cursor: string, sequence: number, generation: { workingSet: { segments: Array<
        | { __typename: 'FragmentSegment', number: number | null, source: { name: string | null } | null }
        | { __typename: 'SummarySegment', number: number | null }
      > } } };

type EventFields_GenerationCancelled_Fragment = { __typename: 'GenerationCancelled', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
        | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
      >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
        | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
        | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
      , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } };

type EventFields_GenerationCompleted_Fragment = { __typename: 'GenerationCompleted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
        | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
      >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
        | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
        | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
      , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } };

type EventFields_GenerationFailed_Fragment = { __typename: 'GenerationFailed', code: ErrorCode, message: string, retryable: boolean, cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, hops: Array<{ stage: string, version: string, name: string, startedAtMs: number, durationMs: number, shard: string | null, tokens: number | null, sizeBytes: number | null, cacheHit: boolean | null }>, workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, confidence: number | null, segments: Array<
        | { __typename: 'FragmentSegment', role: Role | null, speaker: string | null, occurredAt: string | null, reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
        | { __typename: 'SummarySegment', reason: SegmentReason, score: number | null, tokens: number, from: number, through: number, verbatim: boolean, number: number | null, modelWritten: boolean, fragment: { id: string, tokens: number, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, level: number, tokens: number, originalTokens: number } | null }
      >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> }, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
        | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
        | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
      , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> } };

type EventFields_GenerationStarted_Fragment = { __typename: 'GenerationStarted', cursor: string, sequence: number, generation: { id: string, status: GenerationStatus, turn: { id: string, index: number } | null, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean } } };

type EventFields_TokenDelta_Fragment = { __typename: 'TokenDelta', text: string, tokens: number, cursor: string, sequence: number };

export type EventFieldsFragment =
  | EventFields_EvidenceChosen_Fragment
  | EventFields_GenerationCancelled_Fragment
  | EventFields_GenerationCompleted_Fragment
  | EventFields_GenerationFailed_Fragment
  | EventFields_GenerationStarted_Fragment
  | EventFields_TokenDelta_Fragment
;

export type FragmentFieldsFragment = { id: string, text: string, tokens: number, role: Role, contractVersion: number, createdAt: string, source: { kind: SourceKind, name: string | null }, shard: { name: string } };

export type SummaryFieldsFragment = { id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, fidelity: number, method: { name: string, version: number } };

export type CompressionFieldsFragment = { compressedThrough: number, nodes: number, levels: number, pendingJobs: number, deadJobs: number, originalTokens: number, summaryTokens: number, method: { name: string, version: number } };

export type StorageFieldsFragment = { fragments: number, tokens: number, sizeBytes: number, indexedThrough: number, sealedSegments: number };

export type FragmentsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FragmentsQuery = { fragments: Array<{ id: string, text: string, tokens: number, role: Role, contractVersion: number, createdAt: string, source: { kind: SourceKind, name: string | null }, shard: { name: string } } | null> };

export type SummaryWithChildrenQueryVariables = Exact<{
  id: string;
}>;


export type SummaryWithChildrenQuery = { summaries: Array<{ id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, fidelity: number, children: Array<
      | { __typename: 'Fragment', id: string, text: string, tokens: number, role: Role, contractVersion: number, createdAt: string, source: { kind: SourceKind, name: string | null }, shard: { name: string } }
      | { __typename: 'Summary', id: string, level: number, text: string, tokens: number, originalTokens: number, from: number, through: number, fidelity: number, method: { name: string, version: number } }
     | null>, method: { name: string, version: number } } | null> };

export type LogStretchQueryVariables = Exact<{
  id: string;
  first: number;
  after?: string | null | undefined;
}>;


export type LogStretchQuery = { session: { fragments: { edges: Array<{ node: { id: string, text: string, tokens: number, role: Role, contractVersion: number, createdAt: string, source: { kind: SourceKind, name: string | null }, shard: { name: string } } | null }> } | null } | null };

export type LogPlaceQueryVariables = Exact<{
  id: string;
  first: number;
  after?: string | null | undefined;
}>;


export type LogPlaceQuery = { session: { fragments: { pageInfo: { endCursor: string | null } } | null } | null };

export type OpenSessionMutationVariables = Exact<{
  input: OpenSessionInput;
}>;


export type OpenSessionMutation = { openSession: { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type AppendContextMutationVariables = Exact<{
  input: AppendContextInput;
}>;


export type AppendContextMutation = { appendContext: { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, receipt: { revision: number, fragments: number, tokens: number, sizeBytes: number, replayed: boolean } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { currentRevision: number, code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type RenameSessionMutationVariables = Exact<{
  input: RenameSessionInput;
}>;


export type RenameSessionMutation = { renameSession: { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type ArchiveSessionMutationVariables = Exact<{
  input: ArchiveSessionInput;
}>;


export type ArchiveSessionMutation = { archiveSession: { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type ReplaceDocumentMutationVariables = Exact<{
  input: ReplaceDocumentInput;
}>;


export type ReplaceDocumentMutation = { replaceDocument: { document: { path: string, tokens: number, hash: string, parts: number, appendedAt: string } | null, session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type RemoveDocumentMutationVariables = Exact<{
  input: RemoveDocumentInput;
}>;


export type RemoveDocumentMutation = { removeDocument: { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export type SessionDocumentsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SessionDocumentsQuery = { session: { id: string, documents: { edges: Array<{ node: { path: string, tokens: number, hash: string, parts: number, appendedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type SessionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: SessionFilter | null | undefined;
  orderBy?: SessionOrder;
}>;


export type SessionsQuery = { sessions: { edges: Array<{ node: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SessionQueryVariables = Exact<{
  id: string;
}>;


export type SessionQuery = { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number } | null };

export type SessionTurnsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type SessionTurnsQuery = { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number, turns: { edges: Array<{ node: { id: string, index: number, prompt: string, createdAt: string, generations: Array<{ id: string, status: GenerationStatus, text: string, createdAt: string, certainty: Certainty | null, model: { id: string, engine: string, version: string, provider: string, contextTokens: number, defaultBudgetTokens: number, small: boolean }, usage: { promptTokens: number, cachedTokens: number, outputTokens: number }, timings: { workingSetMs: number | null, queuedMs: number | null, prefillMs: number | null, firstTokenMs: number | null, decodeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, citations: Array<{ number: number, named: boolean, quotes: Array<string>, text: string, segment:
                | { __typename: 'FragmentSegment', speaker: string | null, occurredAt: string | null, modelWritten: boolean, from: number }
                | { __typename: 'SummarySegment', modelWritten: boolean, from: number }
              , fragment: { id: string, source: { kind: SourceKind, name: string | null } } | null, summary: { id: string, from: number, through: number } | null }> }> | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type SessionStateQueryVariables = Exact<{
  id: string;
}>;


export type SessionStateQuery = { session: { id: string, title: string | null, createdAt: string, lastActivityAt: string, archivedAt: string | null, revision: number, tokens: number, fragmentCount: number, storage: { fragments: number, tokens: number, sizeBytes: number, indexedThrough: number, sealedSegments: number } | null, compression: { compressedThrough: number, nodes: number, levels: number, pendingJobs: number, deadJobs: number, originalTokens: number, summaryTokens: number, method: { name: string, version: number } } | null } | null };

export type SearchSessionQueryVariables = Exact<{
  id: string;
  query: string;
  first?: number | null | undefined;
}>;


export type SearchSessionQuery = { session: { search: Array<{ score: number, position: number, fragment: { id: string, text: string, tokens: number, role: Role, contractVersion: number, createdAt: string, source: { kind: SourceKind, name: string | null }, shard: { name: string } } | null }> | null } | null };

export type WorkingSetQueryVariables = Exact<{
  id: string;
  query: string;
  budgetTokens: number;
}>;


export type WorkingSetQuery = { session: { workingSet: { revision: number, budgetTokens: number, tokens: number, sessionTokens: number, indexedThrough: number, segments: Array<
        | { __typename: 'FragmentSegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, fragment: { id: string } | null }
        | { __typename: 'SummarySegment', text: string, tokens: number, reason: SegmentReason, score: number | null, from: number, through: number, verbatim: boolean, summary: { id: string } | null }
      >, omitted: { fragments: number, tokens: number }, degraded: Array<{ stage: string, code: ErrorCode, message: string }> } } | null };

export type CompressionProgressSubscriptionVariables = Exact<{
  sessionId: string;
}>;


export type CompressionProgressSubscription = { compressionProgress: { sessionId: string, complete: boolean, status: { compressedThrough: number, nodes: number, levels: number, pendingJobs: number, deadJobs: number, originalTokens: number, summaryTokens: number, method: { name: string, version: number } } } };

export type EraseSessionMutationVariables = Exact<{
  input: EraseSessionInput;
}>;


export type EraseSessionMutation = { eraseSession: { erased: { fragments: number } | null, userErrors: Array<
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
      | { code: ErrorCode, message: string, retryable: boolean, remedy: string }
    > } };

export const AppendContextDocument: Operation<AppendContextMutation, AppendContextMutationVariables> = {
  name: 'AppendContext',
  kind: 'mutation',
  text: "mutation AppendContext($input:AppendContextInput!){appendContext(input:$input){session{...SessionFields}receipt{revision fragments tokens sizeBytes replayed}userErrors{...UserErrorFields ...on RevisionConflict{currentRevision}}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '6474651bdd0e035a9ec426eec8a97a3c5e46814b2fae3f4aa2dfd2c3fe450cc0',
};

export const ArchiveSessionDocument: Operation<ArchiveSessionMutation, ArchiveSessionMutationVariables> = {
  name: 'ArchiveSession',
  kind: 'mutation',
  text: "mutation ArchiveSession($input:ArchiveSessionInput!){archiveSession(input:$input){session{...SessionFields}userErrors{...UserErrorFields}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: 'fa91b84929491a9c5ea801d03488cd1a9aee46dcc6d60dc10080fbd6d4ac5771',
};

export const AskDocument: Operation<AskMutation, AskMutationVariables> = {
  name: 'Ask',
  kind: 'mutation',
  text: "mutation Ask($input:AskInput!){ask(input:$input){generation{id status}userErrors{...UserErrorFields}}}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '8d3e2bd47680d0154f16750a3bbe0b11da56ada6c30407277e1e415085a433db',
};

export const CancelGenerationDocument: Operation<CancelGenerationMutation, CancelGenerationMutationVariables> = {
  name: 'CancelGeneration',
  kind: 'mutation',
  text: "mutation CancelGeneration($input:CancelGenerationInput!){cancelGeneration(input:$input){generation{id status}userErrors{...UserErrorFields}}}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '5a6e1cdb48693871aebf66d858388c987c06dfc42b0b96062f5631d788a6705e',
};

export const CompressionProgressDocument: Operation<CompressionProgressSubscription, CompressionProgressSubscriptionVariables> = {
  name: 'CompressionProgress',
  kind: 'subscription',
  text: "subscription CompressionProgress($sessionId:ID!){compressionProgress(sessionId:$sessionId){sessionId status{...CompressionFields}complete}}fragment CompressionFields on CompressionStatus{compressedThrough nodes levels pendingJobs deadJobs originalTokens summaryTokens method{name version}}",
  sha256: 'afc8dadff2c2b47b5623c3e42ad7da910fa62dc0e2b3414c8e457631b6292615',
};

export const EraseSessionDocument: Operation<EraseSessionMutation, EraseSessionMutationVariables> = {
  name: 'EraseSession',
  kind: 'mutation',
  text: "mutation EraseSession($input:EraseSessionInput!){eraseSession(input:$input){erased{fragments}userErrors{...UserErrorFields}}}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '66ad0b513b0fc119e77f7dea70d0bcc8bb1249e4a3e2fd0fc3b2e640c2652218',
};

export const FragmentsDocument: Operation<FragmentsQuery, FragmentsQueryVariables> = {
  name: 'Fragments',
  kind: 'query',
  text: "query Fragments($ids:[ID!]!){fragments(ids:$ids){...FragmentFields}}fragment FragmentFields on Fragment{id text tokens role source{kind name}contractVersion shard{name}createdAt}",
  sha256: 'bae28d5e6055e81e50db6d1875c42424d5aeab95e501e6d840c28883b7dada65',
};

export const GenerateDocument: Operation<GenerateSubscription, GenerateSubscriptionVariables> = {
  name: 'Generate',
  kind: 'subscription',
  text: "subscription Generate($input:AskInput!){generate(input:$input){...EventFields}}fragment EventFields on GenerationEvent{__typename cursor sequence ...on GenerationStarted{generation{id status turn{id index}model{...ModelFields}}}...on EvidenceChosen{evidence workingSetTokens confidence generation{workingSet{segments{__typename number ...on FragmentSegment{source{name}}}}}}...on TokenDelta{text tokens}...on GenerationCompleted{generation{...AnswerReport}}...on GenerationFailed{generation{...AnswerReport}code message retryable}...on GenerationCancelled{generation{...AnswerReport}}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment AnswerReport on Generation{...AnswerFields hops{...HopFields}workingSet{...WorkingSetFields}}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}fragment HopFields on Hop{stage version name startedAtMs durationMs shard tokens sizeBytes cacheHit}fragment WorkingSetFields on WorkingSet{revision budgetTokens tokens sessionTokens segments{__typename reason score tokens from through verbatim number modelWritten ...on FragmentSegment{role speaker occurredAt}fragment{id tokens source{kind name}}summary{id level tokens originalTokens}}omitted{fragments tokens}indexedThrough confidence degraded{stage code message}}",
  sha256: '0e3ac6fa33315071c704fd14f709758c38a98d8da47cc3aca107348ffa9b3bf0',
  resume: {
    field: 'generate',
    repeatable: false,
    text: "subscription ContinueGenerate($after:Cursor!){generate:generationEvents(after:$after){...EventFields}}fragment EventFields on GenerationEvent{__typename cursor sequence ...on GenerationStarted{generation{id status turn{id index}model{...ModelFields}}}...on EvidenceChosen{evidence workingSetTokens confidence generation{workingSet{segments{__typename number ...on FragmentSegment{source{name}}}}}}...on TokenDelta{text tokens}...on GenerationCompleted{generation{...AnswerReport}}...on GenerationFailed{generation{...AnswerReport}code message retryable}...on GenerationCancelled{generation{...AnswerReport}}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment AnswerReport on Generation{...AnswerFields hops{...HopFields}workingSet{...WorkingSetFields}}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}fragment HopFields on Hop{stage version name startedAtMs durationMs shard tokens sizeBytes cacheHit}fragment WorkingSetFields on WorkingSet{revision budgetTokens tokens sessionTokens segments{__typename reason score tokens from through verbatim number modelWritten ...on FragmentSegment{role speaker occurredAt}fragment{id tokens source{kind name}}summary{id level tokens originalTokens}}omitted{fragments tokens}indexedThrough confidence degraded{stage code message}}",
    sha256: '52ddcbde0d97b23ac046ea596699fc0f3dcff5a20ddde49bffb98c92f91670ce',
  },
};

export const GenerationDocument: Operation<GenerationQuery, GenerationQueryVariables> = {
  name: 'Generation',
  kind: 'query',
  text: "query Generation($id:ID!){generation(id:$id){...AnswerReport}}fragment AnswerReport on Generation{...AnswerFields hops{...HopFields}workingSet{...WorkingSetFields}}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}fragment HopFields on Hop{stage version name startedAtMs durationMs shard tokens sizeBytes cacheHit}fragment WorkingSetFields on WorkingSet{revision budgetTokens tokens sessionTokens segments{__typename reason score tokens from through verbatim number modelWritten ...on FragmentSegment{role speaker occurredAt}fragment{id tokens source{kind name}}summary{id level tokens originalTokens}}omitted{fragments tokens}indexedThrough confidence degraded{stage code message}}",
  sha256: '384f8c6e63bf92e47b2bed7de3938bf80755e650c58f959ba22737d5dda9e05e',
};

export const GenerationEventsDocument: Operation<GenerationEventsSubscription, GenerationEventsSubscriptionVariables> = {
  name: 'GenerationEvents',
  kind: 'subscription',
  text: "subscription GenerationEvents($generationId:ID$after:Cursor){generationEvents(generationId:$generationId after:$after){...EventFields}}fragment EventFields on GenerationEvent{__typename cursor sequence ...on GenerationStarted{generation{id status turn{id index}model{...ModelFields}}}...on EvidenceChosen{evidence workingSetTokens confidence generation{workingSet{segments{__typename number ...on FragmentSegment{source{name}}}}}}...on TokenDelta{text tokens}...on GenerationCompleted{generation{...AnswerReport}}...on GenerationFailed{generation{...AnswerReport}code message retryable}...on GenerationCancelled{generation{...AnswerReport}}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment AnswerReport on Generation{...AnswerFields hops{...HopFields}workingSet{...WorkingSetFields}}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}fragment HopFields on Hop{stage version name startedAtMs durationMs shard tokens sizeBytes cacheHit}fragment WorkingSetFields on WorkingSet{revision budgetTokens tokens sessionTokens segments{__typename reason score tokens from through verbatim number modelWritten ...on FragmentSegment{role speaker occurredAt}fragment{id tokens source{kind name}}summary{id level tokens originalTokens}}omitted{fragments tokens}indexedThrough confidence degraded{stage code message}}",
  sha256: '7c9872fbfe656fd72fb049b0ef5e60c6d59f5fc316687fb9bf9e0552949e45cf',
  resume: {
    field: 'generationEvents',
    repeatable: true,
    text: "subscription ContinueGenerationEvents($after:Cursor!){generationEvents:generationEvents(after:$after){...EventFields}}fragment EventFields on GenerationEvent{__typename cursor sequence ...on GenerationStarted{generation{id status turn{id index}model{...ModelFields}}}...on EvidenceChosen{evidence workingSetTokens confidence generation{workingSet{segments{__typename number ...on FragmentSegment{source{name}}}}}}...on TokenDelta{text tokens}...on GenerationCompleted{generation{...AnswerReport}}...on GenerationFailed{generation{...AnswerReport}code message retryable}...on GenerationCancelled{generation{...AnswerReport}}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment AnswerReport on Generation{...AnswerFields hops{...HopFields}workingSet{...WorkingSetFields}}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}fragment HopFields on Hop{stage version name startedAtMs durationMs shard tokens sizeBytes cacheHit}fragment WorkingSetFields on WorkingSet{revision budgetTokens tokens sessionTokens segments{__typename reason score tokens from through verbatim number modelWritten ...on FragmentSegment{role speaker occurredAt}fragment{id tokens source{kind name}}summary{id level tokens originalTokens}}omitted{fragments tokens}indexedThrough confidence degraded{stage code message}}",
    sha256: '721e9d52b3092a0ea5063e96b64b61705b1bb4992ea4fac710c558a1e2617eb5',
  },
};

export const LogPlaceDocument: Operation<LogPlaceQuery, LogPlaceQueryVariables> = {
  name: 'LogPlace',
  kind: 'query',
  text: "query LogPlace($id:ID!$first:Int!$after:Cursor){session(id:$id){fragments(first:$first after:$after){pageInfo{endCursor}}}}",
  sha256: '94d4cd876b56fce18a960796ea9657994b71aaa0594244c9a3554ff36e2f6bfd',
};

export const LogStretchDocument: Operation<LogStretchQuery, LogStretchQueryVariables> = {
  name: 'LogStretch',
  kind: 'query',
  text: "query LogStretch($id:ID!$first:Int!$after:Cursor){session(id:$id){fragments(first:$first after:$after){edges{node{...FragmentFields}}}}}fragment FragmentFields on Fragment{id text tokens role source{kind name}contractVersion shard{name}createdAt}",
  sha256: 'f9cb37b00e298ee14865569dc6051a7b74e8264b94874b61803701c686f9fef3',
};

export const ModelsDocument: Operation<ModelsQuery, ModelsQueryVariables> = {
  name: 'Models',
  kind: 'query',
  text: "query Models{models{...ModelFields name server sizeBytes contextTokens needs}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}",
  sha256: '59096273822a9d7fba6c4670446618fe71f469415a1e76d1b6bb8a523c4ba9e4',
};

export const OpenSessionDocument: Operation<OpenSessionMutation, OpenSessionMutationVariables> = {
  name: 'OpenSession',
  kind: 'mutation',
  text: "mutation OpenSession($input:OpenSessionInput!){openSession(input:$input){session{...SessionFields}userErrors{...UserErrorFields}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '76b22455dfdcb374af7e519a90da24b1d3bf27196cf2491d20aed3a36fa82052',
};

export const RegenerateDocument: Operation<RegenerateMutation, RegenerateMutationVariables> = {
  name: 'Regenerate',
  kind: 'mutation',
  text: "mutation Regenerate($input:RegenerateInput!){regenerate(input:$input){generation{id status}userErrors{...UserErrorFields}}}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: 'b74b1dd953e4d2b3309311388eeb87170cfdb87447767809d931fdb4c4127167',
};

export const RemoveDocumentDocument: Operation<RemoveDocumentMutation, RemoveDocumentMutationVariables> = {
  name: 'RemoveDocument',
  kind: 'mutation',
  text: "mutation RemoveDocument($input:RemoveDocumentInput!){removeDocument(input:$input){session{...SessionFields}userErrors{...UserErrorFields}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '41c2ad8c2a18b2299217716f2567da38b5fe367e98981b641e4433a49b500986',
};

export const RenameSessionDocument: Operation<RenameSessionMutation, RenameSessionMutationVariables> = {
  name: 'RenameSession',
  kind: 'mutation',
  text: "mutation RenameSession($input:RenameSessionInput!){renameSession(input:$input){session{...SessionFields}userErrors{...UserErrorFields}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: 'ed2e37f32d4ba14ce7ce435b6e3cfd4dc441bcc0a75183520cefdd4b48a59831',
};

export const ReplaceDocumentDocument: Operation<ReplaceDocumentMutation, ReplaceDocumentMutationVariables> = {
  name: 'ReplaceDocument',
  kind: 'mutation',
  text: "mutation ReplaceDocument($input:ReplaceDocumentInput!){replaceDocument(input:$input){document{...DocumentFields}session{...SessionFields}userErrors{...UserErrorFields}}}fragment DocumentFields on Document{path tokens hash parts appendedAt}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment UserErrorFields on UserError{code message retryable remedy}",
  sha256: '59d8275f73f334d747fdb6ab27a46ec77cc8a0d24ac03c85c5e9b464418c7aea',
};

export const SearchSessionDocument: Operation<SearchSessionQuery, SearchSessionQueryVariables> = {
  name: 'SearchSession',
  kind: 'query',
  text: "query SearchSession($id:ID!$query:String!$first:Int=10){session(id:$id){search(query:$query first:$first){score position fragment{...FragmentFields}}}}fragment FragmentFields on Fragment{id text tokens role source{kind name}contractVersion shard{name}createdAt}",
  sha256: '7152519aee09a2094681a7733240b03912a9f56e32d1b3f13faa14463dc2b803',
};

export const SessionDocument: Operation<SessionQuery, SessionQueryVariables> = {
  name: 'Session',
  kind: 'query',
  text: "query Session($id:ID!){session(id:$id){...SessionFields}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}",
  sha256: '5342968f9cbb5709d5909980020e5e83fd3fc66d8152b6d45305b030c56574f8',
};

export const SessionDocumentsDocument: Operation<SessionDocumentsQuery, SessionDocumentsQueryVariables> = {
  name: 'SessionDocuments',
  kind: 'query',
  text: "query SessionDocuments($id:ID!$first:Int$after:Cursor){session(id:$id){id documents(first:$first after:$after){edges{node{...DocumentFields}}pageInfo{hasNextPage endCursor}}}}fragment DocumentFields on Document{path tokens hash parts appendedAt}",
  sha256: '8b6a6d729cfcf839b9a3874a1eb7d0bcd457f5174a8d25fb31748a73c6ca4a45',
};

export const SessionStateDocument: Operation<SessionStateQuery, SessionStateQueryVariables> = {
  name: 'SessionState',
  kind: 'query',
  text: "query SessionState($id:ID!){session(id:$id){...SessionFields storage{...StorageFields}compression{...CompressionFields}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment StorageFields on SessionStorage{fragments tokens sizeBytes indexedThrough sealedSegments}fragment CompressionFields on CompressionStatus{compressedThrough nodes levels pendingJobs deadJobs originalTokens summaryTokens method{name version}}",
  sha256: 'de510612548c59cd7eab0e932508022693d7b1440c598c85b36fc3d66894dcb9',
};

export const SessionTurnsDocument: Operation<SessionTurnsQuery, SessionTurnsQueryVariables> = {
  name: 'SessionTurns',
  kind: 'query',
  text: "query SessionTurns($id:ID!$first:Int$after:Cursor$last:Int$before:Cursor){session(id:$id){...SessionFields turns(first:$first after:$after last:$last before:$before){edges{node{id index prompt createdAt generations{...AnswerFields}}}pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}fragment AnswerFields on Generation{id status text createdAt certainty model{...ModelFields}usage{...UsageFields}timings{...TimingsFields}citations{...CitationFields}}fragment ModelFields on Model{id engine version provider contextTokens defaultBudgetTokens small}fragment UsageFields on Usage{promptTokens cachedTokens outputTokens}fragment TimingsFields on Timings{workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond}fragment CitationFields on Citation{number named quotes text segment{__typename modelWritten from ...on FragmentSegment{speaker occurredAt}}fragment{id source{kind name}}summary{id from through}}",
  sha256: 'c7b0bf790c2dd9ac495c86ea922784dac6203c6ee107944bbc5aebcfc0737363',
};

export const SessionsDocument: Operation<SessionsQuery, SessionsQueryVariables> = {
  name: 'Sessions',
  kind: 'query',
  text: "query Sessions($first:Int$after:Cursor$filter:SessionFilter={}$orderBy:SessionOrder!=LAST_ACTIVITY){sessions(first:$first after:$after filter:$filter orderBy:$orderBy){edges{node{...SessionFields}}pageInfo{hasNextPage endCursor}}}fragment SessionFields on Session{id title createdAt lastActivityAt archivedAt revision tokens fragmentCount}",
  sha256: '8eadf794d2a0ce2b8104237330ab7f0d9d01985c0f80bcbea61dbdbb51f929ab',
};

export const SummaryWithChildrenDocument: Operation<SummaryWithChildrenQuery, SummaryWithChildrenQueryVariables> = {
  name: 'SummaryWithChildren',
  kind: 'query',
  text: "query SummaryWithChildren($id:ID!){summaries(ids:[$id]){...SummaryFields children{__typename ...on Summary{...SummaryFields}...on Fragment{...FragmentFields}}}}fragment SummaryFields on Summary{id level text tokens originalTokens from through method{name version}fidelity}fragment FragmentFields on Fragment{id text tokens role source{kind name}contractVersion shard{name}createdAt}",
  sha256: '3f91a4c5108cda9056e6d608a79a780f2e21b4d5cc5207c599d236e6ca58daef',
};

export const WorkingSetDocument: Operation<WorkingSetQuery, WorkingSetQueryVariables> = {
  name: 'WorkingSet',
  kind: 'query',
  text: "query WorkingSet($id:ID!$query:String!$budgetTokens:Int!){session(id:$id){workingSet(query:$query budgetTokens:$budgetTokens){revision budgetTokens tokens sessionTokens segments{__typename text tokens reason score from through verbatim ...on FragmentSegment{fragment{id}}...on SummarySegment{summary{id}}}omitted{fragments tokens}indexedThrough degraded{stage code message}}}}",
  sha256: 'dac1d839680585dc612d523cd74e5282359b72fd0d30e9ae211672874a3f1b38',
};