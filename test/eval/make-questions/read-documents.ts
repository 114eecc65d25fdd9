import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput, readable } from '../json-lines.ts';
import type { PackageDocument } from './fact.ts';

/** Longer ones are logs of every commit, which nobody reads whole. */
const LONGEST_BYTES = 128 * 1024;
const LEFT_OUT = /licen[cs]e|code.of.conduct|security|contributing|notice|authors/i;

interface LockEntry {
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/**
 * Markdown documents and the package.json of the packages that a package-lock.json pins for every machine, in order of
 * their paths.
 *
 * @param from a `node_modules` folder; its lock file stands beside it
 * @param packages names of packages, null for all
 * @throws BadInput without a lock file, or when a package is not there, or when one of them cannot be read
 */
export function readDocuments(from: string, packages: readonly string[] | null): PackageDocument[] {
  const pinned = pinnedPackages(from);
  const unknown = (packages ?? []).filter((name) => !pinned.includes(name));
  if (unknown.length > 0) throw new BadInput(`${from}: not among its pinned packages: ${unknown.join(', ')}`);
  const seen = new Set<string>();
  return (packages ?? pinned).toSorted().flatMap((packageName) =>
    readable(join(from, packageName), () => [...files(join(from, packageName))]).flatMap((file) => {
      const bytes = readable(file, () => readFileSync(file));
      const text = bytes.includes(0) ? '' : bytes.toString('utf8').toWellFormed();
      if (text.trim() === '' || seen.has(text)) return [];
      seen.add(text);
      return [{ packageName, path: file.slice(join(from, '/').length), text }];
    }),
  );
}

function pinnedPackages(from: string): string[] {
  const file = join(from, '../package-lock.json');
  return Object.entries(lockEntries(file)).flatMap(([path, entry]) => {
    if (!isRecord(entry)) throw new BadInput(`${file}: what it has for ${JSON.stringify(path)} is no package`);
    const { link, optional, os, cpu }: LockEntry = entry;
    const name = /^node_modules\/((?:@[^/]+\/)?[^/.][^/]*)$/.exec(path)?.[1];
    const isEverywhere = link !== true && optional !== true && os === undefined && cpu === undefined;
    return name !== undefined && isEverywhere && isFolder(join(from, name)) ? [name] : [];
  });
}

/** @throws BadInput when the file is none that tells which packages every machine has */
function lockEntries(file: string): Readonly<Record<string, unknown>> {
  const text = readable(file, () => readFileSync(file, 'utf8'));
  let packages: unknown;
  try {
    packages = (JSON.parse(text) as { readonly packages?: unknown } | null)?.packages;
  } catch {
    throw new BadInput(`${file}: is not JSON`);
  }
  if (!isRecord(packages)) throw new BadInput(`${file}: lists no packages`);
  return packages;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFolder(path: string): boolean {
  return readable(path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory() === true;
}

function* files(folder: string, isTop = true): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'test') yield* files(path, false);
    } else if (entry.isFile() && isDocument(entry.name, isTop) && statSync(path).size <= LONGEST_BYTES) yield path;
  }
}

function isDocument(name: string, isTop: boolean): boolean {
  return (isTop && name === 'package.json') || (/\.mdx?$/i.test(name) && !LEFT_OUT.test(name));
}
