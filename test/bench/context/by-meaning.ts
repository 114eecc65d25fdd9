import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedCorpus } from '../../../infra/corpus.ts';
import { type ContextProcess, startContextProcess } from '../../support/context-process.ts';
import { type StageProcess, startStageProcess } from '../../support/stage-process.ts';
import type { BenchRow } from '../row.ts';
import { benchEmbedder, sampledVectors } from '../store/sampled-vectors.ts';
import { QUERIES } from '../store/search-process.ts';

export { whyNoEmbedder as whyNot } from '../../support/embedder-weights.ts';

/** About 2M o200k tokens. */
const CORPUS_BYTES = 7_700_000;
const APPEND_BYTES = 512 * 1024;
const BUDGETS = [2_000, 8_000, 32_000] as const;
/** The first one is not counted: both processes have just taken in the session. */
const ROUNDS = 5;
const GOAL_MS = 50;
const ENTRIES_A_CALL = 64;

interface MissingEntry {
  readonly position: number;
  readonly fragmentId: string;
}

/** Working sets out of 2M tokens that all have vectors. */
export async function run(): Promise<readonly BenchRow[]> {
  const texts = [...installedCorpus(join(import.meta.dirname, '../../../node_modules'), CORPUS_BYTES)];
  return workingSetsByMeaning(
    texts.map(({ text }) => text),
    { tokens: '2M', goalMs: GOAL_MS },
  );
}

/** What working sets of a session of these texts take, by words and meaning; each question is one that was never asked. */
export async function workingSetsByMeaning(
  texts: readonly string[],
  { tokens, goalMs }: { readonly tokens: string; readonly goalMs: number },
): Promise<BenchRow[]> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'meaning-bench-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const store = await startStageProcess('store', folder, { SUPERCONTEXT_EMBEDDER: 'auto' });
  parts.defer(() => store.kill());
  const context = await startContextProcess(folder, store.url);
  parts.defer(() => context.kill());
  const sessionId = await context.open('all of it');
  await appendAll(context, sessionId, texts);
  const fragments = await putVectors(store, sessionId);
  const rows: BenchRow[] = [];
  for (const budgetTokens of BUDGETS) {
    const latenciesMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const query of QUERIES) {
        const question = `${query} ${budgetTokens + round}`;
        const start = performance.now();
        await context.evidence(sessionId, question, budgetTokens);
        if (round > 0) latenciesMs.push(performance.now() - start);
      }
    }
    const ours = quantile(latenciesMs, 0.95);
    const ratio = ours / goalMs;
    rows.push({
      ...{ name: `working set of ${budgetTokens} tokens out of ${tokens} with vectors, p95`, ours, peer: goalMs },
      ...{ unit: 'ms', ratio, goal: '<= 1', met: ratio <= 1 },
      note: `median ${quantile(latenciesMs, 0.5).toFixed(1)} ms; ${fragments} fragments; each question embedded for it alone; without compression; the peer is the goal itself`,
    });
  }
  return rows;
}

async function appendAll(context: ContextProcess, sessionId: string, texts: readonly string[]): Promise<void> {
  let batch = '';
  let appends = 0;
  for (const text of [...texts, null]) {
    batch += text ?? '';
    if (batch === '' || (text !== null && batch.length < APPEND_BYTES)) continue;
    await context.append(sessionId, `append ${appends++}`, batch);
    batch = '';
  }
}

/** Gives all fragments vectors, as the compression stage would: how many there are. */
async function putVectors({ client }: StageProcess, sessionId: string): Promise<number> {
  const embedder = benchEmbedder();
  try {
    const entries: MissingEntry[] = [];
    for (let after: number | null = -1; after !== null; ) {
      const { missingVectors }: { missingVectors: { entries: MissingEntry[]; next: number | null } } =
        await client.call(
          'query ($id: ID!, $e: String!, $a: Int) { missingVectors(sessionId: $id, embedder: $e, after: $a, first: 512) { entries { position fragmentId } next } }',
          { id: sessionId, e: embedder.name, a: after },
        );
      entries.push(...missingVectors.entries);
      after = missingVectors.next;
    }
    const texts: string[] = [];
    for (let at = 0; at < entries.length; at += ENTRIES_A_CALL) {
      const ids = entries.slice(at, at + ENTRIES_A_CALL).map(({ fragmentId }) => fragmentId);
      const { fragments }: { fragments: { text: string }[] } = await client.call(
        'query ($ids: [ID!]!) { fragments(ids: $ids) { text } }',
        { ids },
      );
      texts.push(...fragments.map(({ text }) => text));
    }
    const vectors = await sampledVectors(embedder, texts);
    for (let at = 0; at < entries.length; at += ENTRIES_A_CALL) {
      const some = entries.slice(at, at + ENTRIES_A_CALL).map(({ position, fragmentId }, place) => {
        const { buffer, byteOffset, byteLength } = vectors[at + place] as Float32Array;
        return { position, fragmentId, vectors: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
      });
      const { putVectors: kept }: { putVectors: number } = await client.call(
        'mutation ($input: PutVectorsInput!) { putVectors(input: $input) }',
        { input: { sessionId, embedder: embedder.name, entries: some } },
      );
      if (kept !== some.length) throw new Error(`${kept} of ${some.length} vectors were kept`);
    }
    return entries.length;
  } finally {
    await embedder.close();
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}
