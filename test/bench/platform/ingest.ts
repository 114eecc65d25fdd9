import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { post } from '../../support/graph.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { corpus, fillSession } from './session.ts';

const GOAL_TOKENS = 2_000_000;
const GOAL_RATIO = 2;
const CHUNK_CHARACTERS = 2_000;

/** Durable and searchable ingest of 2M tokens, beside SQLite's FTS5 and a plain o200k count of the same files. */
export async function run(): Promise<readonly BenchRow[]> {
  const platform = await runningPlatform();
  try {
    const filled = await fillSession(platform.url, GOAL_TOKENS);
    const start = performance.now();
    // The index follows behind the last acknowledgement: this waits for it.
    const answer = await post(
      platform.url,
      'query ($id: ID!) { session(id: $id) { fragmentCount storage { indexedThrough } } }',
      {
        id: filled.sessionId,
      },
    );
    const { session } = answer.data as unknown as {
      session: { fragmentCount: number; storage: { indexedThrough: number } };
    };
    if (session.storage.indexedThrough !== session.fragmentCount - 1) throw new Error('not all of it can be found');
    const ours = filled.seconds + (performance.now() - start) / 1_000;
    const peerSeconds = fts5AndTokenize(filled.sizeBytes);
    const ratio = ours / peerSeconds;
    return [
      {
        name: 'ingest of 2M tokens: client to durable and searchable',
        ours,
        peer: peerSeconds,
        unit: 's',
        ratio,
        goal: `<= ${GOAL_RATIO}`,
        met: ratio <= GOAL_RATIO,
        note: `${Math.round(filled.tokens / ours).toLocaleString('en')} tokens/s through gateway, context and store; peer: FTS5 build plus o200k count in one process`,
      },
    ];
  } finally {
    await platform.stop();
  }
}

function fts5AndTokenize(sizeBytes: number): number {
  const texts: string[] = [];
  let bytes = 0;
  for (const file of corpus(sizeBytes)) {
    for (let start = 0; start < file.text.length; start += CHUNK_CHARACTERS)
      texts.push(file.text.slice(start, start + CHUNK_CHARACTERS));
    bytes += file.sizeBytes;
    if (bytes >= sizeBytes) break;
  }
  countTokens('start the tokenizer');
  const folder = mkdtempSync(join(tmpdir(), 'fts5-'));
  try {
    const start = performance.now();
    const database = new DatabaseSync(join(folder, 'fts5.db'));
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE VIRTUAL TABLE search USING fts5(text, tokenize = 'porter')",
    );
    const insert = database.prepare('INSERT INTO search (text) VALUES (?)');
    database.exec('BEGIN');
    for (const text of texts) insert.run(text);
    database.exec('COMMIT');
    database.close();
    for (const text of texts) countTokens(text);
    return (performance.now() - start) / 1_000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
