import { randomUUID } from 'node:crypto';
import { type ErasureHolds, LONGEST_HOLD_MS, MAXIMUM_HOLDS, tooManyHolds } from './erasure-holds.ts';

/** For a stage of one process: on its clock, and gone with it. */
export class LocalErasureHolds implements ErasureHolds {
  readonly #endsAtMs = new Map<string, number>();
  #underWay = 0;

  async grant(forMs: number): Promise<string> {
    this.#forget();
    if (this.#endsAtMs.size >= MAXIMUM_HOLDS) throw tooManyHolds();
    const lease = randomUUID();
    this.#extend(lease, forMs);
    return lease;
  }

  async renew(lease: string, forMs: number): Promise<boolean> {
    this.#forget();
    if (!this.#endsAtMs.has(lease)) return false;
    if (forMs > 0) this.#extend(lease, forMs);
    else this.#endsAtMs.delete(lease);
    return true;
  }

  async remainingMs(): Promise<number> {
    return Math.max(0, Math.ceil(Math.max(0, ...this.#endsAtMs.values()) - performance.now()));
  }

  async begin(): Promise<(() => Promise<void>) | number> {
    const remainingMs = await this.remainingMs();
    if (remainingMs > 0) return remainingMs;
    this.#underWay++;
    return async () => void this.#underWay--;
  }

  async underWay(): Promise<number> {
    return this.#underWay;
  }

  #extend(lease: string, forMs: number): void {
    this.#endsAtMs.set(lease, performance.now() + Math.min(forMs, LONGEST_HOLD_MS));
  }

  #forget(): void {
    const now = performance.now();
    for (const [lease, endsAtMs] of this.#endsAtMs) if (endsAtMs <= now) this.#endsAtMs.delete(lease);
  }
}
