import { expect, it } from 'vitest';
import type { BudgetFigures, QuestionFigures } from './measure-set.ts';
import { tablesOf } from './print-tables.ts';
import { summarize } from './summarize.ts';

const BUDGETS = [2_000, 8_000];

function figuresOf(at: number, recalls: readonly (number | null)[], confidence?: number): QuestionFigures {
  const budgets = recalls.map(
    (recall, place): BudgetFigures => ({
      budgetTokens: BUDGETS[place] ?? 0,
      recall,
      whole: recall === null ? null : 0,
      tokens: 1_000 * (place + 1),
      durationMs: 10 * (at + 1),
      isOverBudget: false,
      foreignTexts: 0,
      numbers: { tokens: 1_000, ...(confidence === undefined ? {} : { confidence }) },
      peers: { fts5: recall === null ? null : 0.5 },
    }),
  );
  const isAnswerable = recalls[0] !== null;
  return {
    set: `talk-${at % 2}`,
    question: `question ${at}`,
    category: isAnswerable ? 'single' : 'absent',
    half: 'fit',
    recallAt10: isAnswerable ? 1 : null,
    peersAt10: { fts5: isAnswerable ? 0 : null },
    budgets,
  };
}

it('prints shares of all questions of a family with their intervals, budgets used, tokens and times', () => {
  const [summary, ...others] = summarize([
    figuresOf(0, [1, 1]),
    figuresOf(1, [0, 1]),
    figuresOf(2, [0.5, 1]),
    figuresOf(3, [null, null]),
  ]);
  if (summary === undefined) throw new Error('no summary');
  expect(others).toEqual([]);
  const tables = tablesOf(summary, BUDGETS).replaceAll(/ +/g, ' ');
  expect(tables).toContain('## talk: 4 questions, 3 answerable');
  expect(tables).toMatch(/\| working set \| 100\.0 \[100-100\] \| 50\.0 \[\d+-\d+\] \| 100\.0 \[100-100\] \|/);
  expect(tables).toContain('| fts5 packed | 0.0 [0-0] | 50.0 [50-50] | 50.0 [50-50] |');
  expect(tables).toContain('| budget used, % | | 50.0 | 25.0 |');
  expect(tables).toContain('| tokens | | 1 000 | 2 000 |');
  expect(tables).toContain('| p50 / p95, ms | | 30 / 40 | 30 / 40 |');
  expect(tables).toContain('| single | 3 | 100.0 | 50.0 / 100.0 | 0.0 / 0.0 | 50.0 / 50.0 |');
  expect(tables).toContain('| absent | 1, 0 answerable | - | - | - | - |');
  expect(tables).toContain('no confidence');
});

it('prints the AUC of every number that differs between questions, per half', () => {
  const figures = [0.9, 0.8, 0.3].map((confidence, at) => figuresOf(2 * at, [1, 1], confidence));
  const absent = [0.5, 0.2].map((confidence, at) => figuresOf(2 * at, [null, null], confidence));
  const [summary] = summarize([...figures, ...absent]);
  if (summary === undefined) throw new Error('no summary');
  expect(summary.separations.map(({ field, half }) => `${field} ${half}`)).toEqual([
    'confidence fit',
    'confidence fit',
  ]);
  // Of the six pairs of (0.9, 0.8, 0.3) and (0.5, 0.2) five are in order.
  expect(summary.separations[0]?.separation.auc).toBeCloseTo(5 / 6);
  const tables = tablesOf(summary, BUDGETS);
  expect(tables).toContain('confidence, fit half (3 and 2)');
  expect(tables).toContain('.83 [');
  expect(tables).not.toContain('no confidence');
});

it('says so when there is nothing to tell apart', () => {
  const [summary] = summarize([figuresOf(0, [1, 1])]);
  if (summary === undefined) throw new Error('no summary');
  expect(tablesOf(summary, BUDGETS)).toContain('no AUC: it takes answerable and unanswerable questions');
});
