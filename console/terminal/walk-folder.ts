import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IgnoreRules } from './ignore-rules.ts';
import type { LeftOut } from './left-out.ts';
import { kindOf, reasonOf } from './left-out.ts';

/** A file as it is opened, and as it is named: names are bytes, and not all are UTF-8. */
export interface FoundFile {
  readonly place: Buffer;
  readonly path: string;
}

/**
 * All files under a folder, in order of path. Links are not followed: they may lead in circles, and what they lead to is read
 * where it stands. What cannot be read, and what is left out, is told, and costs itself alone.
 */
export async function* filesUnder(
  folder: string,
  onLeftOut: (leftOut: LeftOut) => void,
): AsyncGenerator<FoundFile, void, undefined> {
  const rules = await rulesOf(() => IgnoreRules.of(folder), folder, onLeftOut);
  if (rules !== null) yield* walk({ place: Buffer.from(folder), path: folder }, rules, onLeftOut);
}

/** The rules of a folder; null for one whose rules cannot be read, which may name what nobody is to see. */
async function rulesOf(
  read: () => Promise<IgnoreRules>,
  folder: string,
  onLeftOut: (leftOut: LeftOut) => void,
): Promise<IgnoreRules | null> {
  try {
    return await read();
  } catch (error) {
    onLeftOut({ path: `${folder}/`, why: `what to leave out of it cannot be read: ${reasonOf(error)}`, isFault: true });
    return null;
  }
}

async function* walk(
  folder: FoundFile,
  rules: IgnoreRules,
  onLeftOut: (leftOut: LeftOut) => void,
): AsyncGenerator<FoundFile, void, undefined> {
  for (const entry of await entriesOf(folder, onLeftOut)) {
    const name = nameOf(entry.name);
    const path = join(folder.path, name);
    const isFolder = entry.isDirectory();
    const why = rules.why(path, name, isFolder);
    const found = { place: Buffer.concat([folder.place, Buffer.from('/'), entry.name]), path };
    if (why !== null) onLeftOut({ path: isFolder ? `${path}/` : path, why, isFault: false });
    else if (isFolder) {
      const within = await rulesOf(() => rules.within(path), path, onLeftOut);
      if (within !== null) yield* walk(found, within, onLeftOut);
    } else if (entry.isFile()) yield found;
    else onLeftOut({ path, why: kindOf(entry), isFault: false, isUnread: true });
  }
}

async function entriesOf(folder: FoundFile, onLeftOut: (leftOut: LeftOut) => void): Promise<Dirent<Buffer>[]> {
  try {
    const entries = await readdir(folder.place, { withFileTypes: true, encoding: 'buffer' });
    return entries.sort((one, other) => Buffer.compare(one.name, other.name));
  } catch (error) {
    onLeftOut({ path: `${folder.path}/`, why: reasonOf(error), isFault: true });
    return [];
  }
}

/** A name as text; one that is no UTF-8 was most likely written as Latin-1. */
function nameOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
