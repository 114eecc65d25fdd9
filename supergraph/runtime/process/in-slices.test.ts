import { describe, expect, it } from 'vitest';
import { held } from '../../../test/support/cpu-time.ts';
import { Admission, InTurn, inSlices, stepsInSlices } from './in-slices.ts';

function busy(forMs: number): void {
  const start = performance.now();
  while (performance.now() - start < forMs);
}

/** How often the event loop came round while `work` ran. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

describe('work in slices', () => {
  it('lets others have their turn, and keeps the order of results', async () => {
    let results: number[] = [];
    const turns = await turnsDuring(async () => {
      results = await inSlices([1, 2, 3, 4, 5, 6], (item) => {
        busy(3);
        return item * 2;
      });
    });
    expect(results).toEqual([2, 4, 6, 8, 10, 12]);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('holds the loop no longer when there are many works at once', async () => {
    const works = () => Promise.all(Array.from({ length: 40 }, () => inSlices([1, 2, 3, 4], () => busy(1))));
    const { longestMs } = await held(works);
    expect(longestMs).toBeLessThan(40);
  });

  it('rests between long steps', async () => {
    function* steps(): Generator<void, string> {
      for (let step = 0; step < 5; step++) {
        busy(3);
        yield;
      }
      return 'done';
    }
    let result = '';
    const turns = await turnsDuring(async () => {
      result = await stepsInSlices(steps());
    });
    expect(result).toBe('done');
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('stops when nobody waits any more', async () => {
    const gone = new AbortController();
    let done = 0;
    const work = inSlices(
      [1, 2, 3, 4],
      () => {
        busy(3);
        if (++done === 2) gone.abort(new RangeError('gone'));
      },
      gone.signal,
    );
    await expect(work).rejects.toThrow('gone');
    expect(done).toBe(2);
  });

  it('throws what the work throws', async () => {
    const failing = () => {
      throw new RangeError('no');
    };
    await expect(inSlices([1], failing)).rejects.toThrow(RangeError);
  });

  it('takes what arrives at once in turn', async () => {
    const inTurn = new InTurn();
    const order: number[] = [];
    const turns = await turnsDuring(() =>
      Promise.all(
        [1, 2, 3, 4, 5, 6].map((work) =>
          inTurn.run(() => {
            busy(3);
            order.push(work);
          }),
        ),
      ),
    );
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('goes on after one that throws', async () => {
    const inTurn = new InTurn();
    const failing = inTurn.run(() => {
      throw new RangeError('no');
    });
    const next = inTurn.run(() => 'next');
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toBe('next');
  });

  it('begins what arrives in one turn of the loop in turns of their own, once they hold it', async () => {
    const admission = new Admission();
    const order: number[] = [];
    let done: Promise<unknown> = Promise.resolve();
    const turns = await turnsDuring(async () => {
      const arrivals: Promise<void>[] = [];
      for (const request of [1, 2, 3, 4, 5, 6]) {
        const begun = admission.begin().then(() => {
          busy(3);
          order.push(request);
        });
        arrivals.push(begun);
        // As between two callbacks of sockets that are ready at once.
        await Promise.resolve().then(() => Promise.resolve());
      }
      done = Promise.all(arrivals);
      await done;
    });
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('begins at once what finds the loop idle', async () => {
    const admission = new Admission();
    const turns = await turnsDuring(() => admission.begin());
    expect(turns).toBeLessThanOrEqual(1);
  });
});
