import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { documentHash, type GraphClient } from '@supercontext/client';
import { formatCount } from './format-quantity.ts';
import type { LeftOut } from './left-out.ts';
import type { Output } from './output.ts';
import { readPaths } from './read-paths.ts';
import { type DocumentFile, removeDocuments, type Sending, sendDocuments } from './send-documents.ts';
import { documentsOf } from './session-documents.ts';
import { Telling } from './telling.ts';
import { UsageFault } from './usage-fault.ts';
import { filesUnder } from './walk-folder.ts';

export interface SyncOptions {
  readonly sessionId: string;
  readonly folders: readonly string[];
  /** Documents that are in none of the folders stay. */
  readonly keep: boolean;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Paths of documents, by what was done to them. */
interface Synced {
  readonly added: string[];
  readonly replaced: string[];
  readonly removed: string[];
  unchanged: number;
}

/**
 * Makes the documents of a session what some folders hold: adds what is new, replaces what has changed, removes what is not there any
 * more; nothing of what is as it was is sent. A document is named by its path within its folder. One whose file cannot be read stays
 * as it is.
 * @returns the status: 1 when something could not be read or was refused
 * @throws GraphRequestError; UsageFault where it would remove all there is; the signal's reason
 */
export async function syncFolders(client: GraphClient, output: Output, options: SyncOptions): Promise<number> {
  const { sessionId, folders, signal, dryRun } = options;
  const startMs = performance.now();
  for (const folder of folders) await checkFolder(folder);
  const telling = new Telling(output);
  const counts = { fragments: 0, tokens: 0, sizeBytes: 0 };
  const documents = await documentsOf(client, sessionId, signal);
  if (!options.keep && !dryRun) await checkFolders(folders, documents);
  const synced: Synced = { added: [], replaced: [], removed: [], unchanged: 0 };
  const unread = new Unread();
  const onLeftOut = (leftOut: LeftOut) => {
    telling.leftOut(leftOut);
    if (leftOut.isFault || leftOut.isUnread === true) unread.add(leftOut.path);
  };
  const onSent = ({ path }: DocumentFile) => {
    (documents.has(path) ? synced.replaced : synced.added).push(path);
    telling.progress(counts.tokens, synced.replaced.length + synced.added.length);
  };
  const sending: Sending = { client, sessionId, signal, counts, onSent, onLeftOut };
  const seen = new Set<string>();
  async function* changed(): AsyncGenerator<DocumentFile, void, undefined> {
    for await (const file of filesOf(folders, onLeftOut, signal)) {
      if (seen.has(file.path)) {
        telling.leftOut({ path: file.path, why: 'another of the folders has a file of this path', isFault: true });
        continue;
      }
      seen.add(file.path);
      const document = { ...file, hash: await documentHash(file.parts) };
      if (documents.get(file.path) === document.hash) synced.unchanged += 1;
      else if (dryRun) onSent(document);
      else {
        telling.warnOfSecrets(file);
        yield document;
      }
    }
  }
  await sendDocuments(changed(), sending);
  if (!options.keep) {
    const gone = [...documents.keys()].filter((path) => !seen.has(path) && !unread.covers(path));
    if (!dryRun) await removeDocuments(gone, sending);
    synced.removed.push(...gone);
  }
  // They came in the order in which they were acknowledged.
  for (const paths of [synced.added, synced.replaced, synced.removed]) paths.sort();
  tell({ synced, counts, telling, output, options, seconds: (performance.now() - startMs) / 1_000 });
  return telling.faults > 0 ? 1 : 0;
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new UsageFault(`${folder} is no folder; append takes files`);
}

/** The text files of folders, each by its path within its folder. */
async function* filesOf(folders: readonly string[], onLeftOut: (leftOut: LeftOut) => void, signal: AbortSignal) {
  for (const folder of folders) {
    const within = (path: string) => relative(folder, path) || '.';
    const leaveOut = (leftOut: LeftOut) => {
      const path = leftOut.path.endsWith('/') ? `${within(leftOut.path)}/` : within(leftOut.path);
      onLeftOut({ ...leftOut, path });
    };
    for await (const file of readPaths([folder], leaveOut, signal)) yield { ...file, path: within(file.path) };
  }
}

/** Paths of what could not be read, or was not: whether what lies there, or below it, is still as it was nobody knows. */
class Unread {
  readonly #paths = new Set<string>();

  add(path: string): void {
    this.#paths.add(path.replace(/\/+$/, ''));
  }

  covers(path: string): boolean {
    if (this.#paths.has('.')) return true;
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (this.#paths.has(path.slice(0, at))) return true;
    }
    return false;
  }
}

/** An empty folder, or the wrong one, is not to take a whole session with it. */
async function checkFolders(folders: readonly string[], documents: ReadonlyMap<string, string>): Promise<void> {
  if (documents.size === 0) return;
  for (const folder of folders) {
    for await (const { path } of filesUnder(folder, () => {})) if (documents.has(relative(folder, path))) return;
  }
  throw new UsageFault(
    `nothing in ${folders.join(', ')} is a document of this session, which has ${documents.size}: syncing would remove them all; --keep keeps them`,
  );
}

function tell({
  synced: { added, replaced, removed, unchanged },
  counts,
  telling,
  output,
  options: { sessionId, json, dryRun },
  seconds,
}: {
  readonly synced: Synced;
  readonly counts: Sending['counts'];
  readonly telling: Telling;
  readonly output: Output;
  readonly options: SyncOptions;
  readonly seconds: number;
}): void {
  telling.end();
  const would = dryRun ? 'would be ' : '';
  for (const [what, paths] of Object.entries({ added, replaced, removed })) telling.names(`${would}${what}`, paths);
  if (json) {
    const { leftOuts: leftOut, faults } = telling;
    output.line(JSON.stringify({ sessionId, dryRun, added, replaced, removed, unchanged, ...counts, leftOut, faults }));
    return;
  }
  const done = `${formatCount(added.length)} added, ${formatCount(replaced.length)} replaced, ${formatCount(removed.length)} removed`;
  const head = output.paint('green', dryRun ? 'would sync' : 'synced');
  output.line(
    `${head} ${done}, ${formatCount(unchanged)} as they were (${dryRun ? '' : `${formatCount(counts.tokens)} tokens, `}${seconds.toFixed(1)} s)`,
  );
}
