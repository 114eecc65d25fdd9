import type { RequestWork } from './serve/bound-work.ts';

/** One service of the platform and the version of its code. */
export interface Stage {
  readonly name: string;
  readonly version: string;
}

/** What every resolver's context has. */
export interface StageContext {
  /** Aborts when the caller has gone, when its deadline has passed, or when the process stops. */
  readonly signal: AbortSignal;
  readonly stage: Stage;
  /** Of the contract, as the caller named it. */
  readonly contractVersion: number;
  /** Of a query or mutation; a stream has none. */
  readonly work?: RequestWork;
}
