import { setTimeout } from 'node:timers/promises';
import { append, openSession, post } from '../../support/graph.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { QUERIES } from '../store/search-process.ts';
import { corpus, fillSession } from './session.ts';

export { whyNoEmbedder as whyNot } from '../../support/embedder-weights.ts';

const TOKENS = 400_000;
const WHOLE_TOKENS = 2_000_000;
const SMALL_BYTES = 60_000;
const GOAL_SECONDS = 180;
const GOAL_RATIO = 1.2;
const BUDGET_TOKENS = 2_000;
/** How many turns, and what is between two: as of somebody who reads, and as of a program that does not. */
const SERIES = [
  { turns: 60, pauseMs: 400 },
  { turns: 400, pauseMs: 0 },
] as const;
/** Behind a turn, so long nothing is taken for one any more. */
const QUIET_MS = 6_000;

/** The pace at which vectors are made while nobody asks, what turns cost meanwhile, and the pace that is left beside them. */
export async function run(): Promise<readonly BenchRow[]> {
  const platform = await runningPlatform({ SUPERCONTEXT_EMBEDDER: 'auto' });
  try {
    const asked = await smallSession(platform.url);
    const turns = new Turns(platform.url, asked);
    await turns.take(10, 0);
    const quietMs: number[][] = [];
    for (const { turns: count, pauseMs } of SERIES) quietMs.push(await turns.take(count, pauseMs));
    const large = await fillSession(platform.url, TOKENS);
    const rows: BenchRow[] = [];
    for (const [at, { turns: count, pauseMs }] of SERIES.entries()) {
      const start = performance.now();
      const before = await vectorsOf(platform.url, large.sessionId);
      const busyMs = await turns.take(count, pauseMs);
      const after = await vectorsOf(platform.url, large.sessionId);
      if (after.through >= after.fragments - 1) throw new Error('all vectors were made: nothing was measured');
      const share = (after.through - before.through) / after.fragments;
      const pace = (share * large.tokens) / ((performance.now() - start) / 1_000);
      rows.push(besideTurns({ quietMs: quietMs[at] ?? [], busyMs, pauseMs, pace }));
    }
    return [await inTheBackground(platform.url, large), ...rows];
  } finally {
    await platform.stop();
  }
}

function besideTurns({
  quietMs,
  busyMs,
  pauseMs,
  pace,
}: {
  readonly quietMs: readonly number[];
  readonly busyMs: readonly number[];
  readonly pauseMs: number;
  readonly pace: number;
}): BenchRow {
  const [ours, peer] = [quantile(busyMs, 0.5), quantile(quietMs, 0.5)];
  const ratio = ours / peer;
  const how = pauseMs === 0 ? 'one after the other' : `every ${pauseMs} ms`;
  return {
    ...{
      name: `working set of 2 000 tokens while vectors are made, ${how}, median beside a quiet machine`,
      ours,
      peer,
    },
    ...{ unit: 'ms', ratio, goal: `<= ${GOAL_RATIO}`, met: ratio <= GOAL_RATIO },
    note: `p95 ${quantile(busyMs, 0.95).toFixed(1)} beside ${quantile(quietMs, 0.95).toFixed(1)} ms; meanwhile ${Math.round(pace)} tokens a second are embedded`,
  };
}

async function inTheBackground(
  url: string,
  { sessionId, tokens }: { readonly sessionId: string; readonly tokens: number },
): Promise<BenchRow> {
  await setTimeout(QUIET_MS);
  const start = performance.now();
  const before = await vectorsOf(url, sessionId);
  let now = before;
  while (now.through < now.fragments - 1) {
    await setTimeout(500);
    now = await vectorsOf(url, sessionId);
  }
  const seconds = (performance.now() - start) / 1_000;
  const pace = (tokens * (now.through - before.through)) / now.fragments / seconds;
  const ours = WHOLE_TOKENS / pace;
  const ratio = ours / GOAL_SECONDS;
  return {
    ...{ name: 'vectors of 2M tokens while nobody asks, at the pace of the last of 400K', ours, peer: GOAL_SECONDS },
    ...{ unit: 's', ratio, goal: '<= 1', met: ratio <= 1 },
    note: `${Math.round(pace)} tokens a second, over ${seconds.toFixed(0)} s; read from the store, durable; the peer is the goal itself`,
  };
}

/** Questions of one session that all has vectors. */
class Turns {
  readonly #url: string;
  readonly #sessionId: string;
  #asked = 0;

  constructor(url: string, sessionId: string) {
    this.#url = url;
    this.#sessionId = sessionId;
  }

  /** How long each took. */
  async take(count: number, pauseMs: number): Promise<number[]> {
    const latenciesMs: number[] = [];
    for (let turn = 0; turn < count; turn++) {
      const query = `${QUERIES[this.#asked % QUERIES.length]} ${this.#asked++}`;
      const start = performance.now();
      const answer = await post(
        this.#url,
        'query ($id: ID!, $query: String!, $budget: Int!) { session(id: $id) { workingSet(query: $query, budgetTokens: $budget) { tokens } } }',
        { id: this.#sessionId, query, budget: BUDGET_TOKENS },
      );
      if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
      latenciesMs.push(performance.now() - start);
      if (pauseMs > 0) await setTimeout(pauseMs);
    }
    return latenciesMs;
  }
}

async function smallSession(url: string): Promise<string> {
  const sessionId = await openSession(url);
  const items = [...corpus(SMALL_BYTES)].map(({ path, text }) => ({ file: { path, text } }));
  await append(url, { sessionId, idempotencyKey: 'small', items });
  for (let now = await vectorsOf(url, sessionId); now.through < now.fragments - 1; ) {
    await setTimeout(200);
    now = await vectorsOf(url, sessionId);
  }
  return sessionId;
}

interface Made {
  readonly fragments: number;
  /** All through this position have vectors. */
  readonly through: number;
}

async function vectorsOf(url: string, sessionId: string): Promise<Made> {
  const answer = await post(
    url,
    'query ($id: ID!) { session(id: $id) { fragmentCount storage { vectorsIndexedThrough } } }',
    { id: sessionId },
  );
  const { session } = answer.data as unknown as {
    session: { fragmentCount: number; storage: { vectorsIndexedThrough: number } };
  };
  return { fragments: session.fragmentCount, through: session.storage.vectorsIndexedThrough };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}
