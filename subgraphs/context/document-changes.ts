import { hash as hashOf } from 'node:crypto';
import { ContractError, type DeltaItem } from '@supercontext/contract';
import { checkPath, type DocumentChanges, MAXIMUM_ITEMS } from './check-delta.ts';
import type { AppendContextInput, DocumentVersionInput } from './generated/resolvers.ts';
import type { NewDocumentPart, NewVersion } from './log/session-log.ts';

const SHA256 = /^[0-9a-f]{64}$/;
export const MAXIMUM_PARTS = 65_536;

/** @throws ContractError INPUT_INVALID, TEXT_INVALID */
export function documentChangesOf({ items, removes }: Pick<AppendContextInput, 'items' | 'removes'>): DocumentChanges {
  const versions = items.map(({ file }, index) =>
    file?.version == null ? null : versionOf(file.version, `items[${index}].file.version`),
  );
  const changes = { versions, removes: removes ?? [] };
  checkChanges(
    changes,
    items.map(({ file }) => file?.path ?? null),
  );
  return changes;
}

/** @param argument What errors call it. @throws ContractError INPUT_INVALID */
export function versionOf({ part = 0, parts = 1, hash = null }: DocumentVersionInput, argument: string): NewVersion {
  if (parts < 1 || parts > MAXIMUM_PARTS) throw invalid(`${argument}.parts`, `1 to ${MAXIMUM_PARTS}, got ${parts}`);
  if (part < 0 || part >= parts) throw invalid(`${argument}.part`, `0 to ${parts - 1}, got ${part}`);
  if (hash === null && parts > 1) throw invalid(`${argument}.hash`, 'needed where there are several parts');
  if (hash !== null && !SHA256.test(hash)) throw invalid(`${argument}.hash`, '64 lower-case hex digits');
  return { part, parts, hash };
}

/** One append changes a document once: replaces it, in one part or several that follow each other, or removes it. */
function checkChanges({ versions, removes }: DocumentChanges, paths: readonly (string | null)[]): void {
  if (removes.length > MAXIMUM_ITEMS) throw invalid('removes', `at most ${MAXIMUM_ITEMS}, got ${removes.length}`);
  const changed = new Set<string>();
  for (const [index, path] of removes.entries()) {
    checkPath(path, `removes[${index}]`);
    if (changed.has(path)) throw invalid(`removes[${index}]`, 'each path once');
    changed.add(path);
  }
  for (const [index, path] of paths.entries()) {
    const version = versions[index] ?? null;
    if (path === null) continue;
    const before = versions[index - 1] ?? null;
    const isNext = version !== null && before !== null && paths[index - 1] === path && version.part === before.part + 1;
    if (version === null || isNext) continue;
    if (changed.has(path)) throw invalid(`items[${index}].file`, 'an append replaces or removes a document once');
    changed.add(path);
  }
}

/**
 * The parts of documents among the items that were stored.
 * @param counts How many entries each item came to
 */
export function documentPartsOf(
  items: readonly DeltaItem[],
  counts: readonly number[],
  { versions }: DocumentChanges,
): NewDocumentPart[] {
  let first = 0;
  return items.flatMap((item, index) => {
    const entries = counts[index] ?? 0;
    const from = first;
    first += entries;
    if (item.kind !== 'file' || entries === 0) return [];
    const version = versions[index] ?? null;
    return { path: item.path, hash: hashOf('sha256', item.text), first: from, entries, version };
  });
}

function invalid(argument: string, what: string): ContractError {
  return new ContractError('INPUT_INVALID', `${argument}: ${what}`, { argument });
}
