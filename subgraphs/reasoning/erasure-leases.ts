import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';

/** A holder that has not been heard of for this long has gone, whatever it asked for. */
const LONGEST_LEASE_MS = 60_000;
const MAXIMUM_LEASES = 16;
const LOOK_EVERY_MS = 250;

/**
 * What keeps erasures waiting, and for how long yet: leases that their holders renew, so that one who was killed stands in
 * nobody's way. On the clock of this process, and gone with it; one that has ended is never given again.
 */
export class ErasureLeases {
  readonly #endsAtMs = new Map<string, number>();

  /** A new lease, of 60 s at most. @throws ContractError STORAGE_UNAVAILABLE when there are 16 */
  grant(forMs: number): string {
    this.#forget();
    if (this.#endsAtMs.size >= MAXIMUM_LEASES) {
      throw new ContractError('STORAGE_UNAVAILABLE', `${MAXIMUM_LEASES} backups are being made already`);
    }
    const lease = randomUUID();
    this.#extend(lease, forMs);
    return lease;
  }

  /** Lets a lease run so long from now on, 60 s at most; 0 ends it. Whether it had run until now. */
  renew(lease: string, forMs: number): boolean {
    this.#forget();
    if (!this.#endsAtMs.has(lease)) return false;
    if (forMs > 0) this.#extend(lease, forMs);
    else this.#endsAtMs.delete(lease);
    return true;
  }

  /** Whole milliseconds until all leases will have ended that are not renewed; 0 when there is none. */
  get remainingMs(): number {
    return Math.max(0, Math.ceil(Math.max(0, ...this.#endsAtMs.values()) - performance.now()));
  }

  /** Resolves soon after there is no lease any more, or when `signal` aborts. Keeps no process alive. */
  async ended(signal: AbortSignal): Promise<void> {
    while (this.remainingMs > 0 && !signal.aborted) {
      await sleep(Math.min(this.remainingMs, LOOK_EVERY_MS), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #extend(lease: string, forMs: number): void {
    this.#endsAtMs.set(lease, performance.now() + Math.min(forMs, LONGEST_LEASE_MS));
  }

  #forget(): void {
    const now = performance.now();
    for (const [lease, endsAtMs] of this.#endsAtMs) if (endsAtMs <= now) this.#endsAtMs.delete(lease);
  }
}
