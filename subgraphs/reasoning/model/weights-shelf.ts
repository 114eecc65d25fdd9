import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, ERRORS } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { LanguageModel, ModelDescription } from './language-model.ts';
import type { ModelManifest } from './manifest.ts';
import { cachedModelPath } from './model-cache.ts';
import type { ListedModel, ModelShelf } from './model-shelf.ts';

/** A question that comes while the model loads waits no longer than this. */
const LOADING_TIMEOUT_MS = 30_000;
/**
 * A model that nobody is to be sent to any more stays so long after the last question that was: that one may still be gathering what it
 * is to read.
 */
const UNLOAD_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 250;
/** Until the file has been read, of a model whose manifest does not say it. */
const USUAL_CONTEXT_TOKENS = 4_096;

export interface WeightsOptions {
  readonly cacheDirectory: string;
  readonly manifests: readonly ModelManifest[];
  /** Verifies and loads a model file; throws ContractError MODEL_INVALID and others. */
  readonly open: (manifest: ModelManifest, ggufPath: string) => Promise<LanguageModel>;
  /** What the engine is to run on. */
  readonly provider?: string;
  readonly log: Logger;
  readonly loadingTimeoutMs?: number;
  readonly unloadAfterMs?: number;
}

type Loading =
  | { readonly state: 'idle' }
  | { readonly state: 'loading' | 'failed'; readonly model: Promise<LanguageModel> }
  | { readonly state: 'loaded'; readonly model: Promise<LanguageModel>; readonly inMemory: LanguageModel };

/** The models of the manifest, and of a file that is named by its path: each is loaded when it is asked for first, and stays. */
export class WeightsShelf implements ModelShelf {
  readonly #options: WeightsOptions;
  readonly #paths = new Map<string, string>();
  readonly #manifests: ModelManifest[];
  readonly #loading = new Map<string, Loading>();
  /** When each was asked for last, on the clock of `performance.now`. */
  readonly #askedAtMs = new Map<string, number>();
  readonly #retiring = new Map<string, NodeJS.Timeout>();
  #closed = false;

  constructor(options: WeightsOptions) {
    this.#options = options;
    this.#manifests = [...options.manifests];
  }

  /** Where the weights of a model are, or are to be. */
  pathOf(manifest: ModelManifest): string {
    return this.#paths.get(manifest.id) ?? cachedModelPath(this.#options.cacheDirectory, manifest);
  }

