import { ContractError } from '@supercontext/contract';

/** That a log is empty and the store's copies of logs are not: the log was lost, and nothing may be written over that. */
export class LogLost extends Error {
  constructor() {
    super(
      'the session log (context/log.sqlite) is empty or missing, but the store holds sessions: restore context/log.sqlite ' +
        "from a backup, or move the store's folder (store/) away as well to start afresh",
    );
    this.name = 'LogLost';
  }
}

/**
 * Keeps an empty log from being written to until the store has said that it is empty, too: a session opened before would
 * make a lost log look like a new one.
 */
export class EmptyLog {
  #isWaiting: boolean;

  constructor(isEmpty: boolean) {
    this.#isWaiting = isEmpty;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** The store has answered: it knows of nothing that the log should have. */
  confirm(): void {
    this.#isWaiting = false;
  }

  /** @throws ContractError STORAGE_UNAVAILABLE while the store has not answered */
  check(): void {
    if (!this.#isWaiting) return;
    throw new ContractError(
      'STORAGE_UNAVAILABLE',
      'the session log is empty; it takes nothing until the store has said that it is empty, too',
    );
  }
}
