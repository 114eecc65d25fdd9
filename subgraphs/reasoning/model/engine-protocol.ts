import type { ErrorCode, ErrorDetails } from '@supercontext/contract';
import type { GraphPaths } from '../gguf/prepare-model.ts';
import type { TokenTable } from '../gguf/token-bytes.ts';
import type { Decoder } from './decoder.ts';
import type { CompletionEvent, Sampling } from './language-model.ts';
import type { Provider } from './onnx-provider.ts';

/** One completion as the engine sees it: token ids, no text of the prompt. */
export interface Job {
  readonly id: number;
  readonly sessionId: string;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
}

/** What an engine may use. */
export interface EngineLimits {
  /** Completions that prefill or decode at the same time; others wait. */
  readonly slots: number;
  /** Of the KV caches of all sessions. */
  readonly kvBudgetBytes: number;
}

/** What a worker needs to start. */
export interface EngineStart {
  readonly graphs: GraphPaths;
  readonly provider: Provider;
  readonly threads: number;
  readonly shape: Decoder['shape'];
  readonly table: TokenTable;
  /** Tokens after which an answer is over. */
  readonly ends: readonly number[];
  readonly limits: EngineLimits;
}

/** The last event of a job that did not complete. */
export interface JobFailed {
  readonly type: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export type JobEvent = CompletionEvent | JobFailed;

export type ToEngine =
  | { readonly type: 'submit'; readonly job: Job }
  | { readonly type: 'cancel'; readonly jobId: number }
  | { readonly type: 'forget'; readonly sessionId: string }
  /** The thread ends by itself, between two steps. */
  | { readonly type: 'close' };

export type FromEngine =
  | { readonly type: 'ready'; readonly provider: string }
  | { readonly type: 'refused'; readonly failure: JobFailed }
  | { readonly type: 'event'; readonly jobId: number; readonly event: JobEvent };
