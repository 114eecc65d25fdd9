import { quantile } from './bootstrap.ts';
import type { GraphSession, LoggedFragment } from './graph-session.ts';
import { type GivenAnswer, isCarried, judge, VERDICTS, type Verdict } from './judge-answer.ts';
import type { QuestionSet } from './question-set.ts';

/** What the answer to one question came to. */
export interface AnswerFigures {
  readonly set: string;
  readonly question: string;
  readonly category: string;
  readonly half: string;
  readonly isAnswerable: boolean;
  readonly verdict: Verdict;
  /** Whether what it cites has what is wanted. */
  readonly isCarried: boolean;
  readonly text: string;
  readonly durationMs: number;
}

/**
 * Asks all questions of a set, one after the other, of a session that holds its items: each question and answer becomes a part of it, as it
 * does when a person asks.
 *
 * @param log of the session before the first question
 */
export async function measureAnswers(
  set: QuestionSet,
  session: Pick<GraphSession, 'answer'>,
  { log, onAsked }: { readonly log: readonly LoggedFragment[]; readonly onAsked: () => void },
): Promise<AnswerFigures[]> {
  const items = new Map(set.items.map((item) => [item.id, item]));
  const groupOf = (id: string) => (items.get(id)?.path == null ? id : `group ${items.get(id)?.group}`);
  const figures: AnswerFigures[] = [];
  for (const { question, category, half, gold, answer } of set.questions) {
    const { durationMs, ...asked } = await session.answer(question);
    const given: GivenAnswer = {
      ...asked,
      citations: asked.citations.map((one) => ({ ...one, itemId: log[one.segment.from]?.itemId ?? null })),
    };
    const wanted = { answer, gold };
    figures.push({
      ...{ set: set.name, question, category, half, durationMs },
      isAnswerable: gold.length > 0,
      verdict: judge(wanted, given, groupOf),
      isCarried: isCarried(wanted, given),
      text: given.text,
    });
    onAsked();
  }
  return figures;
}

/** Shares of 0-1 of the answers to some questions. */
export interface AnswerSummary {
  readonly name: string;
  readonly questions: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Of all that is stated, what is wrong; NaN where nothing is stated. */
  readonly wrongOfStated: number;
  /** Of the right answers, those whose citations have what is wanted; NaN where none is right. */
  readonly carried: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Answerable and unanswerable of each half, then each category. */
export function summarizeAnswers(figures: readonly AnswerFigures[]): AnswerSummary[] {
  const halves = ['fit', 'report'].flatMap((half) =>
    [true, false].map((isAnswerable) => ({
      name: `${isAnswerable ? 'answerable' : 'unanswerable'}, ${half} half`,
      own: figures.filter((one) => one.half === half && one.isAnswerable === isAnswerable),
    })),
  );
  const stated = ['fit', 'report'].map((half) => ({
    name: `all, ${half} half`,
    own: figures.filter((one) => one.half === half),
  }));
  const categories = [...Map.groupBy(figures, ({ category }) => category)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, own]) => ({ name, own }));
  return [...stated, ...halves, ...categories]
    .filter(({ own }) => own.length > 0)
    .map(({ name, own }) => summaryOf(name, own));
}

function summaryOf(name: string, figures: readonly AnswerFigures[]): AnswerSummary {
  const count = (...verdicts: readonly Verdict[]) => figures.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const right = figures.filter(({ verdict }) => verdict.startsWith('right'));
  const times = figures.map(({ durationMs }) => durationMs);
  return {
    name,
    questions: figures.length,
    verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict) / figures.length])) as Record<
      Verdict,
      number
    >,
    wrongOfStated: count('wrong but stated') / count('wrong but stated', 'right, stated'),
    carried: right.filter((one) => one.isCarried).length / right.length,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
  };
}
