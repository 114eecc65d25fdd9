import { VERDICTS } from './judge-answer.ts';
import type { AnswerSummary } from './measure-answers.ts';
import type { FamilySummary, SeparationRow, Share, Summary } from './summarize.ts';

/** The tables of one family: the whole of it, its categories, and what tells the unanswerable from the answerable. */
export function tablesOf(summary: FamilySummary, budgets: readonly number[]): string {
  const { family, categories, separations, overBudget, foreignTexts } = summary;
  const { questions, answerable } = family;
  return [
    `## ${family.name}: ${questions} questions, ${answerable} answerable`,
    familyTable(family, budgets),
    categoryTable(categories, budgets),
    separationTable(separations, budgets, questions > answerable && answerable > 0),
    `over budget ${overBudget}, texts that do not stand in their fragment ${foreignTexts}`,
  ].join('\n\n');
}

function familyTable(family: Summary, budgets: readonly number[]): string {
  const cells = <Figure>(figures: readonly Figure[], write: (figure: Figure) => string) => figures.map(write);
  return table(
    ['recall of gold, %', 'R@10', ...budgets.map(spaced)],
    [
      ...family.methods.map(({ method, at10, recalls }) => [
        method,
        at10 === null ? '' : withInterval(at10),
        ...cells(recalls, withInterval),
      ]),
      ['budget used, %', '', ...cells(family.used, (used) => percent(used))],
      ['tokens', '', ...cells(family.tokens, (tokens) => spaced(Math.round(tokens)))],
      ['p50 / p95, ms', '', ...family.p50Ms.map((p50, at) => `${p50.toFixed(0)} / ${family.p95Ms[at]?.toFixed(0)}`)],
    ],
  );
}

function categoryTable(categories: readonly Summary[], budgets: readonly number[]): string {
  const methods = categories.find(({ answerable }) => answerable > 0)?.methods ?? [];
  const at = budgets.map(spaced).join(' / ');
  return table(
    [`category, at ${at}`, 'n', 'R@10', ...methods.map(({ method }) => method), 'p95, ms'],
    categories.map(({ name, questions, answerable, methods: own, p95Ms }) => [
      name,
      answerable === questions ? String(questions) : `${questions}, ${answerable} answerable`,
      own[0]?.at10 == null ? '-' : percent(own[0].at10.share),
      ...methods.map((_, place) => own[place]?.recalls.map(({ share }) => percent(share)).join(' / ') ?? '-'),
      p95Ms.map((ms) => ms.toFixed(0)).join(' / '),
    ]),
  );
}

function separationTable(rows: readonly SeparationRow[], budgets: readonly number[], hasBoth: boolean): string {
  if (!hasBoth) return 'no AUC: it takes answerable and unanswerable questions';
  const none = rows.some(({ field }) => field === 'confidence')
    ? []
    : ['no confidence: the working set does not say how sure it is'];
  const groups = [
    ...Map.groupBy(
      rows,
      ({ field, half, separation: { answerable, unanswerable } }) =>
        `${field}, ${half} half (${answerable} and ${unanswerable})`,
    ),
  ];
  const figures = groups.map(([name, ofGroup]) => [
    name,
    ...budgets.map((budget) => {
      const found = ofGroup.find(({ budgetTokens }) => budgetTokens === budget)?.separation;
      return found === undefined ? '-' : `${area(found.auc)} [${area(found.interval[0])}-${area(found.interval[1])}]`;
    }),
  ]);
  const head = ['AUC, answerable from unanswerable', ...budgets.map(spaced)];
  return [...none, ...(figures.length === 0 ? [] : [table(head, figures)])].join('\n\n');
}

/** What the answers to the questions of one family came to, in % of the questions of each row. */
export function answerTable(family: string, rows: readonly AnswerSummary[]): string {
  const head = [`answers, ${family}`, 'n', ...VERDICTS, 'wrong of stated', 'right and cited', 'p50 / p95, ms'];
  const orNone = (value: number) => (Number.isNaN(value) ? '-' : percent(value));
  return table(
    head,
    rows.map(({ name, questions, verdicts, wrongOfStated, carried, p50Ms, p95Ms }) => [
      name,
      String(questions),
      ...VERDICTS.map((verdict) => percent(verdicts[verdict])),
      orNone(wrongOfStated),
      orNone(carried),
      `${p50Ms.toFixed(0)} / ${p95Ms.toFixed(0)}`,
    ]),
  );
}

/** A Markdown table whose columns stand under each other. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function withInterval({ share, interval: [low, high] }: Share): string {
  return `${percent(share)} [${percent(low, 0)}-${percent(high, 0)}]`;
}

function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

function area(auc: number): string {
  return auc.toFixed(2).replace(/^0/, '');
}

function spaced(count: number): string {
  return count.toLocaleString('en').replaceAll(',', ' ');
}
