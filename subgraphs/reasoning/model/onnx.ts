import { Worker } from 'node:worker_threads';
import { ContractError } from '@supercontext/contract';
import { verifyFile } from '@supercontext/embed/weights/verify-file.ts';
import { ChatPrompt } from '../gguf/chat-prompt.ts';
import { GRAPH_VERSION } from '../gguf/llama-graph.ts';
import { type PreparedModel, prepareModel } from '../gguf/prepare-model.ts';
import { Tokenizer } from '../gguf/tokenizer.ts';
import { EngineHost } from './engine-host.ts';
import type { EngineLimits, EngineStart } from './engine-protocol.ts';
import { kvBytesPerToken } from './kv-store.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel, ModelDescription } from './language-model.ts';
import type { ModelManifest } from './manifest.ts';
import type { Provider } from './onnx-provider.ts';

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
}

/**
 * Verifies, prepares and loads a GGUF model, and starts its engine in a worker thread. Throws `MODEL_INVALID` for a file
 * that is not the manifest's or not understood, `INPUT_INVALID` when the provider cannot start here; nothing stays
 * running then. The caller closes the model.
 */
export async function openOnnxModel(options: OnnxModelOptions): Promise<LanguageModel> {
  const { manifest, ggufPath, cacheDirectory } = options;
  await verifyFile(ggufPath, manifest);
  const prepared = prepareModel({ ggufPath, sha256: manifest.sha256, cacheDirectory });
  const host = new EngineHost({
    startWorker: workerStarter(prepared, options),
    mostJobs: options.limits.slots + options.queueLimit,
    slots: options.limits.slots,
  });
  try {
    const provider = await host.start();
    return new OnnxModel(host, prepared, describe(options, prepared, provider));
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** A function that starts the engine's thread for a prepared model. */
export function workerStarter(
  { graphs, shape, vocabulary }: PreparedModel,
  { provider, threads, limits }: Pick<OnnxModelOptions, 'provider' | 'threads' | 'limits'>,
): () => Worker {
  const { layers, keyValueHeads, headWidth, contextTokens } = shape;
  const workerData: EngineStart = {
    graphs,
    provider,
    threads,
    shape: { layers, keyValueHeads, headWidth, contextTokens, vocabulary: shape.vocabulary },
    vocabulary: { tokens: vocabulary.tokens, control: vocabulary.control, ends: vocabulary.ends },
    limits,
  };
  return () => new Worker(new URL('./onnx-worker.ts', import.meta.url), { workerData, name: 'engine' });
}

function describe(
  { manifest, limits }: OnnxModelOptions,
  { shape }: PreparedModel,
  provider: string,
): ModelDescription {
  const affordable = Math.floor(limits.kvBudgetBytes / kvBytesPerToken(shape));
  return {
    id: manifest.id,
    engine: 'onnx',
    version: `${manifest.sha256.slice(0, 12)}-graph${GRAPH_VERSION}`,
    provider,
    sizeBytes: manifest.sizeBytes,
    contextTokens: Math.min(shape.contextTokens, affordable),
    defaultBudgetTokens: manifest.defaultBudgetTokens,
    maxAnswerTokens: manifest.maxAnswerTokens,
    stop: manifest.stop,
    sampling: manifest.sampling,
    ...(manifest.selectivity ? { selectivity: manifest.selectivity } : {}),
    ...(manifest.isSmall === true ? { isSmall: true } : {}),
  };
}

/** Texts counted before other work on this thread gets its turn. */
const COUNTED_AT_ONCE = 64;

export class OnnxModel implements LanguageModel {
  readonly description: ModelDescription;
  readonly #host: EngineHost;
  readonly #tokenizer: Tokenizer;
  readonly #chat: ChatPrompt;

  constructor(host: EngineHost, { vocabulary }: Pick<PreparedModel, 'vocabulary'>, description: ModelDescription) {
    this.#host = host;
    this.#tokenizer = new Tokenizer(vocabulary);
    this.#chat = new ChatPrompt(vocabulary, this.#tokenizer);
    this.description = description;
  }

  async countTokens(texts: readonly string[]): Promise<readonly number[]> {
    const counts: number[] = [];
    for (const text of texts) {
      counts.push(this.#tokenizer.encode(text).length);
      if (counts.length % COUNTED_AT_ONCE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return counts;
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
    const prompt = this.#chat.encode(messages);
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

  releaseSession(sessionId: string): void {
    this.#host.forget(sessionId);
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}

function checkRange(name: string, value: number, least: number, most: number, whole: boolean): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new ContractError('INPUT_INVALID', `${name} is ${value}, outside ${least} to ${most}`, { argument: name });
}
