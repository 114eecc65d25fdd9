import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PRIVATE_FILE_MODE } from '@supercontext/runtime/process/private-files.ts';
import { type ReadRows, readClosed } from '@supercontext/runtime/sqlite/copy.ts';

/** The name, in a draft, of what `writeListed` writes for the store. */
export const LISTED = 'listed.jsonl';

/** The ids of the sessions of a copied log. */
export function sessionsIn(logPath: string): string[] {
  return readClosed(logPath, (rows) => [...rows('SELECT id FROM sessions ORDER BY row')].map(({ id }) => String(id)));
}

/** The sessions of which there are generations in a copy. */
export function askedIn(generationsPath: string): string[] {
  const sql = 'SELECT DISTINCT session FROM generations';
  return readClosed(generationsPath, (rows) => [...rows(sql)].map(({ session }) => String(session)));
}

/** Writes a line of JSON for each session of a copied log: `{sessionId, hashes}`, of all the fragments that it lists, each once. */
export async function writeListed(logPath: string, path: string): Promise<void> {
  const out = createWriteStream(path, { mode: PRIVATE_FILE_MODE });
  for (const sessionId of sessionsIn(logPath)) {
    const hashes = readClosed(logPath, (rows) => [...hashesOf(rows, sessionId)]);
    if (!out.write(`${JSON.stringify({ sessionId, hashes })}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

function* hashesOf(rows: ReadRows, sessionId: string): Generator<string> {
  const seen = new Set<string>();
  // An id is letters, digits and a line: what else would stand there was refused before.
  const session = `(SELECT row FROM sessions WHERE id = '${sessionId.replaceAll("'", "''")}')`;
  for (const { hash } of rows(`SELECT hash FROM entries WHERE session = ${session} ORDER BY position`)) {
    const fragment = Buffer.from(hash as Uint8Array).toString('hex');
    if (!seen.has(fragment)) yield fragment;
    seen.add(fragment);
  }
}
