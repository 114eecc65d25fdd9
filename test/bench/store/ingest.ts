import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { installedCorpus } from '../../../infra/corpus.ts';
import { type StoreProcess, startStoreProcess } from '../../support/store-process.ts';
import type { BenchRow } from '../row.ts';

/** About 2M o200k tokens, and about what the splitter makes of a fragment. */
const CORPUS_BYTES = 9_000_000;
const FRAGMENT_CHARACTERS = 1_500;
const BATCH = 512;
export const SESSION = `ses_${'0'.repeat(24)}`;

const QUERIES = [
  'how is a plugin encapsulated',
  'what happens when the query plan is not in the cache',
  'how does a client reconnect after the socket was closed',
  'default timeout of a request in milliseconds',
  'parse a GraphQL document into an AST',
];
const ROUNDS = 40;

/** The store alone, as a process over HTTP, beside FTS5 in this process: both durable, in batches of 512. */
export async function run(): Promise<readonly BenchRow[]> {
  const texts = fragments();
  const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
  const store = await startStoreProcess(join(folder, 'ours'));
  const peer = new DatabaseSync(join(folder, 'fts5.sqlite'));
  try {
    const ours = await seconds(async () => {
      await ingest(store, texts);
      // Its index follows behind the last answer: this waits for it.
      await store.search(SESSION, 'searchable');
    });
    const theirs = await seconds(async () => buildFts5(peer, texts));
    const search = await searchTimes(store, peer);
    countTokens('start the tokenizer');
    const fts5AndTokens =
      theirs + (await seconds(async () => void texts.reduce((sum, text) => sum + countTokens(text), 0)));
    return [
      row({
        name: 'store: put and replicate 2M tokens, durable and searchable',
        ours,
        peer: fts5AndTokens,
        unit: 's',
        goal: 0.6,
        note: `the store's share of the platform's 2x: over HTTP, hashed; peer: durable FTS5 build plus o200k count in one process; ${(ours / theirs).toFixed(1)}x the FTS5 build alone`,
      }),
      row({
        name: 'store: search p95 at 2M tokens',
        ...search,
        unit: 'ms',
        goal: 1,
        note: 'over HTTP; peer: FTS5 in process, any of the words, bm25',
      }),
    ];
  } finally {
    peer.close();
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function row(figures: Omit<BenchRow, 'ratio' | 'met' | 'goal'> & { readonly goal: number }): BenchRow {
  const ratio = figures.ours / figures.peer;
  return { ...figures, ratio, goal: `<= ${figures.goal}`, met: ratio <= figures.goal };
}

/** About 2M tokens of text that is on every machine, in pieces as large as fragments are. */
export function fragments(): string[] {
  const texts: string[] = [];
  for (const { text } of installedCorpus(join(import.meta.dirname, '../../../node_modules'), CORPUS_BYTES)) {
    const whole = text.toWellFormed().replaceAll('\0', ' ');
    for (let at = 0; at < whole.length; at += FRAGMENT_CHARACTERS) {
      texts.push(whole.slice(at, at + FRAGMENT_CHARACTERS).toWellFormed());
    }
  }
  return texts;
}

export async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

export async function ingest(store: StoreProcess, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += BATCH) {
    const ids = await store.put(SESSION, texts.slice(from, from + BATCH));
    const knownThrough = await store.replicate(SESSION, from, ids);
    if (knownThrough !== from + ids.length - 1) throw new Error(`only known through ${knownThrough}`);
  }
}

function buildFts5(database: DatabaseSync, texts: readonly string[]): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec("CREATE VIRTUAL TABLE fragments USING fts5 (text, tokenize = 'porter')");
  const insert = database.prepare('INSERT INTO fragments (text) VALUES (?)');
  for (let from = 0; from < texts.length; from += BATCH) {
    database.exec('BEGIN');
    for (const text of texts.slice(from, from + BATCH)) insert.run(text);
    database.exec('COMMIT');
  }
}

async function searchTimes(store: StoreProcess, database: DatabaseSync): Promise<{ ours: number; peer: number }> {
  const select = database.prepare('SELECT rowid FROM fragments WHERE fragments MATCH ? ORDER BY rank LIMIT 5');
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const query of QUERIES) {
      ours.push(1_000 * (await seconds(async () => void (await store.search(SESSION, query)))));
      peer.push(1_000 * (await seconds(async () => void select.all(query.split(' ').join(' OR ')))));
    }
  }
  return { ours: percentile95(ours), peer: percentile95(peer) };
}

function percentile95(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}
