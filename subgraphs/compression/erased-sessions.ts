/** A session that was erased longer ago has no job under way any more. */
const REMEMBERED = 10_000;

/** Sessions erased of late, for which a job may still be under way. */
export class ErasedSessions {
  readonly #ids = new Set<string>();

  add(sessionId: string): void {
    this.#ids.add(sessionId);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= REMEMBERED) return;
      this.#ids.delete(oldest);
    }
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }
}
