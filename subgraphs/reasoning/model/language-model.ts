import type { Segment } from '@supercontext/contract';
import type { Certainty } from '../reader/confidence.ts';
import type { Selectivity } from '../worth-reading.ts';

export type ChatRole = 'system' | 'user' | 'assistant';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
  /** UTF-16 units at its beginning that outlive the turns of a conversation; for servers that are told what to cache. */
  readonly lastingLength?: number;
}

/** How the next token is drawn. */
export interface Sampling {
  /** 0 always takes the likeliest token; 0-2. */
  readonly temperature: number;
  /** Tokens are drawn from the smallest set whose probabilities reach this sum; above 0, at most 1. */
  readonly topP: number;
  /** Logits of tokens already in the answer are divided (negative ones multiplied) by this; 1 leaves them alone. The prompt does not count: evidence is there to be quoted. */
  readonly repetitionPenalty: number;
  /** The same seed, model, prompt and provider give the same answer. */
  readonly seed?: number;
}

/** What a model is and what it can hold. */
export interface ModelDescription {
  readonly id: string;
  /** What its maker or its server calls it; the id where there is no such name. */
  readonly name?: string;
  readonly engine: 'onnx' | 'extractive' | 'remote';
  /** Changes with its weights; `unknown` where only its server knows. */
  readonly version: string;
  /** What it really runs on: `cpu`, `cuda` or the origin of a server. */
  readonly provider: string;
  /** Of its weights; null or left out where only its server knows. */
  readonly sizeBytes?: number | null;
  /** Model tokens that prompt and answer may have together. */
  readonly contextTokens: number;
  readonly defaultBudgetTokens: number;
  readonly maxAnswerTokens: number;
  /** Where an answer ends at the latest: what this model says after it is not part of it. */
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  /** Which of the evidence it is given; left out, all that fits. */
  readonly selectivity?: Selectivity;
  /** Whether the parts of a question are looked for one by one for it. */
  readonly asksInParts?: boolean;
  /** Whether it is so small that it states wrong things as surely as right ones. */
  readonly isSmall?: boolean;
}

/** A part of a question, with what was found for it. */
export interface QuestionPart {
  readonly question: string;
  /** Some of the evidence of the whole question. */
  readonly evidence: readonly Segment[];
  /** How sure it is that this has the answer, 0-1; null where nobody has computed it. */
  readonly confidence: number | null;
}

/** What an engine that quotes knows of its own answer. */
export interface Quoted {
  readonly certainty: Certainty;
  /** What of the evidence it quotes, by its number, as it stands there; the first answers. */
  readonly stretches: readonly { readonly number: number; readonly stretches: readonly string[] }[];
}

export interface CompletionRequest {
  /** The KV prefix is kept per session. */
  readonly sessionId: string;
  /** Laid out stable-first: the engine reuses the longest common token prefix with what the session has cached. */
  readonly messages: readonly ChatMessage[];
  /** What the last message asks, without what it is laid out with. */
  readonly question: string;
  /** The segments that the last message numbers from 1, in the order of their numbers. */
  readonly evidence: readonly Segment[];
  /** Instructions, pins and what was said last, by others than a model: in the prompt they stand before, without numbers; who quotes them goes on counting behind the evidence. */
  readonly beside: readonly Segment[];
  /** Summaries of the session; left out, none. */
  readonly digest?: readonly Segment[];
  /** The parts of the question, for an engine that asks in parts; left out, the question is its only one. */
  readonly parts?: readonly QuestionPart[];
  /** How sure the working set is that it has the answer, 0-1; null or left out where it does not say. */
  readonly confidence?: number | null;
  /** Tokens of the answer, at least 1. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** The answer ends before the first of these; they are not part of it. */
  readonly stop?: readonly string[];
}

/** In order: one `prompt-ready`, any number of `text-delta`, one `completed`. */
export type CompletionEvent =
  | {
      readonly type: 'prompt-ready';
      readonly promptTokens: number;
      readonly cachedTokens: number;
      readonly queuedMs: number;
      readonly prefillMs: number;
    }
  | { readonly type: 'text-delta'; readonly text: string; readonly tokens: number }
  | {
      readonly type: 'completed';
      readonly reason: 'stop' | 'length';
      readonly outputTokens: number;
      readonly decodeMs: number;
      /** Of an engine that quotes. */
      readonly quoted?: Quoted;
      /** The prompt by the model's own count, where that is known only now: what `prompt-ready` said was an estimate. */
      readonly prompt?: { readonly promptTokens: number; readonly cachedTokens: number };
    };

/** Whatever can answer, given a prompt. Implementations: `onnx`, `remote`, `extractive`. */
export interface LanguageModel {
  readonly description: ModelDescription;

  /** The model's own count of each text, in order, or an estimate; the chat template's tokens are not included. */
  countTokens(texts: readonly string[]): Promise<readonly number[]>;

  /**
   * Answers once per call; not idempotent. Nothing starts before the iterable is pulled for the first time.
   * Throws `CONTEXT_WINDOW_EXCEEDED` when prompt and answer cannot fit the window, `MODEL_OVERLOADED` (with
   * `retryAfterMs` in its details) when the queue is full, `MODEL_FAILED` when the engine stops on the way,
   * `INPUT_INVALID` for a request out of range, `MODEL_UNAVAILABLE` and `MODEL_REFUSED` when its server does not answer or
   * will not. On abort the iteration throws `signal.reason` and the slot is free again; leaving the loop early frees it,
   * too. Where the engine keeps a session's cache itself, completions of one session run one after another.
   */
  complete(request: CompletionRequest, signal: AbortSignal): AsyncIterable<CompletionEvent>;

  /** Whether a completion is under way; left out by what nothing is unloaded of. */
  isBusy?(): boolean;

  /** Forgets what is cached for a session. Idempotent; a running completion of it ends undisturbed. */
  releaseSession(sessionId: string): void;

  /** Ends running completions with `MODEL_FAILED` and frees everything. Idempotent. To be awaited before the process exits. */
  close(): Promise<void>;
}