  /** Has a model that is in this file. */
  add(manifest: ModelManifest, ggufPath: string): void {
    this.#paths.set(manifest.id, ggufPath);
    if (!this.#manifests.some(({ id }) => id === manifest.id)) this.#manifests.unshift(manifest);
  }

  /** Begins to load a model, from this file. Resolves when it can answer, rejects when it never will. */
  load(manifest: ModelManifest, ggufPath: string): Promise<LanguageModel> {
    this.add(manifest, ggufPath);
    return this.#load(manifest);
  }

  /** Throws, saying why, while the model cannot answer. */
  checkLoaded(id: string): void {
    const { state } = this.#stateOf(id);
    if (this.#closed || state !== 'loaded') throw new Error(`the model ${id} is ${this.#closed ? 'closed' : state}`);
  }

  async list(): Promise<readonly ListedModel[]> {
    return this.#manifests.map((manifest) => {
      const loading = this.#stateOf(manifest.id);
      if (loading.state === 'loaded') return { ...loading.inMemory.description, need: null };
      const isThere = loading.state === 'loading' || existsSync(this.pathOf(manifest));
      return { ...this.#describe(manifest), need: isThere ? null : 'weights' };
    });
  }

  async find(id: string): Promise<LanguageModel | null> {
    const manifest = this.#manifests.find((one) => one.id === id);
    if (manifest === undefined) return null;
    if (this.#stateOf(id).state === 'idle' && !existsSync(this.pathOf(manifest))) {
      const how = `SUPERCONTEXT_MODEL=${id} npm run setup fetches them`;
      throw new ContractError('MODEL_UNAVAILABLE', `the weights of ${id} are not there; ${how}`);
    }
    this.#askedAtMs.set(id, performance.now());
    return this.#patiently(id, this.#load(manifest));
  }

  /** Whether this is one of its models. */
  has(id: string): boolean {
    return this.#manifests.some((manifest) => manifest.id === id);
  }

  /**
   * Unloads a model once nothing of it is under way and nobody has asked for it for a while. Asked for after that it is loaded again.
   * Idempotent; nothing for a model that is not loaded.
   */
  retire(id: string): void {
    if (this.#stateOf(id).state !== 'loaded' || this.#retiring.has(id)) return;
    const afterMs = this.#options.unloadAfterMs ?? UNLOAD_AFTER_MS;
    const timer = setInterval(() => {
      const loading = this.#stateOf(id);
      if (loading.state !== 'loaded') return this.keep(id);
      const isIdle = performance.now() - (this.#askedAtMs.get(id) ?? 0) > afterMs;
      if (!isIdle || loading.inMemory.isBusy?.() === true) return;
      this.keep(id);
      this.#loading.set(id, { state: 'idle' });
      void loading.inMemory.close().then(
        () => this.#options.log.info({ model: id }, 'model unloaded'),
        (err: unknown) => this.#options.log.error({ err, model: id }, 'a model cannot be unloaded'),
      );
    }, LOOK_EVERY_MS);
    timer.unref();
    this.#retiring.set(id, timer);
  }

  /** It is not unloaded after all. */
  keep(id: string): void {
    clearInterval(this.#retiring.get(id));
    this.#retiring.delete(id);
  }

  forget(sessionId: string): number {
    const inMemory = [...this.#loading.values()].flatMap((one) => (one.state === 'loaded' ? [one.inMemory] : []));
    for (const model of inMemory) model.releaseSession(sessionId);
    return inMemory.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#retiring.keys()]) this.keep(id);
    const models = [...this.#loading.values()].flatMap((one) => (one.state === 'idle' ? [] : [one.model]));
    await Promise.all(
      models.map((loading) =>
        loading.then(
          (model) => model.close(),
          () => {},
        ),
      ),
    );
  }

  #stateOf(id: string): Loading {
    return this.#loading.get(id) ?? { state: 'idle' };
  }

  #load(manifest: ModelManifest): Promise<LanguageModel> {
    const { id } = manifest;
    const before = this.#stateOf(id);
    if (before.state !== 'idle') return before.model;
    const { open, log } = this.#options;
    const model = open(manifest, this.pathOf(manifest));
    this.#loading.set(id, { state: 'loading', model });
    model.then(
      (inMemory) => {
        const { engine, provider, version } = inMemory.description;
        this.#loading.set(id, { state: 'loaded', model, inMemory });
        log.info({ model: id, engine, provider, version }, 'model loaded');
      },
      (error: unknown) => {
        // For want of memory today it may be loaded tomorrow; what is wrong with a file stays so.
        const isForNow = error instanceof ContractError && error.code === 'MODEL_UNAVAILABLE';
        this.#loading.set(id, isForNow ? { state: 'idle' } : { state: 'failed', model });
      },
    );
    return model;
  }

  async #patiently(id: string, loading: Promise<LanguageModel>): Promise<LanguageModel> {
    const waiting = new AbortController();
    const timeoutMs = this.#options.loadingTimeoutMs ?? LOADING_TIMEOUT_MS;
    const waited = sleep(timeoutMs, null, { signal: waiting.signal, ref: false });
    try {
      const model = await Promise.race([loading, waited]);
      if (model !== null) return model;
      const { retryAfterMs } = ERRORS.MODEL_OVERLOADED;
      throw new ContractError('MODEL_OVERLOADED', `the model ${id} is still loading`, { retryAfterMs });
    } finally {
      waiting.abort();
      waited.catch(() => {});
    }
  }

  /** As far as that is known without reading the file. */
  #describe(manifest: ModelManifest): ModelDescription {
    return {
      id: manifest.id,
      engine: 'onnx',
      version: manifest.sha256?.slice(0, 12) ?? 'unknown',
      provider: this.#options.provider ?? 'cpu',
      sizeBytes: manifest.sizeBytes,
      contextTokens: manifest.contextTokens ?? USUAL_CONTEXT_TOKENS,
      defaultBudgetTokens: manifest.defaultBudgetTokens,
      maxAnswerTokens: manifest.maxAnswerTokens,
      stop: manifest.stop,
      sampling: manifest.sampling,
      ...(manifest.isSmall === true ? { isSmall: true } : {}),
      ...(manifest.selectivity ? { selectivity: manifest.selectivity } : {}),
    };
  }
}
