import { DatabaseSync } from 'node:sqlite';
import type { Ranking } from '../peer.ts';
import { queryWords } from '../query-words.ts';

const MAXIMUM_HITS = 400;

/** SQLite's FTS5 with Porter stemming: any of the words, by its own bm25. */
export function rank(texts: readonly string[]): Ranking {
  const database = new DatabaseSync(':memory:');
  database.exec("CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61')");
  const insert = database.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)');
  database.exec('BEGIN');
  texts.forEach((text, at) => void insert.run(at + 1, text));
  database.exec('COMMIT');
  const select = database.prepare(
    `SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT ${MAXIMUM_HITS}`,
  );
  return (question) => {
    const words = queryWords(question);
    if (words.length === 0) return [];
    return select.all(words.map((word) => `"${word}"`).join(' OR ')).map(({ rowid }) => Number(rowid) - 1);
  };
}
