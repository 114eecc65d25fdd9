import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PORTS, type StageName } from '@supercontext/runtime/common-settings.ts';
import { PRIVATE_FILE_MODE } from '@supercontext/runtime/process/private-files.ts';
import { isThere, readProcess } from './process-table.mjs';

const MAXIMUM_BYTES = 64 * 1024;

/** What the launcher that runs on a data folder says of itself, for a command of the same user on the same machine. */
export interface RunRecord {
  /** Of the launcher. */
  readonly pid: number;
  /** Tells the launcher from a later process with its id; null where the machine does not tell. */
  readonly startTicks: number | null;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The host under which the stages are reached from this machine. */
  readonly host: string;
  readonly ports: Readonly<Record<StageName, number>>;
  /** What requests to a stage are signed with. */
  readonly signingKey: string;
}

/** The data folder belongs to another launcher that is running. */
export class DataFolderInUse extends Error {
  constructor(dataFolder: string, { pid, host, ports }: RunRecord) {
    super(
      `SUPERCONTEXT_DATA=${JSON.stringify(dataFolder)}: the launcher with process id ${pid} is using this folder (its gateway is http://${host}:${ports.gateway}/): stop it or choose another`,
    );
    this.name = 'DataFolderInUse';
  }
}

export interface RunFile {
  /** Removes the file. Idempotent. */
  release(): void;
}

/** The record of the launcher that runs on this folder; null when none does, or none that can be told. */
export function readRunFile(dataFolder: string): RunRecord | null {
  const record = parse(readText(pathOf(dataFolder)));
  return record !== null && isRunning(record) ? record : null;
}

/** The record that a launcher left behind that has ended without removing it; null when there is none. */
export function readStaleRunFile(dataFolder: string): RunRecord | null {
  const record = parse(readText(pathOf(dataFolder)));
  return record === null || isRunning(record) ? null : record;
}

/**
 * Takes a data folder for this process. Atomic: of two that try at once one gets it, and no reader sees half a file. What a
 * launcher left that has ended is replaced, and so is what is no record at all.
 * @throws DataFolderInUse, an Error in one line when a folder stands in its place, and what the file system throws when the folder cannot be written to.
 */
export function claimRunFile(dataFolder: string, told: Pick<RunRecord, 'host' | 'ports' | 'signingKey'>): RunFile {
  const path = pathOf(dataFolder);
  const record: RunRecord = {
    pid: process.pid,
    startTicks: readProcess(process.pid)?.startTicks ?? null,
    startedAt: new Date().toISOString(),
    ...told,
  };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, text, { mode: PRIVATE_FILE_MODE });
  try {
    while (!linked(temporary, path)) removeStale(dataFolder);
  } finally {
    rmSync(temporary, { force: true });
  }
  return {
    release() {
      if (readText(path) === text) rmSync(path, { force: true });
    },
  };
}

/** Puts the file in its place unless there is one: a link, for a rename would replace it. */
function linked(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(dataFolder: string): void {
  const path = pathOf(dataFolder);
  const running = readRunFile(dataFolder);
  if (running !== null) throw new DataFolderInUse(dataFolder, running);
  // What is in a folder may be somebody's; whatever else stands there is no record, and of no use to anybody.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Error(`SUPERCONTEXT_DATA=${JSON.stringify(dataFolder)}: its running.json is a folder: remove it`);
  }
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Between the look and the rename another launcher may have put its own file here: it gets it back.
  const moved = parse(readText(aside));
  if (moved !== null && isRunning(moved)) linked(aside, path);
  rmSync(aside, { force: true });
}

/** Whether a process that told of itself is still there, and no later one with its id. */
export function isRunning({ pid, startTicks }: Pick<RunRecord, 'pid' | 'startTicks'>): boolean {
  const entry = readProcess(pid);
  if (entry !== null) return startTicks === null || entry.startTicks === startTicks;
  // Nothing is told of this very process either: then all that can be known is whether the id is taken.
  return readProcess(process.pid) === null && isThere(pid);
}

function parse(text: string | null): RunRecord | null {
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** Whether it is all that a launcher says of itself: half a record would fail whoever uses it. */
function isRecord(value: unknown): value is RunRecord {
  const { pid, startTicks, startedAt, host, ports, signingKey } = (value ?? {}) as Partial<Record<string, unknown>>;
  const texts = [startedAt, host, signingKey];
  const stages = Object.keys(DEFAULT_PORTS);
  return (
    isWithin(pid, 2 ** 31) &&
    (startTicks === null || isWithin(startTicks, Number.MAX_SAFE_INTEGER)) &&
    texts.every((text) => typeof text === 'string') &&
    stages.every((stage) => isWithin((ports as Partial<Record<string, unknown>> | null)?.[stage], 65_535))
  );
}

function isWithin(value: unknown, maximum: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maximum;
}

/** Null for what is no file, or too long for a record. Never waits, as on a pipe that nobody writes to. */
function readText(path: string): string | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(file);
      return found.isFile() && found.size <= MAXIMUM_BYTES ? readFileSync(file, 'utf8') : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, 'running.json');
}
