import type { FragmentHash } from '../fragment-id.ts';

/** No append takes this long between putting its fragments and replicating them. */
const LONGEST_APPEND_MS = 10 * 60_000;
const MAXIMUM_CLAIMS = 1_000_000;

const NONE: readonly Claim[] = [];

interface Claim {
  readonly sessionId: string;
  readonly atMs: number;
}

/**
 * Which sessions have put a fragment that none of them lists yet. What is claimed must not be erased: its session may have been
 * told that it is durable, and list it a moment later.
 */
export class Claims {
  readonly #claims = new Map<FragmentHash, readonly Claim[]>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#claims.size;
  }

  claim(hash: FragmentHash, sessionId: string): void {
    const others = this.#withoutOf(hash, sessionId);
    // The youngest last, so that what was never listed makes room first.
    this.#claims.delete(hash);
    this.#claims.set(hash, [...others, { sessionId, atMs: this.#nowMs() }]);
    if (this.#claims.size <= MAXIMUM_CLAIMS) return;
    for (const oldest of this.#claims.keys()) {
      this.#claims.delete(oldest);
      break;
    }
  }

  /** The session lists the fragment, or never will. */
  release(hash: FragmentHash, sessionId: string): void {
    if (!this.#claims.has(hash)) return;
    const others = this.#withoutOf(hash, sessionId);
    if (others.length === 0) this.#claims.delete(hash);
    else this.#claims.set(hash, others);
  }

  /** Releases all that a session claims; says what that was. */
  releaseAll(sessionId: string): FragmentHash[] {
    const released: FragmentHash[] = [];
    for (const [hash, claims] of this.#claims) {
      if (claims.some((claim) => claim.sessionId === sessionId)) released.push(hash);
    }
    for (const hash of released) this.release(hash, sessionId);
    return released;
  }

  isClaimed(hash: FragmentHash): boolean {
    const sinceMs = this.#nowMs() - LONGEST_APPEND_MS;
    return this.#claims.get(hash)?.some(({ atMs }) => atMs >= sinceMs) ?? false;
  }

  #withoutOf(hash: FragmentHash, sessionId: string): readonly Claim[] {
    const claims = this.#claims.get(hash);
    return claims === undefined ? NONE : claims.filter((claim) => claim.sessionId !== sessionId);
  }
}
