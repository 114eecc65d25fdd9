import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Ports } from '../../infra/ports.ts';
import { readProcess } from '../../infra/process-table.mjs';

const ROOT = join(import.meta.dirname, '../..');

export interface OwnPlace {
  readonly folder: string;
  readonly ports: Ports;
  readonly environment: NodeJS.ProcessEnv;
}

/** A data folder and ports for a launcher that a test starts as a person would; `remove` the folder afterwards. */
export async function ownPlace(): Promise<OwnPlace & { remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  const ports = await freePorts();
  const settings = Object.entries(ports).map(([stage, port]) => [
    `SUPERCONTEXT_${stage.toUpperCase()}_PORT`,
    `${port}`,
  ]);
  return {
    folder,
    ports,
    environment: {
      ...process.env,
      ...Object.fromEntries(settings),
      SUPERCONTEXT_DATA: folder,
      SUPERCONTEXT_MODEL: 'extractive',
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts a command in the repository, in a process group of its own. */
export function startCommand(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(command, args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
}

export interface FoundProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** All processes that run now and were started for this data folder, whoever their parent is by now. */
export function processesOf(folder: string): readonly FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProcess(Number(name)) !== null)
    .flatMap((name) => {
      try {
        const variables = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        if (!variables.includes(`SUPERCONTEXT_DATA=${folder}`)) return [];
        const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), commandLine }];
      } catch {
        return [];
      }
    });
}
