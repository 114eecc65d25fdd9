import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type GraphClient } from '@supercontext/client';
import { post } from '../../support/graph.ts';
import { whyNoWeights } from '../../support/model-weights.ts';
import { runningCluster, whyNoRedis } from '../../support/redis-cluster.ts';
import { type RunningPlatform, runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { compressed, fillSession } from './session.ts';
import { median, QUESTIONS, SAME_TURN, turn } from './turn-cost.ts';

const TOKENS = 2_000_000;
const BUDGET_TOKENS = 32_000;
const ROUNDS = 5;
const MODEL = 'smollm2-135m-instruct';
/** With the model: reading a prompt takes it seconds. */
const MODEL_TURNS = 8;
/** What a session does in the background when it has just been filled. */
const REST_MS = 2_000;
const WORKING_SET_GOAL = 2;
const FIRST_TOKEN_GOAL = 1.2;
const WORKING_SET = `query ($id: ID!, $query: String!, $budgetTokens: Int!) { session(id: $id) {
  workingSet(query: $query, budgetTokens: $budgetTokens) { tokens segments { text } degraded { code } } } }`;

interface WorkingSetAnswer {
  readonly session: {
    readonly workingSet: {
      readonly tokens: number;
      readonly segments: readonly unknown[];
      readonly degraded: readonly unknown[];
    };
  };
}

/** A platform with a session of 2M tokens, compressed. */
interface Filled {
  readonly url: string;
  readonly client: GraphClient;
  readonly sessionId: string;
}

/** Why it cannot be measured here; null when it can. */
export function whyNot(): string | null {
  return whyNoRedis() ?? whyNoWeights();
}

/** The same session on files and on a cluster of three masters and six replicas, asked in turns, all of it on this machine. */
export async function run(): Promise<readonly BenchRow[]> {
  await using parts = new AsyncDisposableStack();
  const cluster = await runningCluster();
  parts.defer(() => cluster.stop());
  const model = { SUPERCONTEXT_MODEL: MODEL };
  const started = async (environment: Readonly<Record<string, string>>) => {
    const platform = await runningPlatform({ ...model, ...environment });
    parts.defer(() => platform.stop());
    return platform;
  };
  const tenant = { SUPERCONTEXT_TENANT_KEY: 'the tenant of the benchmarks alone' };
  const embedded = await started(tenant);
  const onRedis = await started({ ...tenant, ...cluster.environment });
  const filled = async (platform: RunningPlatform): Promise<Filled> => {
    const client = createClient({ url: platform.url });
    parts.defer(() => client.close());
    const { sessionId } = await fillSession(platform.url, TOKENS);
    await compressed(platform.url, sessionId);
    return { url: platform.url, client, sessionId };
  };
  const [ours, peer] = [await filled(onRedis), await filled(embedded)];
  await sleep(REST_MS);
  return [await workingSets(ours, peer), await firstTokens(ours, peer)];
}

async function workingSets(ours: Filled, peer: Filled): Promise<BenchRow> {
  const ask = async ({ url, sessionId }: Filled, query: string) => {
    const start = performance.now();
    const answer = await post(url, WORKING_SET, { id: sessionId, query, budgetTokens: BUDGET_TOKENS });
    const { tokens, degraded } = (answer.data as unknown as WorkingSetAnswer).session.workingSet;
    if (tokens < BUDGET_TOKENS / 2 || degraded.length > 0) throw new Error(JSON.stringify({ tokens, degraded }));
    return performance.now() - start;
  };
  const times = await inTurns(ours, peer, { questions: QUESTIONS, rounds: ROUNDS, ask });
  return beside({
    name: `working set of ${BUDGET_TOKENS} tokens out of 2M on the cluster, beside files, median of ${ROUNDS * QUESTIONS.length}`,
    times,
    goal: WORKING_SET_GOAL,
    note: `through the gateway, texts and all; p95 ${quantile(times.ours, 0.95).toFixed(0)} beside ${quantile(times.peer, 0.95).toFixed(0)} ms`,
  });
}

async function firstTokens(ours: Filled, peer: Filled): Promise<BenchRow> {
  const asking =
    (model: string) =>
    async ({ client, sessionId }: Filled, question: string) =>
      (await turn(client, sessionId, question, { ...SAME_TURN, model })).firstTokenMs;
  const read = await inTurns(ours, peer, { questions: QUESTIONS, rounds: 2, ask: asking('extractive') });
  const questions = QUESTIONS.slice(0, MODEL_TURNS);
  const times = await inTurns(ours, peer, { questions, rounds: 1, ask: asking(MODEL) });
  return beside({
    name: `first token of a turn on 2M tokens on the cluster, beside files, median of ${MODEL_TURNS}`,
    times,
    goal: FIRST_TOKEN_GOAL,
    note: `turns of 1 000 budgeted tokens with the small model; of the reader, which needs no model: ${median(read.ours).toFixed(0)} beside ${median(read.peer).toFixed(0)} ms`,
  });
}

/** Both are asked each question in turns, after one that is not counted: a machine that grows slower does so for both. */
async function inTurns(
  ours: Filled,
  peer: Filled,
  about: {
    readonly questions: readonly string[];
    readonly rounds: number;
    readonly ask: (filled: Filled, question: string) => Promise<number>;
  },
): Promise<Times> {
  const { questions, rounds, ask } = about;
  const times: Times = { ours: [], peer: [] };
  for (const filled of [ours, peer]) await ask(filled, 'Is anybody there?');
  for (let round = 0; round < rounds; round++) {
    for (const question of questions) {
      times.ours.push(await ask(ours, question));
      times.peer.push(await ask(peer, question));
    }
  }
  return times;
}

interface Times {
  readonly ours: number[];
  readonly peer: number[];
}

function beside({
  name,
  times,
  goal,
  note,
}: {
  readonly name: string;
  readonly times: Times;
  readonly goal: number;
  readonly note: string;
}): BenchRow {
  const [ours, peer] = [median(times.ours), median(times.peer)];
  const ratio = ours / peer;
  return { name, ours, peer, unit: 'ms', ratio, goal: `<= ${goal}`, met: ratio <= goal, note };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, two) => one - two)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
}
