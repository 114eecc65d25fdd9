import { existsSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';
import { WORDS_ALONE } from '../reader/meaning.ts';
import { ActiveModel, type Default } from './active-model.ts';
import type { Meanings } from './compare-meanings.ts';
import { EXTRACTIVE, extractiveModel } from './extractive.ts';
import { manifestOfFile } from './file-manifest.ts';
import type { LanguageModel } from './language-model.ts';
import { findManifest, type ModelManifest } from './manifest.ts';
import type { ListedModel, ModelShelf } from './model-shelf.ts';
import { NO_SERVERS, openServers, type ServerOptions } from './remote/open-servers.ts';
import type { ServerShelf } from './remote/server-shelf.ts';
import { type WeightsOptions, WeightsShelf } from './weights-shelf.ts';

export interface RegistryOptions extends WeightsOptions {
  /** `auto`, `extractive`, the id of a manifest, or SERVER:NAME. */
  readonly choice: string;
  /** The model file, when the operator names one; with `auto` it says itself which model it is. */
  readonly modelPath: string | null;
  /** The servers that may be asked; none when left out. The first of the manifests is what `auto` means without one. */
  readonly servers?: ServerOptions;
  /** By which quotes are told apart beside their words; by words alone without. It is closed with the models. */
  readonly meanings?: Meanings | null;
}

/** The models of this process. The extractive one is always there by its name. */
export interface ModelRegistry {
  /** Resolves when the default model can answer, or has a server to be asked; rejects when it cannot be loaded. */
  readonly loaded: Promise<void>;
  /** Throws, saying why, while the default model is not loaded. */
  checkReady(): void;
  /** What can be chosen, the default first. Waits as `get` does. */
  list(): Promise<readonly ListedModel[]>;
  /**
   * The model of this id, the default one for null.
   * @throws ContractError MODEL_UNKNOWN; MODEL_UNAVAILABLE while it needs something; MODEL_OVERLOADED when it is still
   *   loading after a while; why it could not be loaded.
   */
  get(id: string | null): Promise<LanguageModel>;
  /**
   * Has this model answer the questions that name none, from now on until the process ends: loaded beside the one that did, which is
   * unloaded when it has ended what it has begun. Its id. Until it can answer, nothing has changed.
   * @throws ContractError as `get`; MODEL_UNAVAILABLE, saying so, when the memory does not hold both
   */
  activate(id: string): Promise<string>;
  /** The same with the model that was active before. @throws ContractError INPUT_INVALID when there was none */
  rollback(): Promise<string>;
  /** Has every loaded model forget what it has cached of a session: how many were told. */
  forget(sessionId: string): number;
  close(): Promise<void>;
}

/**
 * Decides which model answers by default and begins to load it; others are loaded when they are asked for. What is asked for by
 * name and cannot be loaded is an error, never another model. `auto` is the server of SUPERCONTEXT_MODEL_URL, the model of a file
 * that is named, or else `extractive`: a small model that happens to be there states wrong things, and is never chosen by itself, nor is
 * a server that was found.
 * @throws ContractError MODEL_UNKNOWN, MODEL_INVALID for a choice that cannot be met.
 */
export function openModels(options: RegistryOptions): ModelRegistry {
  const weights = new WeightsShelf(options);
  const servers = openServers(options.choice, options.servers ?? NO_SERVERS, options.log);
  const shelves: readonly ModelShelf[] = [weights, extractiveShelf(options.meanings ?? null), ...servers.shelves];
  if (servers.standard !== null && options.modelPath !== null) {
    weights.add(manifestOfFile(options.modelPath, options.manifests), options.modelPath);
  }
  const standard = servers.standard === null ? standardOf(options, weights) : standardOfServer(servers.standard);
  const loaded = standard.loaded.then(() => {});
  loaded.catch(() => {});
  const active = new ActiveModel(standard, { weights, find, log: options.log });

  async function get(id: string | null): Promise<LanguageModel> {
    return find(id ?? (await active.id()));
  }

  async function find(wanted: string): Promise<LanguageModel> {
    for (const shelf of shelves) {
      const found = await shelf.find(wanted);
      if (found !== null) return found;
    }
    throw new ContractError('MODEL_UNKNOWN', `no model '${wanted}' is there; Query.models lists those that are`);
  }

  return {
    loaded,
    get,
    checkReady: () => active.checkReady(),
    activate: (id) => active.activate(id),
    rollback: () => active.rollback(),
    async list() {
      // Of a server the first of the same look as the others; whatever it needs, it is not waited for. What is being loaded is.
      const server = active.isStandard ? servers.standard : null;
      const first = server === null ? await active.id() : (await server.list())[0]?.id;
      if (server === null) await get(null);
      const listed = (await Promise.all(shelves.map((shelf) => shelf.list()))).flat();
      return listed
        .map((model) => ({ ...model, active: model.id === first }))
        .sort((one, other) => Number(other.active) - Number(one.active));
    },
    forget: (sessionId) => shelves.reduce((told, shelf) => told + shelf.forget(sessionId), 0),
    async close() {
      await Promise.all(shelves.map((shelf) => shelf.close()));
    },
  };
}

function extractiveShelf(meanings: Meanings | null): ModelShelf {
  const model = extractiveModel(
    meanings === null ? WORDS_ALONE : { similarity: meanings.compare, likeness: meanings.likeness },
  );
  return {
    list: async () => [{ ...EXTRACTIVE, need: null }],
    find: async (id) => (id === EXTRACTIVE.id ? model : null),
    forget: () => 0,
    async close() {
      await Promise.all([model.close(), meanings?.close()]);
    },
  };
}

function standardOfServer(shelf: ServerShelf): Default {
  return { loaded: Promise.resolve(), checkReady() {}, id: () => shelf.defaultId() };
}

function standardOf(options: RegistryOptions, weights: WeightsShelf): Default {
  const chosen = chooseWeights(options, weights);
  if (chosen === null) {
    // Before anybody asks.
    options.meanings?.warm();
    return { loaded: Promise.resolve(), checkReady() {}, id: async () => EXTRACTIVE.id };
  }
  const { manifest, ggufPath } = chosen;
  return {
    loaded: weights.load(manifest, ggufPath),
    checkReady: () => weights.checkLoaded(manifest.id),
    id: async () => manifest.id,
  };
}

interface ChosenWeights {
  readonly manifest: ModelManifest;
  readonly ggufPath: string;
}

function chooseWeights({ choice, modelPath, manifests }: RegistryOptions, weights: WeightsShelf): ChosenWeights | null {
  if (choice === EXTRACTIVE.id) {
    if (modelPath === null) return null;
    throw new ContractError('MODEL_INVALID', 'a model file is named, but the extractive engine takes none');
  }
  if (choice === 'auto') {
    return modelPath === null ? null : { manifest: manifestOfFile(modelPath, manifests), ggufPath: modelPath };
  }
  const manifest = findManifest(manifests, choice);
  const ggufPath = modelPath ?? weights.pathOf(manifest);
  if (existsSync(ggufPath)) return { manifest, ggufPath };
  throw new ContractError(
    'MODEL_INVALID',
    `the weights of ${manifest.id} are not there: no file ${ggufPath}; npm run setup with this SUPERCONTEXT_MODEL fetches them`,
  );
}
