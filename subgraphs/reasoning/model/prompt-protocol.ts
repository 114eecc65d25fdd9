import type { TemplateMessage } from '../gguf/chat-prompt.ts';
import type { LlamaShape } from '../gguf/llama-shape.ts';
import type { Precision } from '../gguf/precision.ts';
import type { GraphPaths } from '../gguf/prepare-model.ts';
import type { TokenTable } from '../gguf/token-bytes.ts';
import type { JobFailed } from './engine-protocol.ts';
import type { ModelManifest } from './manifest.ts';

/** What the thread needs to start. */
export interface PromptStart {
  readonly manifest: Pick<ModelManifest, 'sizeBytes' | 'sha256'>;
  readonly ggufPath: string;
  readonly cacheDirectory: string;
  readonly precision: Precision;
  /** Memory the model may take; null for what is free when it is about to be loaded. */
  readonly freeBytes: number | null;
}

/** A model whose graphs are there: all that its other threads need to know of the file. */
export interface PreparedFile {
  readonly graphs: GraphPaths;
  readonly shape: LlamaShape;
  readonly table: TokenTable;
  /** Tokens after which an answer is over. */
  readonly ends: readonly number[];
  readonly name: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export type ToPrompt =
  | { readonly type: 'count'; readonly texts: readonly string[] }
  | { readonly type: 'encode'; readonly messages: readonly TemplateMessage[] };

export type FromPrompt =
  | { readonly type: 'ready'; readonly prepared: PreparedFile }
  /** Counts of texts, or the ids of a prompt: to what was sent last. */
  | { readonly type: 'answer'; readonly numbers: Uint32Array }
  | { readonly type: 'failed'; readonly failure: JobFailed };
