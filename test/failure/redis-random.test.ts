import { describe, expect, it } from 'vitest';
import { randomRun } from '../support/random-run.ts';
import { whyNoRedis } from '../support/redis-cluster.ts';

const why = whyNoRedis();
const DURATION_MS = 90_000;

describe.skipIf(why !== null)(`random work under random faults${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('keeps all that was acknowledged, once, in order, and never reads back', async () => {
    const seed = Number(process.env.SUPERCONTEXT_TEST_SEED ?? Date.now() % 1_000_000);
    console.info(`random run: seed ${seed}`);
    const run = await randomRun({ seed, durationMs: DURATION_MS, leewayMs: 10_000 });
    console.info(`random run: ${JSON.stringify(run)}`);
    expect(run.faults).toBeGreaterThan(5);
    expect(run.acknowledged).toBeGreaterThan(100);
  }, 240_000);
});
