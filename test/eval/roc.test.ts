import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { areaUnderCurve, separation } from './roc.ts';

it.each([
  ['all higher', [3, 4], [1, 2], 1],
  ['all lower', [1, 2], [3, 4], 0],
  ['all alike', [1, 1, 1], [1, 1], 0.5],
  // Of the six pairs (0.8, 0.4, 0.4) against (0.5, 0.4): 1, 1, 0, ½, 0, ½.
  ['a tie among pairs', [0.8, 0.4, 0.4], [0.5, 0.4], 3 / 6],
  // Of the four pairs (2, 3) against (1, 2): 1, ½, 1, 1.
  ['a tie at the middle', [2, 3], [1, 2], 3.5 / 4],
])('the area under the curve, when answerable ones score %s', (_, answerable, unanswerable, area) => {
  expect(areaUnderCurve(answerable, unanswerable)).toBeCloseTo(area);
});

it('has no area when one side is empty', () => {
  expect(areaUnderCurve([], [1])).toBeNaN();
  expect(areaUnderCurve([1], [])).toBeNaN();
});

it('counts pairs, of scores in any order', () => {
  const random = seededRandom(3);
  const answerable = Array.from({ length: 40 }, () => random.below(12) + 3);
  const unanswerable = Array.from({ length: 30 }, () => random.below(12));
  let wins = 0;
  for (const one of answerable) for (const other of unanswerable) wins += one > other ? 1 : one === other ? 0.5 : 0;
  expect(areaUnderCurve(answerable, unanswerable)).toBeCloseTo(wins / 1_200);
});

it('has an interval that holds the area and narrows with the number of questions', () => {
  const scores = (count: number, plus: number) =>
    Array.from({ length: count }, (_, at) => ((at * 37) % 101) / 101 + plus);
  const few = separation(scores(20, 0.2), scores(20, 0));
  const many = separation(scores(400, 0.2), scores(400, 0));
  if (few === null || many === null) throw new Error('no interval');
  for (const { auc, interval } of [few, many]) {
    expect(interval[0]).toBeLessThan(auc);
    expect(interval[1]).toBeGreaterThan(auc);
  }
  expect(many.interval[1] - many.interval[0]).toBeLessThan((few.interval[1] - few.interval[0]) / 2);
  expect(separation([1], [])).toBeNull();
});
