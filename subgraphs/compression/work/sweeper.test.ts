import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreLog } from '../calls/store.ts';
import { ErasedSessions } from '../erased-sessions.ts';
import { digestOfLog } from '../fixtures/digest-of-log.ts';
import { openJobQueue } from '../jobs/embedded.ts';
import { METHOD } from '../method/extract.ts';
import { Progress } from '../progress.ts';
import { STAGE } from '../stage.ts';
import { openSummaryStore } from '../summaries/embedded.ts';
import { LEAF_TOKENS, type LogEntry } from '../tree/plan-leaves.ts';
import { compressNode, readSource } from './compress-node.ts';
import type { PlanState } from './plan-tree.ts';
import { Planner } from './planner.ts';
import { Sweeper } from './sweeper.ts';

const SESSION = `ses_${'0'.repeat(24)}`;
const LEAVES = 8;
const log = createLog(STAGE, 'silent');
let folder: string;
let state: PlanState;
let planner: Planner;
let sweeper: Sweeper;
let logLeaves = LEAVES;

/** From here on the log is another one. */
let replacedFrom = Number.POSITIVE_INFINITY;

/** A log in which every fragment is a leaf. */
function listed(): LogEntry[] {
  return Array.from({ length: logLeaves }, (_, position) => ({
    position,
    fragmentId: `${SESSION}.${(position >= replacedFrom ? 'f' : '0').repeat(24)}${position.toString(16).padStart(8, '0')}`,
    tokens: LEAF_TOKENS,
  }));
}

const store: StoreLog = {
  knownSessions: async (_first, after) =>
    after === null
      ? [{ id: SESSION, knownThrough: logLeaves - 1, digest: digestOfLog(listed()), withdrawnDigest: '' }]
      : [],
  entries: async (_sessionId, from, first) => listed().slice(from, from + first),
  digest: async (_sessionId, through) => (through < logLeaves ? digestOfLog(listed().slice(0, through + 1)) : null),
  withdrawn: async () => Withdrawn.NONE,
  texts: async (ids) => ids.map((id) => `The text of ${id} has 7 words.`),
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sweeper-'));
  logLeaves = LEAVES;
  replacedFrom = Number.POSITIVE_INFINITY;
  const onDamaged = () => {};
  state = {
    erased: new ErasedSessions(),
    store,
    summaries: openSummaryStore({ path: join(folder, 'summaries.sqlite'), onDamaged }),
    queue: openJobQueue({ path: join(folder, 'jobs.sqlite'), maximumAttempts: 1, onDamaged }),
  };
  planner = new Planner({ state, progress: new Progress(), log, onPlanned: () => {} });
  sweeper = new Sweeper({ state, planner, vectors: null, log, intervalMs: 3_600_000 });
});
afterEach(async () => {
  await planner.stop();
  await state.queue.close();
  await state.summaries.close();
  rmSync(folder, { recursive: true, force: true });
});

async function sweep(): Promise<void> {
  await sweeper.sweep();
  await expect.poll(() => planner.isSettled(SESSION), { timeout: 20_000 }).toBe(true);
}

/** Takes all jobs out of the queue; makes their nodes, or loses them. */
async function takeJobs(fate: 'make' | 'lose'): Promise<number> {
  const leases = await state.queue.lease({ max: 100, leaseMs: 60_000 });
  for (const { job } of fate === 'make' ? leases : []) {
    const plan = JSON.parse(job.payload);
    const source = await readSource(plan, state);
    if (source === null) throw new Error('a child is missing');
    const run = async () => ({ text: source.texts.join(' '), tokens: 9, fidelity: 1 });
    await state.summaries.put([await compressNode(plan, source, { run, stop: async () => {} })]);
  }
  await state.queue.ack(leases);
  return leases.length;
}

