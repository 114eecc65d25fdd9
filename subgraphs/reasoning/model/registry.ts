import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, ERRORS } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { EXTRACTIVE, extractiveModel } from './extractive.ts';
import type { LanguageModel, ModelDescription } from './language-model.ts';
import { findManifest, type ModelManifest } from './manifest.ts';
import { cachedModelPath } from './model-cache.ts';

/** A question that comes while the model loads waits no longer than this. */
const LOADING_TIMEOUT_MS = 30_000;

export interface RegistryOptions {
  /** `auto`, `extractive` or the id of a manifest. */
  readonly choice: string;
  /** The model file, when the operator names one. */
  readonly modelPath: string | null;
  readonly cacheDirectory: string;
  /** The first one is what `auto` means. */
  readonly manifests: readonly ModelManifest[];
  /** Verifies and loads a model file; throws ContractError MODEL_INVALID and others. */
  readonly open: (manifest: ModelManifest, ggufPath: string) => Promise<LanguageModel>;
  readonly log: Logger;
  readonly loadingTimeoutMs?: number;
}

/** The models of this process. The extractive one is always there by its name. */
export interface ModelRegistry {
  /** Resolves when the default model can answer; rejects when it cannot be loaded. */
  readonly loaded: Promise<void>;
  /** Throws, saying why, while the default model cannot answer. */
  checkReady(): void;
  /** What can answer, the default first. Waits as `get` does. */
  list(): Promise<readonly ModelDescription[]>;
  /**
   * The model of this id, the default one for null.
   * @throws ContractError MODEL_UNKNOWN; MODEL_OVERLOADED when it is still loading after a while; why it could not be
   *   loaded.
   */
  get(id: string | null): Promise<LanguageModel>;
  /** Has every loaded model forget what it has cached of a session: how many were told. */
  forget(sessionId: string): number;
  close(): Promise<void>;
}

/**
 * Decides which model answers by default and begins to load it. What is asked for by name, or is there but damaged, and
 * cannot be loaded is an error, never another model; only `auto` without any weights is served by `extractive`, and the
 * log says so.
 * @throws ContractError MODEL_UNKNOWN, MODEL_INVALID for a choice that cannot be met.
 */
export function openModels(options: RegistryOptions): ModelRegistry {
  const extractive = extractiveModel();
  const weights = chooseWeights(options);
  if (weights === null) {
    return {
      loaded: Promise.resolve(),
      checkReady() {},
      list: async () => [EXTRACTIVE],
      async get(id) {
        if (id !== null && id !== EXTRACTIVE.id) throw modelUnknown(id, [EXTRACTIVE.id]);
        return extractive;
      },
      forget: () => 0,
      close: () => extractive.close(),
    };
  }

  const { manifest, ggufPath } = weights;
  let inMemory: LanguageModel | null = null;
  let state: 'loading' | 'loaded' | 'failed' | 'closed' = 'loading';
  const loading = options.open(manifest, ggufPath).then(
    (model) => {
      const { provider, version } = model.description;
      if (state === 'loading') state = 'loaded';
      inMemory = model;
      options.log.info({ model: manifest.id, engine: model.description.engine, provider, version }, 'model loaded');
      return model;
    },
    (error: unknown) => {
      if (state === 'loading') state = 'failed';
      throw error;
    },
  );
  const loaded = loading.then(() => {});
  loaded.catch(() => {});

  async function patiently(): Promise<LanguageModel> {
    const waiting = new AbortController();
    const waited = sleep(options.loadingTimeoutMs ?? LOADING_TIMEOUT_MS, null, { signal: waiting.signal, ref: false });
    try {
      const model = await Promise.race([loading, waited]);
      if (model !== null) return model;
      const { retryAfterMs } = ERRORS.MODEL_OVERLOADED;
      throw new ContractError('MODEL_OVERLOADED', `the model ${manifest.id} is still loading`, { retryAfterMs });
    } finally {
      waiting.abort();
      waited.catch(() => {});
    }
  }

  return {
    loaded,
    checkReady() {
      if (state !== 'loaded') throw new Error(`the model ${manifest.id} is ${state}`);
    },
    list: async () => [(await patiently()).description, EXTRACTIVE],
    async get(id) {
      if (id === EXTRACTIVE.id) return extractive;
      if (id !== null && id !== manifest.id) throw modelUnknown(id, [manifest.id, EXTRACTIVE.id]);
      return patiently();
    },
    forget(sessionId) {
      inMemory?.releaseSession(sessionId);
      return inMemory === null ? 0 : 1;
    },
    async close() {
      state = 'closed';
      await extractive.close();
      await loading.then(
        (model) => model.close(),
        () => {},
      );
    },
  };
}

interface Weights {
  readonly manifest: ModelManifest;
  readonly ggufPath: string;
}

function chooseWeights({ choice, modelPath, cacheDirectory, manifests, log }: RegistryOptions): Weights | null {
  if (choice === EXTRACTIVE.id) {
    if (modelPath === null) return null;
    throw new ContractError('MODEL_INVALID', 'a model file is named, but the extractive engine takes none');
  }
  const manifest = findManifest(manifests, choice === 'auto' ? undefined : choice);
  const ggufPath = modelPath ?? cachedModelPath(cacheDirectory, manifest);
  if (existsSync(ggufPath)) return { manifest, ggufPath };
  if (choice === 'auto' && modelPath === null) {
    log.warn(
      { path: ggufPath },
      `no weights of ${manifest.id} in the cache: answers are extractive, quoted sentences labelled as such; npm run setup fetches the weights`,
    );
    return null;
  }
  throw new ContractError('MODEL_INVALID', `the weights of ${manifest.id} are not there: no file ${ggufPath}`);
}

function modelUnknown(id: string, known: readonly string[]): ContractError {
  return new ContractError('MODEL_UNKNOWN', `no model '${id}' is loaded; there are: ${known.join(', ')}`);
}
