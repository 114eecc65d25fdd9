import { Deadlines } from '@supercontext/runtime/call/deadlines.ts';
import { exchange } from '@supercontext/runtime/call/exchange.ts';
import { Agent } from 'undici';
import { APPEND, openSession } from '../../support/graph.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { corpus } from './session.ts';

const TURNS = 2_250;
const DELTA_CHARACTERS = 4_096;
const EARLY = { from: 20, through: 120 };
/** Turn 2 000 and those around it: a p99 of fewer would be their slowest. */
const LATE = { from: 1_750, through: 2_250 };
const DEADLINE_MS = 10_000;
const GOAL_P99_MS = 10;
const GOAL_RATIO = 1.3;

/** Acknowledged appends of 4 KB through gateway, context and store. Compression leaves such a burst alone, so it is not at work beside it. */
export async function run(): Promise<readonly BenchRow[]> {
  // Made beforehand: what the client throws away while it measures would be measured too.
  const texts = [...deltas()];
  const platform = await runningPlatform();
  const append = appendingClient(platform.url);
  try {
    const sessionId = await openSession(platform.url);
    const latenciesMs: number[] = [];
    for (const text of texts) {
      const input = { sessionId, idempotencyKey: `turn-${latenciesMs.length}`, items: [{ text: { text } }] };
      const start = performance.now();
      const answer = await append(input);
      latenciesMs.push(performance.now() - start);
      if (!answer.includes('"receipt":{')) throw new Error(answer);
    }
    const early = latenciesMs.slice(EARLY.from, EARLY.through).sort((a, b) => a - b);
    const late = latenciesMs.slice(LATE.from, LATE.through).sort((a, b) => a - b);
    const p99 = quantile(late, 0.99);
    const ratio = quantile(late, 0.5) / quantile(early, 0.5);
    return [
      {
        name: 'acknowledged append of 4 KB, p99 at turn 2 000',
        ours: p99,
        peer: GOAL_P99_MS,
        unit: 'ms',
        ratio: p99 / GOAL_P99_MS,
        goal: `< ${GOAL_P99_MS} ms`,
        met: p99 < GOAL_P99_MS,
        note: `the peer is the goal itself; over bare HTTP, since collecting the garbage of fetch would be measured too; compression rests during the burst; median ${quantile(late, 0.5).toFixed(1)}, p95 ${quantile(late, 0.95).toFixed(1)}, slowest ${quantile(late, 1).toFixed(1)} ms`,
      },
      {
        name: 'acknowledged append of 4 KB, median at turn 2 000 beside turn 20',
        ours: quantile(late, 0.5),
        peer: quantile(early, 0.5),
        unit: 'ms',
        ratio,
        goal: `<= ${GOAL_RATIO}`,
        met: ratio <= GOAL_RATIO,
      },
    ];
  } finally {
    await platform.stop();
  }
}

/** A client that leaves as little garbage as can be: collecting that of fetch takes 10 ms and more, once in a hundred appends. */
function appendingClient(url: string): (input: Record<string, unknown>) => Promise<string> {
  const dispatcher = new Agent();
  const deadlines = new Deadlines();
  return async (input) => {
    const { text } = await exchange({
      dispatcher,
      deadlines,
      origin: url,
      path: '/graphql',
      headers: ['content-type', 'application/json'],
      body: JSON.stringify({ query: APPEND, variables: { input } }),
      deadlineAtMs: performance.now() + DEADLINE_MS,
      answerBudget: { bytesLeft: Number.POSITIVE_INFINITY },
    });
    return text;
  };
}

function* deltas(): Generator<string> {
  let rest = '';
  let count = 0;
  for (const file of corpus(DELTA_CHARACTERS * TURNS * 2)) {
    rest += file.text;
    while (rest.length >= DELTA_CHARACTERS) {
      yield rest.slice(0, DELTA_CHARACTERS).toWellFormed();
      if (++count === TURNS) return;
      rest = rest.slice(DELTA_CHARACTERS);
    }
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
