import { GraphSession } from './graph-session.ts';
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
  readonly say: (line: string) => void;
}

const SAY_EVERY_QUESTIONS = 100;

/** Each set in a session of its own: fed, left alone until its summaries and vectors are made, asked, and erased. */
export async function runSets(sets: readonly QuestionSet[], options: RunOptions): Promise<QuestionFigures[]> {
  const { url, say, half } = options;
  const figures: QuestionFigures[] = [];
  for (const set of sets) {
    const questions = set.questions.filter((question) => half === null || question.half === half);
    say(`${set.name}: ${set.items.length} items, ${questions.length} questions`);
    if (questions.length === 0) continue;
    const session = await GraphSession.open(url, set.name);
    try {
      figures.push(...(await runSet({ ...set, questions }, session, options)));
    } finally {
      await session.erase();
    }
  }
  return figures;
}

async function runSet(set: QuestionSet, session: GraphSession, options: RunOptions): Promise<QuestionFigures[]> {
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
  return measureSet(set, session, { ...options, onAsked });
}
