import { fakeReport } from '@supercontext/client/fixtures/fake-answer.ts';
import { expect, it } from 'vitest';
import { sharesOf, spansOf } from './measure-context.ts';

const { workingSet } = fakeReport(`gen_${'0'.repeat(24)}`, '', 'COMPLETED');

it('sums what the budget went to by reason, in the order of the layout', () => {
  const shares = sharesOf(workingSet);
  expect(shares.map(({ reason, segments, tokens }) => [reason, segments, tokens])).toEqual([
    ['DIGEST', 1, 402],
    ['RECENT', 1, 118],
    ['EVIDENCE', 2, 943],
  ]);
  expect(shares.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(workingSet.tokens);
  expect(shares.reduce((sum, { ofBudget }) => sum + ofBudget, 0)).toBeCloseTo(1_463 / 1_536);
});

it('says how much of the session a summary and an excerpt stand for', () => {
  expect(sharesOf(workingSet).map(({ originalTokens }) => originalTokens)).toEqual([32_120, 118, 412 + 655]);
});

it('places each segment in the log, which ends at the last position known', () => {
  const spans = spansOf(workingSet);
  expect(spans[0]).toMatchObject({ reason: 'DIGEST', from: 0 });
  expect(spans[0]?.width).toBeCloseTo(64 / 4_102);
  expect((spans[1]?.from ?? 0) + (spans[1]?.width ?? 0)).toBeCloseTo(1);
});

it('draws nothing for an empty working set', () => {
  const empty = { ...workingSet, segments: [], indexedThrough: -1 };
  expect(sharesOf(empty)).toEqual([]);
  expect(spansOf(empty)).toEqual([]);
});
