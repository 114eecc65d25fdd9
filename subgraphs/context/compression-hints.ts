import type { Logger } from '@supercontext/runtime/log.ts';
import type { CompressionStage } from './stages/compression.ts';

/**
 * Tells compression that logs have grown, never on the way of an append: one call a session at a time, the newest end wins.
 * A lost hint costs time only, since compression looks at the logs itself now and then.
 */
export class CompressionHints {
  readonly #compression: CompressionStage;
  readonly #logger: Logger;
  /** Session -> the end to tell next, or null while nothing new has come. */
  readonly #underWay = new Map<string, number | null>();

  constructor(compression: CompressionStage, logger: Logger) {
    this.#compression = compression;
    this.#logger = logger;
  }

  grown(sessionId: string, through: number): void {
    if (this.#underWay.has(sessionId)) this.#underWay.set(sessionId, through);
    else void this.#tell(sessionId, through);
  }

  async #tell(sessionId: string, through: number): Promise<void> {
    for (let next: number | null = through; next !== null; next = this.#underWay.get(sessionId) ?? null) {
      this.#underWay.set(sessionId, null);
      try {
        await this.#compression.schedule(sessionId, next);
      } catch (error) {
        this.#logger.debug({ err: error, sessionId }, 'compression did not take a hint');
        break;
      }
    }
    this.#underWay.delete(sessionId);
  }
}
