import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';

/** A holder that has not been heard of for this long has gone, whatever it asked for. */
export const LONGEST_HOLD_MS = 60_000;
export const MAXIMUM_HOLDS = 16;
const LOOK_EVERY_MS = 250;

/**
 * What keeps erasures waiting, and for how long yet: leases that their holders renew, so that one who was killed stands in
 * nobody's way; and which erasures are under way, so that who holds them knows when there are none. One that has ended is never
 * given again. Methods throw ContractError STORAGE_UNAVAILABLE where it is kept elsewhere.
 */
export interface ErasureHolds {
  /** A new lease, of 60 s at most. @throws ContractError STORAGE_UNAVAILABLE when there are 16 */
  grant(forMs: number): Promise<string>;
  /** Lets a lease run so long from now on, 60 s at most; 0 ends it. Whether it had run until now. */
  renew(lease: string, forMs: number): Promise<boolean>;
  /** Whole milliseconds until all leases will have ended that are not renewed; 0 when there is none. */
  remainingMs(): Promise<number>;
  /** Begins an erasure, which is under way until the function is called; or says for how long yet all have to wait. */
  begin(): Promise<(() => Promise<void>) | number>;
  /** How many erasures are under way, in all processes. */
  underWay(): Promise<number>;
}

/** Resolves soon after there is no lease any more, or when `signal` aborts. Keeps no process alive. */
export async function untilReleased(holds: ErasureHolds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const remainingMs = await holds.remainingMs();
    if (remainingMs === 0) return;
    await sleep(Math.min(remainingMs, LOOK_EVERY_MS), undefined, { signal, ref: false }).catch(() => {});
  }
}

export function tooManyHolds(): ContractError {
  return new ContractError('STORAGE_UNAVAILABLE', `${MAXIMUM_HOLDS} backups are being made already`);
}
