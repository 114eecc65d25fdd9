import type { LanguageModel, ModelDescription } from './language-model.ts';

/** What a model lacks before it can answer. */
export type ModelNeed = 'weights' | 'key' | 'server';

/** A model that can be chosen, and what it still needs; null when nothing. */
export interface ListedModel extends ModelDescription {
  readonly need: ModelNeed | null;
  /** Whether questions that name no model go to it. */
  readonly active?: boolean;
}

/** A model as it is shown: of one that has answered nobody says what it needs. */
export type ShownModel = ModelDescription & { readonly need?: ModelNeed | null; readonly active?: boolean };

/** Where some of the models come from. Implementations: the extractive one, weights of this machine, a server. */
export interface ModelShelf {
  /** Waits for a server no longer than a moment. */
  list(): Promise<readonly ListedModel[]>;
  /**
   * The model of this id, null when it is none of these.
   * @throws ContractError MODEL_UNAVAILABLE while it needs something; MODEL_OVERLOADED when it is still loading after a
   *   while; why it could not be loaded
   */
  find(id: string): Promise<LanguageModel | null>;
  /** Has every loaded model forget what it has cached of a session: how many were told. */
  forget(sessionId: string): number;
  close(): Promise<void>;
}
