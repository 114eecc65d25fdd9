import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { startContextProcess } from '../../support/context-process.ts';
import { startStageProcess } from '../../support/stage-process.ts';
import type { BenchRow } from '../row.ts';
import { fragments } from '../store/ingest.ts';

const TURNS = 320;
/** Turn 300 and those around it. */
const LATE = { from: 280, through: 320 } as const;
const SMALL_CHARACTERS = 4_096;
const GOAL_RATIO = 20;
const GOAL_DISK = 1.5;
const THREAD = { configurable: { thread_id: 'bench', checkpoint_ns: '' } };

/** The part of LangGraph's checkpointer that a turn uses; written down because the package is installed for measuring only. */
interface Saver {
  put(config: object, checkpoint: object, metadata: object): Promise<object>;
  putWrites(config: object, writes: readonly (readonly [string, unknown])[], taskId: string): Promise<void>;
}

interface Turns {
  /** Of each turn, in order. */
  readonly durationsMs: readonly number[];
  readonly sizeBytes: number;
}

/**
 * The same turns appended to a session of the context stage, and kept by LangGraph's SQLite checkpointer, which keeps the state after
 * each: turns of 4 KB, and such of which a session has about 2M tokens in the end.
 */
export async function run(): Promise<readonly BenchRow[]> {
  const all = fragments().join('\n');
  const rows: BenchRow[] = [];
  for (const characters of [SMALL_CHARACTERS, Math.floor(all.length / TURNS)]) {
    const texts = Array.from({ length: TURNS }, (_, turn) =>
      all.slice(turn * characters, (turn + 1) * characters).toWellFormed(),
    );
    rows.push(...(await beside(texts)));
  }
  return rows;
}

async function beside(texts: readonly string[]): Promise<BenchRow[]> {
  const payloadBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const [ours, peer] = [await appended(texts), await checkpointed(texts)];
  const [own, theirs] = [middle(ours.durationsMs), middle(peer.durationsMs)];
  const early = middle(peer.durationsMs, { from: 10, through: 50 });
  const [ratio, disk] = [theirs / own, ours.sizeBytes / payloadBytes];
  const turns = `${Math.round(payloadBytes / TURNS / 1_024)} KB`;
  return [
    {
      ...{
        name: `append of ${turns} at turn 300, beside LangGraph's SQLite checkpointer`,
        ours: own,
        peer: theirs,
        unit: 'ms',
      },
      ...{ ratio, goal: `>= ${GOAL_RATIO}`, met: ratio >= GOAL_RATIO },
      note: `median; ours over HTTP, split, counted, and found by the next search, as two processes; the peer in this process over node:sqlite, one checkpoint and one write a turn, ${early.toFixed(1)} ms at turn 30`,
    },
    {
      ...{
        name: `disk after ${TURNS} turns of ${turns}, beside what was appended`,
        ours: ours.sizeBytes / 1e6,
        peer: payloadBytes / 1e6,
      },
      ...{ unit: 'MB', ratio: disk, goal: `<= ${GOAL_DISK}`, met: disk <= GOAL_DISK },
      note: `stopped; without the reserve for a full disk; the checkpointer has ${(peer.sizeBytes / 1e6).toFixed(0)} MB, ${(peer.sizeBytes / ours.sizeBytes).toFixed(0)} times as much`,
    },
  ];
}

async function appended(texts: readonly string[]): Promise<Turns> {
  const folder = mkdtempSync(join(tmpdir(), 'append-bench-'));
  try {
    return { durationsMs: await appendedInto(folder, texts), sizeBytes: bytesIn(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function appendedInto(folder: string, texts: readonly string[]): Promise<number[]> {
  const store = await startStageProcess('store', folder);
  const context = await startContextProcess(folder, store.url);
  const durationsMs: number[] = [];
  try {
    const sessionId = await context.open('turns');
    for (const [turn, text] of texts.entries()) {
      const start = performance.now();
      await context.append(sessionId, `turn ${turn}`, text);
      durationsMs.push(performance.now() - start);
    }
    return durationsMs;
  } finally {
    await context.stop();
    await store.stop();
  }
}

async function checkpointed(texts: readonly string[]): Promise<Turns> {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-bench-'));
  const database = new DatabaseSync(join(folder, 'checkpoints.sqlite'));
  // As durable as ours.
  database.exec('PRAGMA synchronous = FULL');
  const { SqliteSaver } = createRequire(join(import.meta.dirname, '../package.json'))(
    '@langchain/langgraph-checkpoint-sqlite',
  ) as { readonly SqliteSaver: new (database: object) => Saver };
  const saver = new SqliteSaver(asBetterSqlite(database));
  const durationsMs: number[] = [];
  const messages: object[] = [];
  let config: object = THREAD;
  try {
    for (const [turn, content] of texts.entries()) {
      const message = { type: 'human', content, id: `message-${turn}` };
      messages.push(message);
      const checkpoint = {
        ...{ v: 4, id: String(turn).padStart(36, '0'), ts: new Date().toISOString(), versions_seen: {} },
        ...{ channel_values: { messages: [...messages] }, channel_versions: { messages: turn + 1 } },
      };
      const start = performance.now();
      config = await saver.put(config, checkpoint, { source: 'loop', step: turn, parents: {} });
      await saver.putWrites(config, [['messages', message]], 'task');
      durationsMs.push(performance.now() - start);
    }
    database.close();
    return { durationsMs, sizeBytes: bytesIn(folder) };
  } finally {
    if (database.isOpen) database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the checkpointer calls of better-sqlite3, whose binary cannot be had everywhere, over the SQLite of Node. */
function asBetterSqlite(database: DatabaseSync): object {
  return {
    pragma: (text: string) => database.exec(`PRAGMA ${text}`),
    exec: (text: string) => database.exec(text),
    prepare: (text: string) => database.prepare(text),
    transaction:
      (work: (rows: readonly SQLInputValue[][]) => void) =>
      (rows: readonly SQLInputValue[][]): void => {
        database.exec('BEGIN');
        work(rows);
        database.exec('COMMIT');
      },
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-reserve'))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function middle(
  durationsMs: readonly number[],
  { from, through } = LATE as { readonly from: number; readonly through: number },
): number {
  const sorted = durationsMs.slice(from, through).toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
