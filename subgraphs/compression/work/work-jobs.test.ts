import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
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
import { EMPTY_TREE } from '../summaries/summary-store.ts';
import { LEAF_TOKENS } from '../tree/plan-leaves.ts';
import { type CompressPool, startCompressPool } from './compress-pool.ts';
import { NOTHING_PLANNED, type PlanState, planPage } from './plan-tree.ts';
import { JobWorker } from './work-jobs.ts';

const SESSION = `ses_${'0'.repeat(24)}`;
const LEAVES = 9;
/** A loaded machine takes its time to start a thread. */
const PATIENT = { timeout: 20_000 };
const log = createLog(STAGE, 'silent');
let folder: string;
let state: PlanState;
let pool: CompressPool;
let worker: JobWorker;
let fault: ((id: string) => ContractError | null) | null = null;
let reads = 0;

const listed = Array.from({ length: LEAVES }, (_, position) => ({
  position,
  fragmentId: `${SESSION}.${position.toString(16).padStart(32, '0')}`,
  tokens: LEAF_TOKENS,
}));
let replaced = -1;

const store: StoreLog = {
  knownSessions: async () => [],
  entries: async (_sessionId, from, first) =>
    listed
      .slice(from, from + first)
      .map((entry) => (entry.position === replaced ? { ...entry, fragmentId: `${SESSION}.${'f'.repeat(32)}` } : entry)),
  withdrawn: async () => Withdrawn.NONE,
  digest: async (_sessionId, through) => digestOfLog(listed.slice(0, through + 1)),
  async texts(ids) {
    reads++;
    for (const id of ids) {
      const error = fault?.(id);
      if (error != null) throw error;
    }
    return ids.map((id) => `The text of fragment ${id} has 7 words. It is not long.`);
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'work-jobs-'));
  fault = null;
  reads = 0;
  replaced = -1;
  const onDamaged = () => {};
  state = {
    erased: new ErasedSessions(),
    store,
    summaries: openSummaryStore({ path: join(folder, 'summaries.sqlite'), onDamaged }),
    queue: openJobQueue({ path: join(folder, 'jobs.sqlite'), maximumAttempts: 1, onDamaged }),
  };
  pool = startCompressPool({ threads: 1, pauseMs: 0 });
  worker = new JobWorker({ state, pool, progress: new Progress(), log, lanes: 2 });
  await planPage(SESSION, NOTHING_PLANNED, state);
});
afterEach(async () => {
  await worker.stop();
  await pool.stop();
  await state.queue.close();
  await state.summaries.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('working jobs', () => {
  it('makes every node there is a job for, and the parents that become possible', async () => {
    worker.start();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({
      nodes: LEAVES + 1,
      leaves: LEAVES,
      levels: 2,
    });
  });

  it('gives up a node whose fragment is damaged, and makes all others', async () => {
    fault = (id) => (id.endsWith('8') ? new ContractError('FRAGMENT_CORRUPT', 'damaged') : null);
    worker.start();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 1 });
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({ nodes: 8 + 1, leaves: 8 });
  });

  it('gives nothing up while the store is away, and goes on when it is back', async () => {
    fault = () => new ContractError('SUBGRAPH_UNAVAILABLE', 'away');
    worker.start();
    await expect.poll(() => reads, PATIENT).toBeGreaterThanOrEqual(LEAVES);
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: LEAVES, leased: 0, dead: 0 });
    fault = null;
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({ nodes: LEAVES + 1 });
  });

  it('does not make a node again whose acknowledgement was lost, but still its parent', async () => {
    worker.start();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    const before = reads;
    const frontier = await state.summaries.frontier(SESSION);
    await planPage(SESSION, NOTHING_PLANNED, {
      ...state,
      summaries: {
        ...state.summaries,
        withdraw: async () => {},
        missing: async (ids) => ids,
        state: async () => EMPTY_TREE,
      },
    });
    worker.wake();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect(reads).toBe(before);
    expect(await state.summaries.frontier(SESSION)).toEqual(frontier);
  });

  it('drops the job of a leaf whose fragments are not what the log lists any more', async () => {
    replaced = 2;
    worker.start();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({ nodes: LEAVES - 1, leaves: 2 });
  });

  it('drops the job of a node whose children are gone: it comes back when they do', async () => {
    await state.queue.lease({ max: 100, leaseMs: 60_000 }).then((leases) => state.queue.ack(leases));
    const child = `${SESSION}.s${'a'.repeat(32)}`;
    const plan = {
      sessionId: SESSION,
      level: 1,
      ordinal: 0,
      from: 0,
      through: 7,
      originalTokens: 9,
      children: [child],
    };
    await state.queue.enqueue([{ id: `${SESSION}.s${'b'.repeat(32)}`, group: SESSION, payload: JSON.stringify(plan) }]);
    worker.start();
    await expect.poll(() => state.queue.stats(), PATIENT).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect(await state.summaries.state(SESSION, METHOD)).toMatchObject({ nodes: 0 });
  });
});
