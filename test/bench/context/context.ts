import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedCorpus } from '../../../infra/corpus.ts';
import { splitText } from '../../../subgraphs/context/split/split-text.ts';
import { type ContextProcess, startContextProcess } from '../../support/context-process.ts';
import { startStageProcess } from '../../support/stage-process.ts';
import type { BenchRow } from '../row.ts';

const MEGABYTE = 1_000_000;
/** About 2M o200k tokens. */
const CORPUS_BYTES = 7_700_000;
const APPEND_BYTES = 512 * 1024;
const TURNS = 2_100;
const DELTA_CHARACTERS = 4_096;
const QUESTIONS = [
  'how is a plugin encapsulated',
  'what happens when the query plan is not in the cache',
  'how does a client reconnect after the socket was closed',
  'what is the default timeout of a request',
  'how do I set a custom error handler',
];
const QUESTION_ROUNDS = 20;

/** The context stage's own work, then the stage and a real store as two processes. */
export async function run(): Promise<readonly BenchRow[]> {
  const texts = [...installedCorpus(join(import.meta.dirname, '../../../node_modules'), CORPUS_BYTES)].map(
    ({ text }) => text,
  );
  const rows = [counting(), splitting(texts)];
  const folder = mkdtempSync(join(tmpdir(), 'context-bench-'));
  const store = await startStageProcess('store', folder);
  const context = await startContextProcess(folder, store.url);
  try {
    return [...rows, ...(await appending(context, texts)), ...(await workingSets(context, texts))];
  } finally {
    await context.kill();
    await store.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function counting(): BenchRow {
  const script = join(import.meta.dirname, 'count-once.ts');
  const count = (counter: 'ours' | 'library') =>
    Number(execFileSync(process.execPath, [script, counter, String(CORPUS_BYTES)], { encoding: 'utf8' }));
  const note = 'each in a process of its own';
  const figures = { ours: count('ours'), peer: count('library'), unit: 'ms', goal: 1, note };
  return atMost('count 2M tokens, once, from a cold start', figures);
}

function estimate(text: string): number {
  return Math.ceil(text.length / 4);
}

function splitting(texts: readonly string[]): BenchRow {
  const sizeBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const split = () => {
    for (const text of texts) for (const part of splitText(text, estimate)) if (part.text === '') throw new Error();
  };
  split();
  const ours = sizeBytes / MEGABYTE / (milliseconds(split) / 1_000);
  const peer = 100;
  const ratio = ours / peer;
  const note = 'without counting tokens; the peer is the goal itself';
  return { name: 'split into fragments', ours, peer, unit: 'MB/s', ratio, goal: '>= 1', met: ratio >= 1, note };
}

/** Acknowledged appends of 4 KB, one after the other. */
async function appending(context: ContextProcess, texts: readonly string[]): Promise<BenchRow[]> {
  const sessionId = await context.open('appends');
  const latenciesMs: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const text = deltaOf(texts, turn);
    const start = performance.now();
    await context.append(sessionId, `turn ${turn}`, text);
    latenciesMs.push(performance.now() - start);
  }
  const early = latenciesMs.slice(20, 120);
  const late = latenciesMs.slice(2_000, 2_100);
  const note = 'context and store alone; the peer is the goal itself';
  return [
    atMost('append of 4 KB, p99 at turn 2 000', { ours: quantile(late, 0.99), peer: 10, unit: 'ms', goal: 1, note }),
    atMost('append of 4 KB, median at turn 2 000 beside turn 20', {
      ...{ ours: quantile(late, 0.5), peer: quantile(early, 0.5), unit: 'ms', goal: 1.3 },
    }),
  ];
}

function deltaOf(texts: readonly string[], turn: number): string {
  const text = `${turn}\n${texts[turn % texts.length]}`.repeat(1 + Math.ceil(DELTA_CHARACTERS / 1_000));
  return text.slice(0, DELTA_CHARACTERS).toWellFormed();
}

async function workingSets(context: ContextProcess, texts: readonly string[]): Promise<BenchRow[]> {
  const sessionId = await context.open('2M tokens');
  let batch = '';
  let appends = 0;
  for (const text of texts) {
    batch += text;
    if (batch.length < APPEND_BYTES) continue;
    await context.append(sessionId, `append ${appends++}`, batch);
    batch = '';
  }
  if (batch !== '') await context.append(sessionId, 'last', batch);
  const rows: BenchRow[] = [];
  for (const budgetTokens of [2_000, 8_000, 32_000]) {
    const latenciesMs: number[] = [];
    for (let round = 0; round < QUESTION_ROUNDS; round++) {
      for (const question of QUESTIONS) {
        const start = performance.now();
        await context.evidence(sessionId, question, budgetTokens);
        latenciesMs.push(performance.now() - start);
      }
    }
    const ours = quantile(latenciesMs, 0.95);
    const note = `median ${quantile(latenciesMs, 0.5).toFixed(1)} ms; without compression; the peer is the goal itself`;
    rows.push(
      atMost(`working set of ${budgetTokens} tokens out of 2M, p95`, { ours, peer: 50, unit: 'ms', goal: 1, note }),
    );
  }
  return rows;
}

function atMost(
  name: string,
  figures: Pick<BenchRow, 'ours' | 'peer' | 'unit' | 'note'> & { readonly goal: number },
): BenchRow {
  const ratio = figures.ours / figures.peer;
  return { ...figures, name, ratio, goal: `<= ${figures.goal}`, met: ratio <= figures.goal };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