describe('the sweeper', () => {
  it('queues a session nobody told of', async () => {
    await sweep();
    expect(await state.queue.stats(SESSION)).toMatchObject({ ready: LEAVES });
  });

  it('queues again what was queued, is not made, and is in the queue no more', async () => {
    await sweep();
    expect(await takeJobs('lose')).toBe(LEAVES);
    await sweep();
    expect(await state.queue.stats(SESSION)).toMatchObject({ ready: LEAVES });
  });

  it('queues a parent whose job was lost when all its children are there', async () => {
    await sweep();
    await takeJobs('make');
    await sweep();
    expect(await takeJobs('lose')).toBe(1);
    await sweep();
    expect(await takeJobs('make')).toBe(1);
    await sweep();
    expect(await state.queue.stats(SESSION)).toMatchObject({ ready: 0 });
    expect((await state.summaries.frontier(SESSION)).map(({ level }) => level)).toEqual([1]);
  });

  it('queues everything again when the summaries are lost', async () => {
    await sweep();
    await takeJobs('make');
    await state.summaries.forget(SESSION);
    await sweep();
    expect(await state.queue.stats(SESSION)).toMatchObject({ ready: LEAVES });
  });

  it('finds what was appended since', async () => {
    await sweep();
    await takeJobs('make');
    logLeaves += 3;
    await sweep();
    await expect.poll(async () => (await state.queue.stats(SESSION)).ready, { timeout: 20_000 }).toBe(3 + 1);
  });

  it('leaves a session alone that is complete, and jobs that were given up', async () => {
    await sweep();
    const leases = await state.queue.lease({ max: 100, leaseMs: 60_000 });
    await state.queue.nack(leases, { delayMs: 0, reason: 'broken', isFailure: true });
    await sweep();
    await sweep();
    expect(await state.queue.stats(SESSION)).toEqual({ ready: 0, leased: 0, dead: LEAVES });
  });

  /** Whether all nodes that can be found are of the log as it is. */
  async function isOfTheLog(): Promise<boolean> {
    const ids = new Set(listed().map(({ fragmentId }) => fragmentId));
    for (let nodes = (await state.summaries.frontier(SESSION)).map(({ id }) => id); nodes.length > 0; ) {
      const read = await state.summaries.read(nodes);
      nodes = [];
      for (const found of read) {
        if (found === null) return false;
        if (found.summary.level > 0) nodes.push(...found.summary.children);
        else if (found.summary.children.some((id) => !ids.has(id))) return false;
      }
    }
    return true;
  }

  async function untilMade(leaves: number): Promise<void> {
    await expect
      .poll(
        async () => {
          await sweep();
          await takeJobs('make');
          return (await state.summaries.state(SESSION, METHOD)).leaves;
        },
        { timeout: 20_000 },
      )
      .toBe(leaves);
  }

  it.each([
    ['the process that made them', false],
    ['another process', true],
  ])('has the summaries of a log that was replaced made anew by %s', async (_who, isAnother) => {
    logLeaves = 20;
    await untilMade(20);
    replacedFrom = 5;
    if (isAnother) {
      planner = new Planner({ state, progress: new Progress(), log, onPlanned: () => {} });
      sweeper = new Sweeper({ state, planner, vectors: null, log, intervalMs: 3_600_000 });
    }
    expect(await isOfTheLog()).toBe(false);
    await sweep();
    await untilMade(20);
    expect(await isOfTheLog()).toBe(true);
  });

  it('keeps the summaries of a log that the store has yet to be told again', async () => {
    logLeaves = 20;
    await untilMade(20);
    const { nodes } = await state.summaries.state(SESSION, METHOD);
    logLeaves = 7;
    await sweep();
    logLeaves = 20;
    await sweep();
    await sweep();
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({ leaves: 20, nodes });
  });

  it('has those beyond the end of a log that was cut back forgotten: at once when told its end, or by the next sweep', async () => {
    for (const how of ['told', 'swept']) {
      logLeaves = 20;
      await untilMade(20);
      logLeaves = 7;
      if (how === 'told') planner.hint(SESSION, 6);
      else await sweep();
      await untilMade(7);
      expect(await isOfTheLog()).toBe(true);
    }
  });
});
