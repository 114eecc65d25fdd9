import { ContractError } from '@supercontext/contract';
import type { LanguageModel } from '../language-model.ts';
import type { ListedModel, ModelNeed, ModelShelf } from '../model-shelf.ts';
import { describeServed } from './describe-served.ts';
import { type Looked, listModels, type ServedModel } from './list-models.ts';
import { type ModelServer, originOf } from './model-server.ts';
import type { PatienceLimits } from './patience.ts';
import { RemoteModel } from './remote.ts';

/** What a server was seen to have is good for so long; that it was not seen, for less: it may be starting. */
const SEEN_MS = 5_000;
const UNSEEN_MS = 1_000;

export interface ServerShelfOptions {
  readonly server: ModelServer;
  /** A model of it that the operator has named; it is offered whether the server lists it or not. */
  readonly name: string | null;
  /** Model tokens of a prompt with its answer; null for what the server says, or a cautious guess. */
  readonly contextTokens: number | null;
  /** Whether the default model is its: then it is listed, whatever it needs. */
  readonly isStandard: boolean;
  readonly limits: PatienceLimits;
  /** How long to wait for its list; null for a server that is not asked for one. */
  readonly lookMs: number | null;
}

const UNKNOWN_MODEL: ServedModel = { name: 'the first it lists', contextTokens: null, sizeBytes: null };

interface Served {
  readonly models: readonly ServedModel[];
  readonly need: ModelNeed | null;
}

/** The models of one server: those it lists, and the one the operator has named. Their ids are `LABEL:NAME`. */
export class ServerShelf implements ModelShelf {
  readonly #options: ServerShelfOptions;
  readonly #models = new Map<string, LanguageModel>();
  #looked: { readonly untilMs: number; readonly result: Promise<Looked> } | null = null;
  /** What it was last seen to have: good enough for a question, which has it looked at again but is not to wait for that. */
  #seen: Served | null = null;

  constructor(options: ServerShelfOptions) {
    this.#options = options;
  }

  get isStandard(): boolean {
    return this.#options.isStandard;
  }

  /** The id of the model that answers where only the server is named; the label alone until it is known. */
  async defaultId(): Promise<string> {
    const { server, name } = this.#options;
    const chosen = name ?? (this.#lastSeen() ?? (await this.#served())).models[0]?.name;
    return chosen === undefined ? server.label : this.#idOf(chosen);
  }

  /** The default of the server comes first. */
  async list(): Promise<readonly ListedModel[]> {
    const { server, contextTokens, isStandard } = this.#options;
    const { models, need } = await this.#served();
    if (models.length === 0 && isStandard) {
      return [{ ...describeServed(server.label, UNKNOWN_MODEL, server, contextTokens), need: need ?? 'server' }];
    }
    return models.map((model) => ({ ...describeServed(this.#idOf(model.name), model, server, contextTokens), need }));
  }

  async find(id: string): Promise<LanguageModel | null> {
    const { server, limits, contextTokens } = this.#options;
    const isDefault = id === server.label;
    if (!isDefault && !id.startsWith(`${server.label}:`)) return null;
    const isWanted = ({ name }: ServedModel) => isDefault || this.#idOf(name) === id;
    const seen = this.#lastSeen();
    const { models, need } = seen?.models.some(isWanted) ? seen : await this.#served();
    const model = models.find(isWanted);
    // One that the operator has named is asked all the same: its server may be back by now, and says best what it wants.
    if (model === undefined || this.#wantsKey) {
      if (need === null) return null;
      throw new ContractError('MODEL_UNAVAILABLE', missing(need, server));
    }
    const description = describeServed(this.#idOf(model.name), model, server, contextTokens);
    const known = this.#models.get(model.name);
    if (known?.description.contextTokens === description.contextTokens) return known;
    const opened = new RemoteModel({ server, name: model.name, description, limits });
    this.#models.set(model.name, opened);
    return opened;
  }

  /** What a server has cached is its own. */
  forget(): number {
    return 0;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#models.values()].map((model) => model.close()));
  }

  #idOf(name: string): string {
    return `${this.#options.server.label}:${name}`;
  }

  /** Nobody answers there without one. */
  get #wantsKey(): boolean {
    const { dialect, key } = this.#options.server;
    return dialect !== 'openai' && key === null;
  }

  /** Has it looked at again for the next question, so that no more than one goes to a model that the server has no longer. */
  #lastSeen(): Served | null {
    if (this.#seen !== null) void this.#served();
    return this.#seen;
  }

  async #served(): Promise<Served> {
    const { name } = this.#options;
    const named: ServedModel[] = name === null ? [] : [{ name, contextTokens: null, sizeBytes: null }];
    if (this.#wantsKey) return { models: named, need: 'key' };
    const looked = await this.#look();
    if (!looked.found) return { models: named, need: looked.why };
    const listed = looked.models.find((model) => model.name === name);
    const others = looked.models.filter((model) => model !== listed);
    this.#seen = { models: [...(listed === undefined ? named : [listed]), ...others], need: null };
    return this.#seen;
  }

  /** Whoever asks while the server is looked at waits for the same answer. */
  #look(): Promise<Looked> {
    const { server, lookMs } = this.#options;
    if (lookMs === null) return Promise.resolve({ found: true, models: [] });
    if (this.#looked === null || performance.now() > this.#looked.untilMs) {
      const result = listModels(server, lookMs).then((looked) => {
        this.#looked = { untilMs: performance.now() + (looked.found ? SEEN_MS : UNSEEN_MS), result };
        return looked;
      });
      this.#looked = { untilMs: Number.POSITIVE_INFINITY, result };
    }
    return this.#looked.result;
  }
}

function missing(need: ModelNeed, server: ModelServer): string {
  const origin = originOf(server);
  return need === 'key' ? `${origin} wants another key: SUPERCONTEXT_MODEL_KEY` : `${origin} does not answer`;
}
