import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

/** One text to feed into a session. */
export interface CorpusFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
}

/** Something that was left out, and why. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

const MiB = 1024 * 1024;
/** A larger file is appended in parts: one append holds 8 MiB. */
const PART_BYTES = 2 * MiB;

/** Packages whose source follows the documentation; all of them are on every machine that ran `npm ci`. */
const SOURCES = [
  'fastify/lib',
  'undici/lib',
  'graphql',
  'graphql-ws/dist',
  'ws/lib',
  'pino/lib',
  'dataloader',
  '@apollo/gateway/dist',
  '@apollo/server/dist/esm',
  '@apollo/query-planner/dist',
  'react-dom/cjs',
  'vite/dist/node',
];

const SOURCE_ENDINGS: ReadonlySet<string> = new Set(['.js', '.mjs', '.ts', '.mts']);

/**
 * Real documentation and source that every installed copy has: all Markdown under `nodeModules` but change logs and
 * licences, then the source of well-known packages, until `maximumBytes`. The same files in the same order every time.
 */
export function* installedCorpus(nodeModules: string, maximumBytes: number): Generator<CorpusFile> {
  const seen = new Set<string>();
  let sizeBytes = 0;
  for (const path of corpusPaths(nodeModules)) {
    const text = readText(path);
    if (typeof text !== 'string' || text.trim() === '') continue;
    const digest = createHash('sha1').update(text).digest('base64');
    if (seen.has(digest)) continue;
    seen.add(digest);
    for (const part of parts({ path: relative(nodeModules, path), text, sizeBytes: Buffer.byteLength(text) })) {
      yield part;
      sizeBytes += part.sizeBytes;
      if (sizeBytes >= maximumBytes) return;
    }
  }
}

function* corpusPaths(nodeModules: string): Generator<string> {
  for (const path of walk(nodeModules)) {
    if (/\.mdx?$/i.test(path) && !/change-?log|history|licen[cs]e|code.of.conduct|security|contributing/i.test(path))
      yield path;
  }
  for (const source of SOURCES) {
    if (!existsSync(join(nodeModules, source))) continue;
    for (const path of walk(join(nodeModules, source))) if (SOURCE_ENDINGS.has(extname(path))) yield path;
  }
}

/** The texts at `paths` (files, or folders walked through); what is not text is reported and left out. */
export function* ownCorpus(paths: readonly string[], onLeftOut: (leftOut: LeftOut) => void): Generator<CorpusFile> {
  for (const start of paths) {
    const stats = statSync(start, { throwIfNoEntry: false });
    if (stats === undefined) {
      onLeftOut({ path: start, why: 'there is no such file or folder' });
      continue;
    }
    for (const path of stats.isDirectory() ? walk(start) : [start]) {
      const text = readText(path);
      if (typeof text !== 'string') onLeftOut({ path, why: text.why });
      else if (text.trim() !== '') yield* parts({ path, text, sizeBytes: Buffer.byteLength(text) });
    }
  }
}

function* walk(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.git') yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

function readText(path: string): string | { readonly why: string } {
  const bytes = readFileSync(path);
  if (bytes.includes(0)) return { why: 'it is binary' };
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { why: 'it is not UTF-8' };
  }
}

/** Cuts a large file at line ends; together the parts are the file. */
function* parts(file: CorpusFile): Generator<CorpusFile> {
  if (file.sizeBytes <= PART_BYTES) {
    yield file;
    return;
  }
  let start = 0;
  while (start < file.text.length) {
    const goal = start + PART_BYTES / 2;
    const lineEnd = file.text.indexOf('\n', goal);
    let end = goal >= file.text.length || lineEnd === -1 ? file.text.length : lineEnd + 1;
    // A file without line ends is cut anyway, but never through a surrogate pair.
    if (end - start > PART_BYTES) end = /[\uD800-\uDBFF]/.test(file.text[goal - 1] ?? '') ? goal + 1 : goal;
    const text = file.text.slice(start, end);
    yield { path: file.path, text, sizeBytes: Buffer.byteLength(text) };
    start = end;
  }
}
