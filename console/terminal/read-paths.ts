import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UsageFault } from './usage-fault.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
}

export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

const FOLDERS_LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);
/** A longer file is sent in pieces: one append takes 8 MiB. */
const PIECE_CHARACTERS = 1024 * 1024;
const MAXIMUM_BYTES = 64 * 1024 * 1024;

/**
 * The text files that paths name, folders read to their ends, in order of path; what is not text is told to `onLeftOut`.
 * @throws UsageFault for a path that is not there.
 */
export async function* readPaths(
  paths: readonly string[],
  onLeftOut: (leftOut: LeftOut) => void,
): AsyncGenerator<TextFile, void, undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found === null) throw new UsageFault(`${path} is not there`);
    for await (const file of found.isDirectory() ? filesUnder(path) : [path]) yield* readText(file, onLeftOut);
  }
}

async function* filesUnder(folder: string): AsyncGenerator<string, void, undefined> {
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    const path = join(folder, name);
    // Links are not followed: they may lead in circles, and what they lead to is read where it stands.
    const found = await lstat(path);
    if (found.isDirectory() && !FOLDERS_LEFT_OUT.has(name)) yield* filesUnder(path);
    else if (found.isFile()) yield path;
  }
}

async function* readText(
  path: string,
  onLeftOut: (leftOut: LeftOut) => void,
): AsyncGenerator<TextFile, void, undefined> {
  const name = relative('', path) || path;
  const { size } = await stat(path);
  if (size > MAXIMUM_BYTES) {
    onLeftOut({ path: name, why: `larger than ${MAXIMUM_BYTES / 1_048_576} MiB` });
    return;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch {
    onLeftOut({ path: name, why: 'not UTF-8 text' });
    return;
  }
  if (text.includes('\0')) onLeftOut({ path: name, why: 'binary' });
  else if (text.trim() === '') onLeftOut({ path: name, why: 'empty' });
  else for (const piece of pieces(text)) yield { path: name, text: piece, sizeBytes: Buffer.byteLength(piece) };
}

/** Cuts a long text at ends of lines where it can, and never through a character. */
function* pieces(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE_CHARACTERS);
    if (end < text.length) {
      const line = text.lastIndexOf('\n', end - 1) + 1;
      if (line > start) end = line;
      else if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
    }
    yield text.slice(start, end);
    start = end;
  }
}
