import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf } from '@supercontext/runtime/sqlite/checked-table.ts';
import { type ReadRows, readClosed } from '@supercontext/runtime/sqlite/copy.ts';
import type { Value } from '@supercontext/runtime/sqlite/row-checksum.ts';
import { STATES } from './states.ts';

const HASH_BYTES = 16;

/** Something in a backup that is not as it was written, or does not fit the rest. */
export interface Damage {
  /** The id that its row names; null where it is no session's. */
  readonly session: string | null;
  /** What is wrong, in few words. */
  readonly what: string;
  /** The same for who does not know the session, with its place and what to do. */
  readonly line: string;
}

/** What was counted, and what is wrong. */
export interface Found {
  readonly damages: readonly Damage[];
  readonly sessions: number;
  readonly entries: number;
  readonly fragments: number;
  readonly generations: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Tables whose rows carry the checksum of all their other columns, in the newest schema. */
const CHECKED: readonly (readonly [state: 'log' | 'generations', tables: readonly string[]])[] = [
  ['log', ['sessions', 'entries', 'facts', 'receipts', 'turns']],
  ['generations', ['generations', 'events']],
];

/** What is wrong with the structure of the databases: no session can be read for sure where one is damaged. */
export function structureFaults(folder: string): string[] {
  return (['generations', 'log', 'summaries', 'fragments'] as const)
    .filter((state) => existsSync(join(folder, STATES[state])))
    .flatMap((state) =>
      readState(folder, state, (rows) => [...rows('PRAGMA integrity_check')])
        .map(({ integrity_check }) => String(integrity_check))
        .filter((found) => found !== 'ok')
        .map((found) => `${STATES[state]}: ${found}`),
    );
}

/**
 * Looks through databases whose structure is whole: the rows of log and generations by their checksums, the fragments by the keyed
 * hash they are named with, and that each stage's state fits the others': every fragment that the log lists is there, and every turn
 * that a generation answers.
 * @param damagedHashes of fragments that are missing since they are damaged where the backup was copied from
 */
export function findDamage(folder: string, tenantKey: Buffer, damagedHashes: ReadonlySet<string> = new Set()): Found {
  const damages: Damage[] = [];
  for (const [state, tables] of CHECKED)
    damages.push(...readState(folder, state, (rows) => rowDamages(state, tables, rows)));
  const fragments = readState(folder, 'fragments', (rows) => readFragments(rows, tenantKey, damages));
  const damaged = new Set([...fragments.damaged, ...damagedHashes]);
  const log = readState(folder, 'log', (rows) => readLog(rows, { ...fragments, damaged }, damages));
  const generations = readState(folder, 'generations', (rows) => countGenerations(rows, log.turns, damages));
  return { damages, sessions: log.sessions, entries: log.entries, fragments: fragments.whole.size, generations };
}

function readState<Result>(folder: string, state: keyof typeof STATES, work: (rows: ReadRows) => Result): Result {
  return readClosed(join(folder, STATES[state]), work);
}

function rowDamages(state: 'log' | 'generations', tables: readonly string[], rows: ReadRows): Damage[] {
  const owners = ownersOf(state, rows);
  return withChecksums(rows, tables).flatMap((table) => {
    const line = `${STATES[state]}: a row of ${table} does not hold what was written there`;
    const what = `a row of ${table} is damaged`;
    return damagedRows(table, rows).map((row) => ({ session: owners(table, row), what, line }));
  });
}

/** Which session a row is of, as far as it says. */
function ownersOf(state: 'log' | 'generations', rows: ReadRows): (table: string, row: Row) => string | null {
  const [sql, number] =
    state === 'log'
      ? (['SELECT row, id AS session FROM sessions', 'session'] as const)
      : (['SELECT row, session FROM generations', 'generation'] as const);
  const byNumber = new Map([...rows(sql)].map(({ row, session }) => [row, String(session)]));
  return (table, row) => {
    if (table === 'sessions') return String(row.id);
    if (table === 'generations') return String(row.session);
    return byNumber.get(row[number]) ?? null;
  };
}

/** Of these tables, those that a file has with checksums: one of an older schema may have fewer. Its hash has said that it is whole. */
function withChecksums(rows: ReadRows, tables: readonly string[]): readonly string[] {
  return tables.filter((table) => {
    const [found] = rows(`SELECT count(*) AS columns FROM pragma_table_info('${table}') WHERE name = 'checksum'`);
    return found?.columns === 1;
  });
}

function damagedRows(table: string, rows: ReadRows): Row[] {
  const damaged: Row[] = [];
  for (const row of rows(`SELECT * FROM ${table}`)) {
    const place = Object.keys(row).indexOf('checksum');
    const values = Object.values(row) as Value[];
    if (values[place] !== checksumOf(table, values.slice(0, place), values.slice(place + 1))) damaged.push(row);
  }
  return damaged;
}

interface ReadHashes {
  readonly whole: ReadonlySet<string>;
  /** Of fragments that are not what they are named for. */
  readonly damaged: ReadonlySet<string>;
}

function readFragments(rows: ReadRows, tenantKey: Buffer, damages: Damage[]): ReadHashes {
  const [whole, damaged] = [new Set<string>(), new Set<string>()];
  // A body without bytes is the place of a fragment that the store was told of and never had: where it is listed, it lacks.
  for (const { id, body } of rows('SELECT id, body FROM fragments WHERE length(body) > 0')) {
    const hash = Buffer.from(id as Uint8Array);
    const own = createHmac('sha256', tenantKey)
      .update(body as Uint8Array)
      .digest()
      .subarray(0, HASH_BYTES);
    (own.equals(hash) ? whole : damaged).add(hash.toString('hex'));
  }
  for (const hash of damaged) {
    const what = `fragment ${hash} is not what it is named for`;
    damages.push({ session: null, what, line: `${STATES.fragments}: ${what}` });
  }
  return { whole, damaged };
}

function readLog(
  rows: ReadRows,
  { whole, damaged }: ReadHashes,
  damages: Damage[],
): { readonly sessions: number; readonly entries: number; readonly turns: ReadonlySet<string> } {
  const ids = new Map([...rows('SELECT row, id FROM sessions')].map(({ row, id }) => [row, String(id)]));
  let entries = 0;
  for (const { session: row, position, hash } of rows('SELECT session, position, hash FROM entries')) {
    entries++;
    const fragment = Buffer.from(hash as Uint8Array).toString('hex');
    if (whole.has(fragment)) continue;
    const session = ids.get(row) ?? null;
    const state = damaged.has(fragment) ? 'is damaged' : 'is missing';
    const line =
      `${STATES.log}: ${session} lists fragment ${fragment} at ${position}, which the store lacks: append what it was a part ` +
      'of again with its key, or erase the session';
    damages.push({ session, what: `fragment ${fragment} at ${position} ${state}`, line });
  }
  const turns = [...rows('SELECT session, number FROM turns')].map(
    ({ session, number }) => `${ids.get(session)}.t${number}`,
  );
  return { sessions: ids.size, entries, turns: new Set(turns) };
}

function countGenerations(rows: ReadRows, turns: ReadonlySet<string>, damages: Damage[]): number {
  let generations = 0;
  for (const { id, session, turn } of rows('SELECT id, session, turn FROM generations')) {
    generations++;
    if (turns.has(String(turn))) continue;
    const what = `${id} answers ${turn}, which the log lacks`;
    damages.push({ session: String(session), what, line: `${STATES.generations}: ${what}` });
  }
  return generations;
}
