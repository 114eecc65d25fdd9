import { fakeReport } from '@supercontext/client/fixtures/fake-answer.ts';
import { expect, it } from 'vitest';
import { layOutHops } from './lay-out-hops.ts';

const { hops } = fakeReport(`gen_${'0'.repeat(24)}`, '', 'COMPLETED');

it('places the steps on one line of time, first to begin first', () => {
  const { durationMs, bars } = layOutHops(hops.toReversed());
  expect(durationMs).toBeCloseTo(847.5);
  expect(bars.map(({ hop }) => hop.name)).toEqual(hops.map(({ name }) => name));
  expect(bars[0]).toMatchObject({ from: 0 });
  const last = bars.at(-1);
  expect((last?.from ?? 0) + (last?.width ?? 0)).toBeCloseTo(1);
});

it('has nothing to place without steps, and a whole bar for one that took no time', () => {
  expect(layOutHops([])).toEqual({ durationMs: 0, bars: [] });
  const instant = hops.slice(0, 1).map((hop) => ({ ...hop, durationMs: 0 }));
  expect(layOutHops(instant).bars).toMatchObject([{ from: 0, width: 1 }]);
});
