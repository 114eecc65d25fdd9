import { afterEach, describe, expect, it } from 'vitest';
import { type CompressPool, startCompressPool } from './compress-pool.ts';

const TEXT = 'The pump of Reactor Nine runs at 40 bar. It must not exceed 55 bar. The weather was fine. '.repeat(20);
/** No text: the thread that gets it fails in the middle of its work. */
const POISON = null as unknown as string;

let pool: CompressPool;
afterEach(() => pool.stop());

describe('the compress pool', () => {
  it('does all tasks, each with its own result, however few threads there are', async () => {
    pool = startCompressPool({ threads: 2, pauseMs: 0 });
    const tasks = Array.from({ length: 20 }, (_, number) => ({
      texts: [`${TEXT} Sample ${number} weighs ${number} grams.`, TEXT],
      budgetTokens: 500,
    }));
    const extracts = await Promise.all(tasks.map((task) => pool.run(task)));
    for (const [number, { text }] of extracts.entries()) expect(text).toContain(`Sample ${number} weighs`);
  });

  it('leaves this thread free while it works', async () => {
    pool = startCompressPool({ threads: 1, pauseMs: 0 });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const texts = Array.from({ length: 200 }, (_, part) => `${TEXT} part ${part} of ${part * 3}.`);
    await pool.run({ texts, budgetTokens: 2_000 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('fails only the task whose thread died, and goes on with another thread', async () => {
    pool = startCompressPool({ threads: 1, pauseMs: 0 });
    const poisoned = pool.run({ texts: [POISON], budgetTokens: 100 });
    const next = pool.run({ texts: [TEXT], budgetTokens: 100 });
    await expect(poisoned).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await next).tokens).toBeGreaterThan(0);
  });

  it('refuses what waits when it stops', async () => {
    pool = startCompressPool({ threads: 1, pauseMs: 0 });
    const results = Promise.allSettled(Array.from({ length: 5 }, () => pool.run({ texts: [TEXT], budgetTokens: 100 })));
    await pool.stop();
    for (const result of await results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'ContractError' });
    }
    await expect(pool.run({ texts: [TEXT], budgetTokens: 100 })).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
  });
});
