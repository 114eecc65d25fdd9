import { Worker } from 'node:worker_threads';
import { ContractError } from '@supercontext/contract';
import { GRAPH_VERSION } from '../gguf/llama-graph.ts';
import type { Precision } from '../gguf/precision.ts';
import { EngineHost } from './engine-host.ts';
import type { EngineLimits, EngineStart } from './engine-protocol.ts';
import { affordableTokens } from './kv-store.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel, ModelDescription } from './language-model.ts';
import type { ModelManifest } from './manifest.ts';
import type { Provider } from './onnx-provider.ts';
import { PromptHost } from './prompt-host.ts';
import type { PreparedFile } from './prompt-protocol.ts';

const LEAST_WINDOW_TOKENS = 512;
const PRECISION_OF: Readonly<Record<Provider, Precision>> = { cpu: 'float', cuda: 'float16' };

export interface OnnxModelOptions {
  readonly manifest: ModelManifest;
  readonly ggufPath: string;
  readonly cacheDirectory: string;
  readonly provider: Provider;
  /** Cores the engine owns. */
  readonly threads: number;
  readonly limits: EngineLimits;
  /** Completions that may wait for a slot; one more is refused with `MODEL_OVERLOADED`. */
  readonly queueLimit: number;
  /** Memory the model may take; null or left out for what is free when it is about to be loaded. */
  readonly freeBytes?: number | null;
}

/**
 * Verifies, prepares and loads a GGUF model, and starts its engine in a worker thread. Throws `MODEL_INVALID` for a file
 * that is not the manifest's or not understood, `MODEL_UNAVAILABLE` when the memory does not suffice, `INPUT_INVALID` when the
 * provider cannot start here; nothing stays running then. The caller closes the model.
 */
export async function openOnnxModel(options: OnnxModelOptions): Promise<LanguageModel> {
  const { manifest, ggufPath, cacheDirectory, provider, freeBytes = null } = options;
  const precision = PRECISION_OF[provider];
  const prompts = new PromptHost({ manifest, ggufPath, cacheDirectory, precision, freeBytes });
  let engine: EngineHost | undefined;
  try {
    const prepared = await prompts.start();
    engine = new EngineHost({
      startWorker: workerStarter(prepared, options),
      mostJobs: options.limits.slots + options.queueLimit,
      slots: options.limits.slots,
    });
    const provider = await engine.start();
    return new OnnxModel(engine, prompts, describe(options, prepared, provider));
  } catch (error) {
    await prompts.close();
    await engine?.close();
    throw error;
  }
}

/** A function that starts the engine's thread for a prepared model. */
export function workerStarter(
  { graphs, shape, table, ends }: Pick<PreparedFile, 'graphs' | 'shape' | 'table' | 'ends'>,
  { provider, threads, limits }: Pick<OnnxModelOptions, 'provider' | 'threads' | 'limits'>,
): () => Worker {
  const { layers, keyValueHeads, headWidth, contextTokens, vocabulary } = shape;
  const workerData: EngineStart = {
    graphs,
    provider,
    threads,
    shape: { layers, keyValueHeads, headWidth, contextTokens, vocabulary },
    table,
    ends,
    limits,
  };
  return () => new Worker(new URL('./onnx-worker.ts', import.meta.url), { workerData, name: 'engine' });
}

function describe(
  { manifest, limits }: OnnxModelOptions,
  { shape, sha256, sizeBytes, name }: PreparedFile,
  provider: string,
): ModelDescription {
  const affordable = affordableTokens(shape, limits.kvBudgetBytes);
  if (affordable < LEAST_WINDOW_TOKENS) {
    const why = `the memory for KV caches holds ${affordable} tokens of this model, and ${LEAST_WINDOW_TOKENS} are the least: raise SUPERCONTEXT_ENGINE_KV_MIB`;
    throw new ContractError('MODEL_UNAVAILABLE', why, { tokens: affordable });
  }
  return {
    id: manifest.id,
    ...(manifest.sha256 === null && name !== null ? { name } : {}),
    engine: 'onnx',
    version: `${sha256.slice(0, 12)}-graph${GRAPH_VERSION}`,
    provider,
    sizeBytes,
    contextTokens: Math.min(shape.contextTokens, affordable),
    defaultBudgetTokens: manifest.defaultBudgetTokens,
    maxAnswerTokens: manifest.maxAnswerTokens,
    stop: manifest.stop,
    sampling: manifest.sampling,
    ...(manifest.selectivity ? { selectivity: manifest.selectivity } : {}),
    ...(manifest.isSmall === true ? { isSmall: true } : {}),
  };
}

export class OnnxModel implements LanguageModel {
  readonly description: ModelDescription;
  readonly #host: EngineHost;
  readonly #prompts: PromptHost;

  constructor(host: EngineHost, prompts: PromptHost, description: ModelDescription) {
    this.#host = host;
    this.#prompts = prompts;
    this.description = description;
  }

  countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return this.#prompts.count(texts);
  }

  async *complete(
    { sessionId, messages, maxTokens, sampling, stop = [] }: CompletionRequest,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, undefined> {
    signal.throwIfAborted();
    checkRange('maxTokens', maxTokens, 1, Number.MAX_SAFE_INTEGER, true);
    checkRange('temperature', sampling.temperature, 0, 2, false);
    checkRange('topP', sampling.topP, Number.MIN_VALUE, 1, false);
    checkRange('repetitionPenalty', sampling.repetitionPenalty, 0.1, 10, false);
    if (messages.length === 0) throw new ContractError('INPUT_INVALID', 'there are no messages');
    const prompt = await this.#prompts.encode(messages);
    signal.throwIfAborted();
    const { contextTokens } = this.description;
    if (prompt.length + maxTokens > contextTokens) {
      throw new ContractError(
        'CONTEXT_WINDOW_EXCEEDED',
        `a prompt of ${prompt.length} tokens and an answer of ${maxTokens} do not fit a window of ${contextTokens}`,
        { promptTokens: prompt.length, maxTokens, contextTokens },
      );
    }
    yield* this.#host.run({ sessionId, prompt, maxTokens, sampling, stop }, signal);
  }

  isBusy(): boolean {
    return this.#host.isBusy;
  }

  releaseSession(sessionId: string): void {
    this.#host.forget(sessionId);
  }

  async close(): Promise<void> {
    await this.#prompts.close();
    await this.#host.close();
  }
}

function checkRange(name: string, value: number, least: number, most: number, whole: boolean): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new ContractError('INPUT_INVALID', `${name} is ${value}, outside ${least} to ${most}`, { argument: name });
}
