import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { safeCut } from '@supercontext/text/safe-cut.ts';
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
/** A longer file is sent in parts: one append takes 8 MiB. */
const PART_CHARACTERS = 1024 * 1024;
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
  else for (const part of partsOf(text)) yield { path: name, text: part, sizeBytes: Buffer.byteLength(part) };
}

/** Cuts a long text at ends of lines where it can, and never through a word. */
function* partsOf(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const limit = Math.min(text.length, start + PART_CHARACTERS);
    const line = limit < text.length ? text.lastIndexOf('\n', limit - 1) + 1 : limit;
    const end = line > start ? line : safeCut(text, limit, start);
    yield text.slice(start, end);
    start = end;
  }
}
