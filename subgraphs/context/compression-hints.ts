import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { CompressionStage } from './calls/compression.ts';

/** Compression waits until a session has been quiet for this long: what runs behind a turn must not slow the next one. */
const QUIET_MS = 250;
/** A session that is never quiet is compressed all the same. */
const LONGEST_DELAY_MS = 30_000;

interface Growth {
  readonly since: number;
  through: number;
  timer: NodeJS.Timeout;
}

/**
 * Tells compression that logs have grown, never on the way of an append: once a session has been quiet for a moment, with
 * its newest end. A lost hint costs time only, since compression looks at the logs itself now and then.
 */
export class CompressionHints {
  readonly #compression: CompressionStage;
  readonly #logger: Logger;
  readonly #growing = new Map<string, Growth>();

  constructor(compression: CompressionStage, logger: Logger) {
    this.#compression = compression;
    this.#logger = logger;
  }

  grown(sessionId: string, through: number): void {
    const growth = this.#growing.get(sessionId);
    const since = growth?.since ?? performance.now();
    if (growth !== undefined) clearTimeout(growth.timer);
    const delayLeftMs = Math.max(0, since + LONGEST_DELAY_MS - performance.now());
    const timer = setTimeout(() => void this.#tell(sessionId), Math.min(QUIET_MS, delayLeftMs));
    timer.unref();
    this.#growing.set(sessionId, { since, through: Math.max(through, growth?.through ?? -1), timer });
  }

  forget(sessionId: string): void {
    clearTimeout(this.#growing.get(sessionId)?.timer);
    this.#growing.delete(sessionId);
  }

  async #tell(sessionId: string): Promise<void> {
    const growth = this.#growing.get(sessionId);
    this.#growing.delete(sessionId);
    if (growth === undefined) return;
    try {
      await this.#compression.schedule(sessionId, growth.through);
    } catch (error) {
      this.#logger.debug({ err: error, sessionId }, 'compression did not take a hint');
    }
  }
}
