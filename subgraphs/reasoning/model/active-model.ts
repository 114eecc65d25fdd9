import { ContractError } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { LanguageModel } from './language-model.ts';
import type { WeightsShelf } from './weights-shelf.ts';

/** Which model answers questions that name none, as the settings say it. */
export interface Default {
  readonly loaded: Promise<unknown>;
  checkReady(): void;
  id(): Promise<string>;
}

export interface ActiveModelParts {
  readonly weights: Pick<WeightsShelf, 'has' | 'checkLoaded' | 'retire' | 'keep'>;
  /** Loads a model, or says why it cannot be had. */
  readonly find: (id: string) => Promise<LanguageModel>;
  readonly log: Logger;
}

/**
 * Which model answers questions that name none: at first the default, then whichever was activated last. No session is touched by a
 * change, as no model's KV cache is another's.
 */
export class ActiveModel {
  readonly #standard: Default;
  readonly #parts: ActiveModelParts;
  #chosen: string | null = null;
  #before: string | null = null;
  /** One change at a time: each is to know what it takes the place of. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(standard: Default, parts: ActiveModelParts) {
    this.#standard = standard;
    this.#parts = parts;
  }

  /** Whether it is still the one of the settings. */
  get isStandard(): boolean {
    return this.#chosen === null;
  }

  async id(): Promise<string> {
    return this.#chosen ?? this.#standard.id();
  }

  /** Throws, saying why, while the active model is not loaded. */
  checkReady(): void {
    if (this.#chosen === null) this.#standard.checkReady();
    else if (this.#parts.weights.has(this.#chosen)) this.#parts.weights.checkLoaded(this.#chosen);
  }

  activate(id: string): Promise<string> {
    return this.#inTurn(() => this.#activate(id));
  }

  rollback(): Promise<string> {
    return this.#inTurn(() => {
      if (this.#before === null) throw new ContractError('INPUT_INVALID', 'no model was active before this one');
      return this.#activate(this.#before);
    });
  }

  async #activate(id: string): Promise<string> {
    const { weights, find, log } = this.#parts;
    const before = await this.id();
    if (before === id) return id;
    weights.keep(id);
    await find(id);
    this.#chosen = id;
    this.#before = before;
    weights.retire(before);
    log.info({ model: id, before }, 'model activated');
    return id;
  }

  async #inTurn(change: () => Promise<string>): Promise<string> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}
