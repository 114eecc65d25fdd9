import { existsSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';
import { EXTRACTIVE, extractiveModel } from './extractive.ts';
import type { LanguageModel } from './language-model.ts';
import { findManifest, type ModelManifest } from './manifest.ts';
import type { ListedModel, ModelShelf } from './model-shelf.ts';
import { NO_SERVERS, openServers, type ServerOptions } from './remote/open-servers.ts';
import type { ServerShelf } from './remote/server-shelf.ts';
import { type WeightsOptions, WeightsShelf } from './weights-shelf.ts';

export interface RegistryOptions extends WeightsOptions {
  /** `auto`, `extractive`, the id of a manifest, or SERVER:NAME. */
  readonly choice: string;
  /** The model file, when the operator names one. */
  readonly modelPath: string | null;
  /** The servers that may be asked; none when left out. The first of the manifests is what `auto` means without one. */
  readonly servers?: ServerOptions;
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
  /** Has every loaded model forget what it has cached of a session: how many were told. */
  forget(sessionId: string): number;
  close(): Promise<void>;
}

/** Which model answers by default. */
interface Default {
  readonly loaded: Promise<unknown>;
  checkReady(): void;
  id(): Promise<string>;
}

/**
 * Decides which model answers by default and begins to load it; others are loaded when they are asked for. What is asked for by
 * name and cannot be loaded is an error, never another model. `auto` is the server of SUPERCONTEXT_MODEL_URL, the model of a file
 * that is named, or else `extractive`: a small model that happens to be there states wrong things, and is never chosen by itself. A server that was found is never the default by itself.
 * @throws ContractError MODEL_UNKNOWN, MODEL_INVALID for a choice that cannot be met.
 */
export function openModels(options: RegistryOptions): ModelRegistry {
  const weights = new WeightsShelf(options);
  const servers = openServers(options.choice, options.servers ?? NO_SERVERS, options.log);
  const shelves: readonly ModelShelf[] = [weights, extractiveShelf(), ...servers.shelves];
  const standard = servers.standard === null ? standardOf(options, weights) : standardOfServer(servers.standard);
  const loaded = standard.loaded.then(() => {});
  loaded.catch(() => {});

  async function get(id: string | null): Promise<LanguageModel> {
    const wanted = id ?? (await standard.id());
    for (const shelf of shelves) {
      const found = await shelf.find(wanted);
      if (found !== null) return found;
    }
    throw new ContractError('MODEL_UNKNOWN', `no model '${wanted}' is there; Query.models lists those that are`);
  }

  return {
    loaded,
    get,
    checkReady: () => standard.checkReady(),
    async list() {
      // Of a server the first of the same look as the others; whatever it needs, it is not waited for. What is being loaded is.
      const first = servers.standard === null ? await standard.id() : (await servers.standard.list())[0]?.id;
      if (servers.standard === null) await get(null);
      const listed = (await Promise.all(shelves.map((shelf) => shelf.list()))).flat();
      return listed.sort((one, other) => Number(other.id === first) - Number(one.id === first));
    },
    forget: (sessionId) => shelves.reduce((told, shelf) => told + shelf.forget(sessionId), 0),
    async close() {
      await Promise.all(shelves.map((shelf) => shelf.close()));
    },
  };
}

function extractiveShelf(): ModelShelf {
  const model = extractiveModel();
  return {
    list: async () => [{ ...EXTRACTIVE, need: null }],
    find: async (id) => (id === EXTRACTIVE.id ? model : null),
    forget: () => 0,
    close: () => model.close(),
  };
}

function standardOfServer(shelf: ServerShelf): Default {
  return { loaded: Promise.resolve(), checkReady() {}, id: () => shelf.defaultId() };
}

function standardOf(options: RegistryOptions, weights: WeightsShelf): Default {
  const chosen = chooseWeights(options, weights);
  if (chosen === null) {
    return { loaded: Promise.resolve(), checkReady() {}, id: async () => EXTRACTIVE.id };
  }
  const { manifest, ggufPath } = chosen;
  return {
    loaded: weights.load(manifest, ggufPath),
    checkReady: () => weights.checkLoaded(manifest),
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
  if (choice === 'auto' && modelPath === null) return null;
  const manifest = findManifest(manifests, choice === 'auto' ? undefined : choice);
  const ggufPath = modelPath ?? weights.pathOf(manifest);
  if (existsSync(ggufPath)) return { manifest, ggufPath };
  throw new ContractError('MODEL_INVALID', `the weights of ${manifest.id} are not there: no file ${ggufPath}`);
}
