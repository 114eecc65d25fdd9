import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { isHalfRestored } from './backup/put-in-place.ts';
import { type LeftStage, leftBehind } from './left-behind.ts';
import { type Ports, refusalToListen } from './ports.ts';
import { DataFolderInUse, type RunRecord, readRunFile, readStaleRunFile } from './run-file.ts';

/** Stages that lost their launcher are gone after this long. */
const LEFT_BEHIND_MS = 10_000;
const LOOK_MS = 100;

/** Where the platform is to run. What could not be read from the settings is left out. */
export interface Place {
  readonly dataFolder: string;
  readonly host: string;
  readonly ports: Partial<Ports>;
}

/**
 * All that keeps the platform from running at this place, one plain line each, that names the variable. Makes the data folder.
 * Waits up to ten seconds for stages that a killed launcher left behind.
 */
export async function placeFaults({ dataFolder, host, ports }: Place): Promise<readonly string[]> {
  const twice = sharedPorts(ports);
  const folder = dataFolderFault(dataFolder);
  let left: readonly LeftStage[] = [];
  if (folder === null) {
    const running = readRunFile(dataFolder);
    // Its ports may be the same ones: saying so for each would hide the one reason.
    if (running !== null) return [...twice, new DataFolderInUse(dataFolder, running).message];
    if (isHalfRestored(dataFolder)) return [...twice, halfRestored(dataFolder)];
    const ended = readStaleRunFile(dataFolder);
    if (ended !== null && twice.length === 0) left = await untilGone(ended, host);
  }
  if (left.length > 0) return left.map((stage) => leftFault(dataFolder, stage));
  const refused = twice.length > 0 ? [] : await refusedPorts(ports, host);
  return [...(folder === null ? [] : [folder]), ...twice, ...refused];
}

/** Waits until the stages of a launcher that has ended are gone; those that are not in time. */
async function untilGone(ended: RunRecord, host: string): Promise<readonly LeftStage[]> {
  const until = performance.now() + LEFT_BEHIND_MS;
  for (;;) {
    const left = leftBehind(ended);
    const refusals = await Promise.all(Object.values(ended.ports).map((port) => refusalToListen(port, host)));
    if (left.length === 0 && !refusals.includes('EADDRINUSE')) return [];
    if (performance.now() > until) return left;
    await sleep(LOOK_MS);
  }
}

function halfRestored(dataFolder: string): string {
  return `SUPERCONTEXT_DATA=${JSON.stringify(dataFolder)}: a restore into this folder was interrupted: restore the backup again, with --replace`;
}

/** Only that: its port and its files are taken by it, and so is the folder. */
function leftFault(dataFolder: string, { stage, pid }: LeftStage): string {
  return `SUPERCONTEXT_DATA=${JSON.stringify(dataFolder)}: the ${stage} stage of a launcher that was killed is still there, with process id ${pid}: end it (kill -KILL ${pid})`;
}

export function portVariable(stage: StageName): string {
  return `SUPERCONTEXT_${stage.toUpperCase()}_PORT`;
}

function sharedPorts(ports: Partial<Ports>): readonly string[] {
  const stagesOf = Map.groupBy(Object.entries(ports) as [StageName, number][], ([, port]) => port);
  return [...stagesOf]
    .filter(([, users]) => users.length > 1)
    .map(([port, users]) => {
      const variables = users.map(([stage]) => portVariable(stage)).join(' and ');
      return `${variables} are the same port, ${port}: each stage needs one of its own`;
    });
}

const PORT_REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens on this port: stop it or choose another',
  EACCES: 'this user may not listen on this port: choose one above 1023',
  EPERM: 'this user may not listen on this port: choose one above 1023',
};

async function refusedPorts(ports: Partial<Ports>, host: string): Promise<readonly string[]> {
  const faults = new Set<string>();
  for (const [stage, port] of Object.entries(ports) as [StageName, number][]) {
    const code = await refusalToListen(port, host);
    if (code === null) continue;
    const why = PORT_REFUSALS[code];
    faults.add(
      why === undefined
        ? `SUPERCONTEXT_HOST=${JSON.stringify(host)}: this machine cannot listen on this address (${code})`
        : `${portVariable(stage)}=${port}: ${why}`,
    );
  }
  return [...faults];
}

const FOLDER_REFUSALS: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file, not a folder',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'there is a file, not a folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'this user may not write there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

/** Why nothing can be kept in this folder, tried by making it and a file in it; null when it can. */
function dataFolderFault(dataFolder: string): string | null {
  const probe = join(dataFolder, `.probe-${randomUUID()}`);
  try {
    privateFolder(dataFolder);
    writeFileSync(probe, 'x');
    rmSync(probe);
    return null;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return `SUPERCONTEXT_DATA=${JSON.stringify(dataFolder)}: ${FOLDER_REFUSALS[code] ?? `cannot be used as a folder (${code || message})`}`;
  }
}
