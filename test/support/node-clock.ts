import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'shifted-clock.c');

/** Why a program cannot be given another clock; null when it can. */
export function whyNoClocks(): string | null {
  return spawnSync('cc', ['--version']).status === 0 ? null : 'no C compiler';
}

/** Other clocks for programs that are not ours. */
export interface Clocks {
  /** The environment of one that is so many seconds ahead, or behind; intervals it measures as it did. */
  shifted(seconds: number): Record<string, string>;
  remove(): void;
}

export function clocks(): Clocks {
  const folder = mkdtempSync(join(tmpdir(), 'clocks-'));
  const library = join(folder, 'shifted-clock.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE]);
  return {
    shifted: (seconds) => ({ LD_PRELOAD: library, SHIFT_SECONDS: String(seconds) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
