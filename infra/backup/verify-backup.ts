import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf } from '@supercontext/runtime/sqlite/checked-table.ts';
import { type ReadRows, readClosed } from '@supercontext/runtime/sqlite/copy.ts';
import type { Value } from '@supercontext/runtime/sqlite/row-checksum.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import { BackupFault, differences, readManifest } from './manifest.ts';

/** Beyond this a list of faults helps nobody. */
const MAXIMUM_FAULTS = 20;
const HASH_BYTES = 16;

/** What a backup that fits together holds. */
export interface Verified {
  readonly createdAt: string;
  readonly sessions: number;
  readonly entries: number;
  readonly fragments: number;
  readonly generations: number;
}

/** Where each state lies, in a backup as in a data folder. */
export const STATES = {
  generations: 'reasoning/generations.sqlite',
  log: 'context/log.sqlite',
  summaries: 'compression/summaries.sqlite',
  fragments: 'store/fragments.sqlite',
  tenantKey: 'store/tenant.key',
} as const;

/** Tables whose rows carry the checksum of all their other columns, in the newest schema. */
const CHECKED: readonly (readonly [state: keyof typeof STATES, tables: readonly string[]])[] = [
  ['log', ['sessions', 'entries', 'facts', 'receipts', 'turns']],
  ['generations', ['generations', 'events']],
];

/**
 * Looks through a whole backup: the files by their hashes, the databases by their structure, the rows of log and generations by
 * their checksums, the fragments by the keyed hash they are named with, and that each stage's state fits the others': every
 * fragment that the log lists is there, and every turn that a generation answers.
 * @param tenantKey The operator's, where the store does not keep one in its folder.
 * @throws BackupFault with what is wrong
 */
export async function verifyBackup(folder: string, tenantKey: string | null): Promise<Verified> {
  const manifest = readManifest(folder);
  const missing = (['generations', 'log', 'fragments'] as const).filter(
    (state) => !manifest.files.some(({ path }) => path === STATES[state]),
  );
  const listed = new Set(manifest.files.map(({ path }) => path));
  // What is there and not listed would be left out by a restore: the key of the fragments, say, without which none can be read.
  const unlisted = Object.values(STATES).filter((path) => !listed.has(path) && existsSync(join(folder, path)));
  const faults = [
    ...unlisted.map((path) => `${path}: it is there, but the manifest does not name it`),
    ...missing.map((state) => `${STATES[state]}: the backup has none`),
    ...(await differences(folder, manifest)),
  ];
  if (faults.length > 0) throw new BackupFault(faults);
  const read = <Result>(state: keyof typeof STATES, work: (rows: ReadRows) => Result): Result =>
    readClosed(join(folder, STATES[state]), work);
  for (const state of ['generations', 'log', 'summaries', 'fragments'] as const) {
    if (existsSync(join(folder, STATES[state]))) faults.push(...read(state, (rows) => structureFaults(state, rows)));
  }
  if (faults.length > 0) throw new BackupFault(faults.slice(0, MAXIMUM_FAULTS));
  for (const [state, tables] of CHECKED)
    faults.push(
      ...read(state, (rows) => withChecksums(rows, tables).flatMap((table) => rowFaults(state, table, rows))),
    );
  const key = keyOf(folder, tenantKey);
  read('fragments', (rows) => refuseOtherKey(rows, key, folder));
  const fragments = read('fragments', (rows) => readFragments(rows, key, faults));
  const log = read('log', (rows) => readLog(rows, fragments, faults));
  const generations = read('generations', (rows) => countGenerations(rows, log.turns, faults));
  if (faults.length > 0) throw new BackupFault(faults.slice(0, MAXIMUM_FAULTS));
  const { createdAt } = manifest;
  return { createdAt, sessions: log.sessions, entries: log.entries, fragments: fragments.size, generations };
}

function keyOf(folder: string, tenantKey: string | null): Buffer {
  if (tenantKey !== null) return tenantKeyBytes(tenantKey);
  const path = join(folder, STATES.tenantKey);
  if (existsSync(path)) return Buffer.from(readFileSync(path, 'utf8'), 'hex');
  throw new BackupFault([`${STATES.tenantKey}: the backup has none; name the key in SUPERCONTEXT_TENANT_KEY`]);
}

