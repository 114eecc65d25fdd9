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
}

type Loading =
  | { readonly state: 'idle' }
  | { readonly state: 'loading' | 'failed'; readonly model: Promise<LanguageModel> }
  | { readonly state: 'loaded'; readonly model: Promise<LanguageModel>; readonly inMemory: LanguageModel };

/** The models of the manifest: each is loaded when it is asked for first, and stays. */
export class WeightsShelf implements ModelShelf {
  readonly #options: WeightsOptions;
  readonly #paths = new Map<string, string>();
  readonly #loading = new Map<string, Loading>();
  #closed = false;

  constructor(options: WeightsOptions) {
    this.#options = options;
  }

  /** Where the weights of a model are, or are to be. */
  pathOf(manifest: ModelManifest): string {
    return this.#paths.get(manifest.id) ?? cachedModelPath(this.#options.cacheDirectory, manifest);
  }

  /** Begins to load a model, from this file. Resolves when it can answer, rejects when it never will. */
  load(manifest: ModelManifest, ggufPath: string): Promise<LanguageModel> {
    this.#paths.set(manifest.id, ggufPath);
    return this.#load(manifest);
  }

  /** Throws, saying why, while the model cannot answer. */
  checkLoaded({ id }: ModelManifest): void {
    const { state } = this.#stateOf(id);
    if (this.#closed || state !== 'loaded') throw new Error(`the model ${id} is ${this.#closed ? 'closed' : state}`);
  }

  async list(): Promise<readonly ListedModel[]> {
    return this.#options.manifests.map((manifest) => {
      const loading = this.#stateOf(manifest.id);
      if (loading.state === 'loaded') return { ...loading.inMemory.description, need: null };
      const isThere = loading.state === 'loading' || existsSync(this.pathOf(manifest));
      return { ...this.#describe(manifest), need: isThere ? null : 'weights' };
    });
  }

  async find(id: string): Promise<LanguageModel | null> {
    const manifest = this.#options.manifests.find((one) => one.id === id);
    if (manifest === undefined) return null;
    if (this.#stateOf(id).state === 'idle' && !existsSync(this.pathOf(manifest))) {
      throw new ContractError('MODEL_UNAVAILABLE', `the weights of ${id} are not there; npm run setup fetches them`);
    }
    return this.#patiently(id, this.#load(manifest));
  }

  forget(sessionId: string): number {
    const inMemory = [...this.#loading.values()].flatMap((one) => (one.state === 'loaded' ? [one.inMemory] : []));
    for (const model of inMemory) model.releaseSession(sessionId);
    return inMemory.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
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
      () => this.#loading.set(id, { state: 'failed', model }),
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
      version: manifest.sha256.slice(0, 12),
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
