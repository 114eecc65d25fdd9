import { GraphSession } from './graph-session.ts';
import { type AnswerFigures, measureAnswers } from './measure-answers.ts';
import { measureSet, type QuestionFigures } from './measure-set.ts';
import type { Peer } from './peer.ts';
import type { Half, QuestionSet } from './question-set.ts';

export interface RunOptions {
  /** Where the gateway listens, without `/graphql`. */
  readonly url: string;
  readonly budgets: readonly number[];
  readonly peers: readonly Peer[];
  /** Only the questions of this half; null for all. */
  readonly half: Half | null;
  /** Whether the questions are asked, too, and the answers judged. */
  readonly answers: boolean;
  readonly say: (line: string) => void;
}

/** What all sets came to. */
export interface Run {
  readonly figures: readonly QuestionFigures[];
  readonly answers: readonly AnswerFigures[];
}

const SAY_EVERY_QUESTIONS = 100;

/** Each set in a session of its own: fed, left alone until its summaries and vectors are made, asked, and erased. */
export async function runSets(sets: readonly QuestionSet[], options: RunOptions): Promise<Run> {
  const { url, say, half } = options;
  const figures: QuestionFigures[] = [];
  const answers: AnswerFigures[] = [];
  for (const set of sets) {
    const questions = set.questions.filter((question) => half === null || question.half === half);
    say(`${set.name}: ${set.items.length} items, ${questions.length} questions`);
    if (questions.length === 0) continue;
    const session = await GraphSession.open(url, set.name);
    try {
      const run = await runSet({ ...set, questions }, session, options);
      figures.push(...run.figures);
      answers.push(...run.answers);
    } finally {
      await session.erase();
    }
  }
  return { figures, answers };
}

async function runSet(set: QuestionSet, session: GraphSession, options: RunOptions): Promise<Run> {
  const { say } = options;
  const start = performance.now();
  await session.feed(set.items);
  say(`${set.name}: appended in ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  if (!(await session.compressed())) say(`${set.name}: not all summaries were made in time; some are missing`);
  if (!(await session.embedded())) say(`${set.name}: not all vectors were made in time; some are missing`);
  let asked = 0;
  const onAsked = () => {
    asked += 1;
    if (asked % SAY_EVERY_QUESTIONS === 0) say(`${set.name}: ${asked} questions asked`);
  };
  const log = options.answers ? await session.log(set.items) : [];
  const figures = await measureSet(set, session, { ...options, onAsked });
  const answers = options.answers ? await measureAnswers(set, session, { log, onAsked }) : [];
  return { figures, answers };
}