/** With another key no fragment would be what it is named for: better said in one line, with what to do. */
function refuseOtherKey(rows: ReadRows, key: Buffer, folder: string): void {
  const [found] = rows("SELECT value FROM meta WHERE name = 'tenant-key-check'");
  const own = createHmac('sha256', key).update('tenant key check').digest();
  if (found === undefined || own.equals(found.value as Uint8Array)) return;
  const kept = join(folder, STATES.tenantKey);
  const which = existsSync(kept)
    ? `hex:$(cat ${kept}), the key that was copied with them`
    : 'the one of the platform that was copied';
  throw new BackupFault([
    `SUPERCONTEXT_TENANT_KEY: the fragments of this backup are named with another key: set it to ${which}`,
  ]);
}

function structureFaults(state: keyof typeof STATES, rows: ReadRows): string[] {
  return [...rows('PRAGMA integrity_check')]
    .map(({ integrity_check }) => String(integrity_check))
    .filter((found) => found !== 'ok')
    .map((found) => `${STATES[state]}: ${found}`);
}

/** Of these tables, those that a file has with checksums: one of an older schema may have fewer. Its hash has said that it is whole. */
function withChecksums(rows: ReadRows, tables: readonly string[]): readonly string[] {
  return tables.filter((table) => {
    const [found] = rows(`SELECT count(*) AS columns FROM pragma_table_info('${table}') WHERE name = 'checksum'`);
    return found?.columns === 1;
  });
}

function rowFaults(state: keyof typeof STATES, table: string, rows: ReadRows): string[] {
  const faults: string[] = [];
  for (const row of rows(`SELECT * FROM ${table}`)) {
    const place = Object.keys(row).indexOf('checksum');
    const values = Object.values(row) as Value[];
    if (values[place] === checksumOf(table, values.slice(0, place), values.slice(place + 1))) continue;
    faults.push(`${STATES[state]}: a row of ${table} does not hold what was written there`);
  }
  return faults;
}

/** The hashes of the fragments that are what they are named for. */
function readFragments(rows: ReadRows, tenantKey: Buffer, faults: string[]): Set<string> {
  const whole = new Set<string>();
  // A body without bytes is the place of a fragment that the store was told of and never had: where it is listed, it lacks.
  for (const { id, body } of rows('SELECT id, body FROM fragments WHERE length(body) > 0')) {
    const hash = Buffer.from(id as Uint8Array);
    const own = createHmac('sha256', tenantKey)
      .update(body as Uint8Array)
      .digest()
      .subarray(0, HASH_BYTES);
    if (own.equals(hash)) whole.add(hash.toString('hex'));
    else faults.push(`${STATES.fragments}: fragment ${hash.toString('hex')} is not what it is named for`);
  }
  return whole;
}

function readLog(
  rows: ReadRows,
  fragments: ReadonlySet<string>,
  faults: string[],
): { readonly sessions: number; readonly entries: number; readonly turns: ReadonlySet<string> } {
  const ids = new Map([...rows('SELECT row, id FROM sessions')].map(({ row, id }) => [row, String(id)]));
  let entries = 0;
  for (const { session, position, hash } of rows('SELECT session, position, hash FROM entries')) {
    entries++;
    const fragment = Buffer.from(hash as Uint8Array).toString('hex');
    if (!fragments.has(fragment))
      faults.push(
        `${STATES.log}: ${ids.get(session)} lists fragment ${fragment} at ${position}, which the store lacks: append what it was a part ` +
          'of again with its key, or erase the session',
      );
  }
  const turns = [...rows('SELECT session, number FROM turns')].map(
    ({ session, number }) => `${ids.get(session)}.t${number}`,
  );
  return { sessions: ids.size, entries, turns: new Set(turns) };
}

function countGenerations(rows: ReadRows, turns: ReadonlySet<string>, faults: string[]): number {
  let generations = 0;
  for (const { id, turn } of rows('SELECT id, turn FROM generations')) {
    generations++;
    if (!turns.has(String(turn))) faults.push(`${STATES.generations}: ${id} answers ${turn}, which the log lacks`);
  }
  return generations;
}
