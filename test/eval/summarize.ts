import { type Interval, mean, meanInterval, quantile } from './bootstrap.ts';
import type { BudgetFigures, QuestionFigures } from './measure-set.ts';
import { familyOf } from './question-set.ts';
import { type Separation, separation } from './roc.ts';

/** A share of 0-1 with its 95 % interval over questions. */
export interface Share {
  readonly share: number;
  readonly interval: Interval;
}

/** A way to fill a budget, and what it came to: R@10 first, then recall at each budget. */
export interface MethodRow {
  readonly method: string;
  readonly at10: Share | null;
  readonly recalls: readonly Share[];
}

export interface Summary {
  /** A family, or one category of it. */
  readonly name: string;
  readonly questions: number;
  readonly answerable: number;
  /** The working set, then the peers; empty when nothing is answerable. */
  readonly methods: readonly MethodRow[];
  /** Share of each budget used, answerable or not. */
  readonly used: readonly number[];
  readonly tokens: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p95Ms: readonly number[];
}

/** How well a number of the working set tells answerable from unanswerable questions at one budget. */
export interface SeparationRow {
  readonly field: string;
  readonly half: string;
  readonly budgetTokens: number;
  readonly separation: Separation;
}

export interface FamilySummary {
  readonly family: Summary;
  readonly categories: readonly Summary[];
  /** Empty when it has no answerable questions or no unanswerable ones. */
  readonly separations: readonly SeparationRow[];
  readonly overBudget: number;
  readonly foreignTexts: number;
}

const WORKING_SET = 'working set';

/** Families in the order in which they were asked, each with its categories in alphabetical order. */
export function summarize(figures: readonly QuestionFigures[]): FamilySummary[] {
  return [...Map.groupBy(figures, ({ set }) => familyOf(set))].map(([family, ofFamily]) => {
    const categories = [...Map.groupBy(ofFamily, ({ category }) => category)].sort(([a], [b]) => (a < b ? -1 : 1));
    const budgets = ofFamily.flatMap((one) => one.budgets);
    return {
      family: summaryOf(family, ofFamily),
      categories: categories.map(([category, ofCategory]) => summaryOf(category, ofCategory)),
      separations: separationsOf(ofFamily),
      overBudget: budgets.filter(({ isOverBudget }) => isOverBudget).length,
      foreignTexts: budgets.reduce((sum, { foreignTexts }) => sum + foreignTexts, 0),
    };
  });
}

function summaryOf(name: string, figures: readonly QuestionFigures[]): Summary {
  const answerable = figures.filter(({ recallAt10 }) => recallAt10 !== null);
  const atBudgets = <Figure>(of: readonly QuestionFigures[], figure: (budget: BudgetFigures[]) => Figure): Figure[] =>
    (figures[0]?.budgets ?? []).map((_, at) => figure(of.flatMap(({ budgets }) => budgets[at] ?? [])));
  const recalls = (recall: (budget: BudgetFigures) => number | null | undefined) =>
    atBudgets(answerable, (budgets) => shareOf(budgets.map((budget) => recall(budget) ?? Number.NaN)));
  const peers = Object.keys(answerable[0]?.peersAt10 ?? {});
  const methods: MethodRow[] = [
    {
      method: WORKING_SET,
      at10: shareOf(answerable.map(({ recallAt10 }) => recallAt10 ?? Number.NaN)),
      recalls: recalls(({ recall }) => recall),
    },
    { method: `${WORKING_SET}, whole`, at10: null, recalls: recalls(({ whole }) => whole) },
    ...peers.map((peer) => ({
      method: `${peer} packed`,
      at10: shareOf(answerable.map(({ peersAt10 }) => peersAt10[peer] ?? Number.NaN)),
      recalls: recalls((budget) => budget.peers[peer]),
    })),
  ];
  const timesMs = atBudgets(figures, (budgets) => budgets.map(({ durationMs }) => durationMs));
  return {
    name,
    questions: figures.length,
    answerable: answerable.length,
    methods: answerable.length === 0 ? [] : methods,
    used: atBudgets(figures, (budgets) => mean(budgets.map(({ tokens, budgetTokens }) => tokens / budgetTokens))),
    tokens: atBudgets(figures, (budgets) => mean(budgets.map(({ tokens }) => tokens))),
    p50Ms: timesMs.map((times) => quantile(times, 0.5)),
    p95Ms: timesMs.map((times) => quantile(times, 0.95)),
  };
}

function shareOf(values: readonly number[]): Share {
  return { share: mean(values), interval: meanInterval(values) };
}

function separationsOf(figures: readonly QuestionFigures[]): SeparationRow[] {
  const fields = new Set(figures.flatMap(({ budgets }) => budgets.flatMap(({ numbers }) => Object.keys(numbers))));
  const telling = [...fields].filter((field) => variesInASet(figures, field));
  return telling.flatMap((field) =>
    ['fit', 'report'].flatMap((half) => {
      const ofHalf = figures.filter((one) => one.half === half);
      return (figures[0]?.budgets ?? []).flatMap(({ budgetTokens }, at) => {
        const scores = (isAnswerable: boolean) =>
          ofHalf
            .filter(({ recallAt10 }) => (recallAt10 !== null) === isAnswerable)
            .flatMap(({ budgets }) => budgets[at]?.numbers[field] ?? []);
        const found = separation(scores(true), scores(false));
        return found === null ? [] : [{ field, half, budgetTokens, separation: found }];
      });
    }),
  );
}

/** Whether a field says something of the question: what is the same for all questions of a session is the session's. */
function variesInASet(figures: readonly QuestionFigures[], field: string): boolean {
  const ofSets = [...Map.groupBy(figures, ({ set }) => set).values()];
  return ofSets.some((ofSet) =>
    (ofSet[0]?.budgets ?? []).some(
      (_, at) => new Set(ofSet.flatMap(({ budgets }) => budgets[at]?.numbers[field] ?? [])).size > 1,
    ),
  );
}
