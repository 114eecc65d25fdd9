import { constants } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { decodeText } from '@supercontext/text/decode-text.ts';
import { textParts } from '@supercontext/text/text-parts.ts';
import { kindOf, type LeftOut, reasonOf } from './left-out.ts';
import { UsageFault } from './usage-fault.ts';
import { type FoundFile, filesUnder } from './walk-folder.ts';

export interface TextFile {
  readonly path: string;
  /** Whether it came by the standard input, and has no path but a dash. */
  readonly isTyped: boolean;
  /** In parts that joined are the text: one append takes 8 MiB. */
  readonly parts: readonly string[];
  /** UTF-8. */
  readonly sizeBytes: number;
}

/** Instead of a path, or of words: they come by the standard input. */
export const STANDARD_INPUT = '-';

const MAXIMUM_BYTES = 64 * 1024 * 1024;

/**
 * The text files that paths name, folders read to their ends, in order of path. What is left out, or cannot be read, is told
 * to `onLeftOut`. A file that is named by itself is read whatever rules say of it.
 * @throws the signal's reason
 */
export async function* readPaths(
  paths: readonly string[],
  onLeftOut: (leftOut: LeftOut) => void,
  signal: AbortSignal,
): AsyncGenerator<TextFile, void, undefined> {
  for (const path of paths) {
    if (path === STANDARD_INPUT) {
      const read = textFile(STANDARD_INPUT, await readStandardInput(signal), onLeftOut);
      if (read !== null) yield { ...read, isTyped: true };
      continue;
    }
    for await (const file of filesOf(path, onLeftOut)) {
      signal.throwIfAborted();
      const read = await readText(file, onLeftOut);
      if (read !== null) yield read;
    }
  }
}

/** @throws UsageFault for a path that is not there */
export async function checkPaths(paths: readonly string[]): Promise<void> {
  for (const path of paths) if (path !== STANDARD_INPUT) await lstat(path).catch(missing(path));
}

/** All of the standard input; waiting for it ends with the signal. */
export function readStandardInput(signal: AbortSignal): Promise<Buffer> {
  return buffer(addAbortSignal(signal, process.stdin));
}

function missing(path: string): (error: unknown) => never {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageFault(code === 'ENOENT' ? `${path} is not there` : `${path}: ${reasonOf(error)}`);
  };
}

async function* filesOf(
  path: string,
  onLeftOut: (leftOut: LeftOut) => void,
): AsyncGenerator<FoundFile, void, undefined> {
  const found = await stat(path).catch((error: unknown) => {
    onLeftOut({ path, why: reasonOf(error), isFault: true });
    return null;
  });
  if (found === null) return;
  if (found.isDirectory()) yield* filesUnder(path, onLeftOut);
  else if (found.isFile()) yield { place: Buffer.from(path), path };
  else onLeftOut({ path, why: kindOf(found), isFault: true });
}

async function readText({ place, path }: FoundFile, onLeftOut: (leftOut: LeftOut) => void): Promise<TextFile | null> {
  const name = relative('', path) || path;
  try {
    return textFile(name, await readBytes(place), onLeftOut);
  } catch (error) {
    onLeftOut({ path: name, why: reasonOf(error), isFault: true });
    return null;
  }
}

function textFile(path: string, bytes: Buffer | null, onLeftOut: (leftOut: LeftOut) => void): TextFile | null {
  const text = bytes === null ? null : decodeText(bytes);
  if (text !== null && text.trim() !== '') {
    return { path, isTyped: false, parts: [...textParts(text)], sizeBytes: Buffer.byteLength(text) };
  }
  const why = bytes === null ? `larger than ${MAXIMUM_BYTES / 1_048_576} MiB` : text === null ? 'no text' : 'empty';
  onLeftOut({ path, why, isFault: false, isUnread: bytes === null });
  return null;
}

/** Null for what is too large. Never waits for whoever might write: what was a file a moment ago may be a FIFO now. */
async function readBytes(place: Buffer): Promise<Buffer | null> {
  const file = await open(place, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(kindOf(found));
    if (found.size > MAXIMUM_BYTES) return null;
    // It may grow while it is read, and need not end.
    const bytes = await buffer(file.createReadStream({ end: MAXIMUM_BYTES, autoClose: false }));
    return bytes.length > MAXIMUM_BYTES ? null : bytes;
  } finally {
    await file.close();
  }
}
