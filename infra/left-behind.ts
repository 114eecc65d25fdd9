import { readdirSync, readFileSync } from 'node:fs';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { readProcess } from './process-table.mjs';
import type { RunRecord } from './run-file.ts';

/** A stage that lives longer than its launcher, as one that was stopped (SIGSTOP) or waits for a disk that does not answer. */
export interface LeftStage {
  readonly stage: StageName;
  readonly pid: number;
}

/**
 * The stages of a launcher that has ended which are still there, known by the key that it gave to them. None where the machine
 * does not tell of other processes.
 */
export function leftBehind({ signingKey, ports }: RunRecord): readonly LeftStage[] {
  const stages = Object.keys(ports) as StageName[];
  return processIds().flatMap((pid) => {
    const command = read(pid, 'cmdline').join(' ');
    const stage = stages.find((name) => command.endsWith(`/${name}/main.ts`));
    if (stage === undefined || readProcess(pid) === null) return [];
    return read(pid, 'environ').includes(`SUPERCONTEXT_SIGNING_KEY=${signingKey}`) ? [{ stage, pid }] : [];
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(pid: number, name: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}
