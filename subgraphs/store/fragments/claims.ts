import type { FragmentHash } from '../fragment-id.ts';

/** No append takes this long between putting its fragments and replicating them. */
const LONGEST_APPEND_MS = 10 * 60_000;
const MAXIMUM_CLAIMS = 1_000_000;

/**
 * Which sessions have put a fragment that none of them lists yet. What is claimed must not be erased: its session may have been
 * told that it is durable, and list it a moment later.
 */
export class Claims {
  readonly #claims = new Map<FragmentHash, Map<string, number>>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#claims.size;
  }

  claim(hash: FragmentHash, sessionId: string): void {
    const claims = this.#claims.get(hash) ?? new Map<string, number>();
    claims.set(sessionId, this.#nowMs());
    // The youngest last, so that what was never listed makes room first.
    this.#claims.delete(hash);
    this.#claims.set(hash, claims);
    for (const oldest of this.#claims.keys()) {
      if (this.#claims.size <= MAXIMUM_CLAIMS) break;
      this.#claims.delete(oldest);
    }
  }

  /** The session lists the fragment, or never will. */
  release(hash: FragmentHash, sessionId: string): void {
    const claims = this.#claims.get(hash);
    if (claims === undefined) return;
    claims.delete(sessionId);
    if (claims.size === 0) this.#claims.delete(hash);
  }

  /** Releases all that a session claims; says what that was. */
  releaseAll(sessionId: string): FragmentHash[] {
    const released: FragmentHash[] = [];
    for (const [hash, claims] of this.#claims) if (claims.has(sessionId)) released.push(hash);
    for (const hash of released) this.release(hash, sessionId);
    return released;
  }

  isClaimed(hash: FragmentHash): boolean {
    const sinceMs = this.#nowMs() - LONGEST_APPEND_MS;
    return [...(this.#claims.get(hash)?.values() ?? [])].some((atMs) => atMs >= sinceMs);
  }
}
