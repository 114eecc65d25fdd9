import type { CheckedLog, LookedAt } from './checked-log.ts';
import type { SessionRow } from './schema.ts';

/** Reads of one session, in turn with all others; `none` when there is no such session. */
export type ReadSession = <Result>(id: string, none: Result, work: (session: SessionRow) => Result) => Promise<Result>;

/**
 * Looks through what a session has before a selection of its entries is believed to be all there are, or that there is no such
 * receipt. In steps between which others have their turn, and once for all who ask meanwhile.
 */
export class LookThrough {
  readonly #log: CheckedLog;
  readonly #ofSession: ReadSession;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(log: CheckedLog, ofSession: ReadSession) {
    this.#log = log;
    this.#ofSession = ofSession;
  }

  /** @throws ContractError STORAGE_CORRUPT naming what is damaged or missing */
  run(sessionId: string, what: LookedAt): Promise<void> {
    const name = `${what} ${sessionId}`;
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    const look = this.#look(sessionId, what).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, look);
    return look;
  }

  /** The same ahead of who may need it; they will be told of a fault if they do. */
  ahead(sessionId: string, what: LookedAt): Promise<void> {
    return this.run(sessionId, what).catch(() => {});
  }

  async #look(sessionId: string, what: LookedAt): Promise<void> {
    const steps = await this.#ofSession(sessionId, null, (session) => this.#log.lookThrough(session, what));
    // A session that is erased meanwhile has nothing left to be looked at.
    while (steps !== null && !(await this.#ofSession(sessionId, true, () => steps.next().done === true)));
  }
}
