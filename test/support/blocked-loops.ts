import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { slowness } from './machine-speed.ts';

export interface Block {
  readonly pid: number;
  /** When it was over, on the wall clock. */
  readonly atMs: number;
  /** CPU time of the main thread between two turns of the event loop. */
  readonly durationMs: number;
}

/** Watches the event loops of a platform's processes from within. */
export class BlockedLoops {
  readonly #folder = mkdtempSync(join(tmpdir(), 'supercontext-loops-'));

  /** For the processes to be watched. */
  get environment(): Record<string, string> {
    const probe = pathToFileURL(join(import.meta.dirname, 'loop-probe.mjs')).href;
    return { NODE_OPTIONS: `--import=${probe}`, SUPERCONTEXT_LOOP_PROBE: this.#folder };
  }

  /** What was written down since `atMs`, the longest first. */
  since(atMs: number): Block[] {
    return readdirSync(this.#folder)
      .flatMap((pid) =>
        readFileSync(join(this.#folder, pid), 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split(' ').map(Number))
          .map(([at = 0, durationMs = 0]) => ({ pid: Number(pid), atMs: at, durationMs })),
      )
      .filter((block) => block.atMs >= atMs)
      .sort((one, other) => other.durationMs - one.durationMs);
  }

  /** Those since `atMs` that were longer than `limitMs`: on a machine that is slower now than the limit was set for, than as much more. */
  longerThan(limitMs: number, atMs: number): Block[] {
    const longer = this.since(atMs).filter(({ durationMs }) => durationMs > limitMs);
    if (longer.length === 0) return [];
    const allowedMs = limitMs * slowness();
    return longer.filter(({ durationMs }) => durationMs > allowedMs);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
