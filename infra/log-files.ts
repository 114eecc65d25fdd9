import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FILE_MODE, privateFolder } from '@supercontext/runtime/process/private-files.ts';

const MiB = 1024 * 1024;
/** A log longer than this is cut; its end is kept beside it, in place of the end kept before. */
const MAXIMUM_LOG_BYTES = 16 * MiB;
const LOOK_EVERY_MS = 1_000;
/** What is read of a log for a person; a line of a log is far shorter. */
const LAST_WORDS_BYTES = 64 * 1024;
const LAST_WORDS_CHARACTERS = 500;
/** Of pino: what a process says just before it exits by itself. */
const FATAL = 60;

export interface LogFile {
  readonly path: string;
  /** A descriptor to append to; the caller closes it. */
  readonly descriptor: number;
  /** Where what is written from now on begins. */
  readonly startBytes: number;
}

/** Opens the log of a name to append to, only for this user to read. Makes its folder. */
export function openLog(folder: string, name: string): LogFile {
  privateFolder(folder);
  const path = logPath(folder, name);
  const descriptor = openSync(path, 'a', PRIVATE_FILE_MODE);
  fchmodSync(descriptor, PRIVATE_FILE_MODE);
  return { path, descriptor, startBytes: fstatSync(descriptor).size };
}

/**
 * Looks every second whether a log has grown too long, and cuts it; one at a time has 16 MiB and what is written in a second,
 * and its `.old` 16 MiB. The processes write to their logs themselves, so that no line waits for the launcher: what they
 * write while a log is being cut is lost. Returns what ends it.
 */
export function keepLogsShort(folder: string, names: readonly string[], maximumBytes = MAXIMUM_LOG_BYTES): () => void {
  const timer = setInterval(() => {
    for (const name of names) cutLog(logPath(folder, name), maximumBytes);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function cutLog(path: string, maximumBytes: number): void {
  try {
    if (statSync(path).size <= maximumBytes) return;
    const descriptor = openSync(path, 'r+');
    try {
      // Under another name first: whoever reads the old one has it whole.
      writeFileSync(`${path}.old.new`, readEnd(descriptor, 0, maximumBytes), { mode: PRIVATE_FILE_MODE });
      renameSync(`${path}.old.new`, `${path}.old`);
      ftruncateSync(descriptor, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // A log that was removed, or a disk without space: the next look tries again, and no stage stands still for its log.
  }
}

/**
 * What a process that has ended said of it, in one line: its fatal message, or the plain lines it wrote, or the last that it
 * logged. Never throws: a log may have been removed.
 */
export function lastWords(
  log: Pick<LogFile, 'path' | 'startBytes'>,
  maximumCharacters = LAST_WORDS_CHARACTERS,
): string {
  const lines = lastLines(log);
  if (lines === null) return 'its log cannot be read';
  const records = lines.map(logRecord).filter((record) => record !== null);
  const fatal = records.findLast(({ level = 0 }) => level >= FATAL);
  const plain = lines.filter((line) => line.trim() !== '' && logRecord(line) === null);
  const said = fatal?.err?.message ?? fatal?.msg ?? plainWords(plain) ?? records.at(-1)?.msg ?? 'it said nothing';
  return said.replaceAll(/\s+/g, ' ').slice(0, maximumCharacters);
}

/** What a process that has ended wrote at last, at most 64 KiB, line by line; null when its log cannot be read. */
export function lastLines({ path, startBytes }: Pick<LogFile, 'path' | 'startBytes'>): string[] | null {
  try {
    const descriptor = openSync(path, 'r');
    try {
      return readEnd(descriptor, startBytes, LAST_WORDS_BYTES).toString().trim().split('\n');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** All plain lines; of an error with its stack, only the line before the stack, which has the message. */
function plainWords(lines: readonly string[]): string | undefined {
  const stack = lines.findIndex((line) => line.startsWith('    at '));
  if (stack > 0) return lines[stack - 1];
  return lines.length === 0 ? undefined : lines.join('; ');
}

interface LogRecord {
  readonly level?: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

function logRecord(line: string): LogRecord | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as LogRecord;
  } catch {
    return null;
  }
}

/** The last bytes of a file, at most `maximumBytes`, and none before `fromBytes` unless it has been cut since. */
function readEnd(descriptor: number, fromBytes: number, maximumBytes: number): Buffer {
  const { size } = fstatSync(descriptor);
  const from = Math.max(fromBytes <= size ? fromBytes : 0, size - maximumBytes);
  const bytes = Buffer.alloc(size - from);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, from));
}

function logPath(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}
