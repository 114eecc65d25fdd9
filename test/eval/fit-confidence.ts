// `node test/eval/fit-confidence.ts`: fits how sure a reading is, on the half to fit on of the set that `npm run eval` makes, and reports on
// the other half and on documents and wordings of another origin. Prints coefficients; whoever trusts them writes them down.
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import { LEAST_OFFERED, LEAST_STATED } from '../../subgraphs/reasoning/reader/confidence.ts';
import type { ConfidenceFeatures } from '../../subgraphs/reasoning/reader/confidence-features.ts';
import { type PartReading, readAnswer } from '../../subgraphs/reasoning/reader/read-answer.ts';
import { splitQuestion } from '../../subgraphs/reasoning/reader/split-question.ts';
import { runningPlatform } from '../support/running-platform.ts';
import { GraphSession, type ReadSet } from './graph-session.ts';
import { judge } from './judge-answer.ts';
import { makeHeldOutSet } from './make-questions/held-out/held-out.ts';
import { makeDocumentationSet } from './make-questions/make-set.ts';
import type { EvalQuestion, QuestionSet } from './question-set.ts';
import { readSets } from './read-sets.ts';

const BUDGET_TOKENS = 8_192;
const STEPS = 6_000;
const RATE = 2;
const PENALTY = 1;
/** Questions that are read at the same time. */
const AT_ONCE = 3;
const MADE = { from: null, packages: null, questions: 320, seed: 1, heldOut: false };

/** How a question is put: as it is made, without capitals and its mark, and behind words of politeness. */
const STYLES: readonly ((question: string) => string)[] = [
  (question) => question,
  (question) => question.toLowerCase().replace(/\?$/, ''),
  (question) => `Can you please look up the following for me? ${question}`,
];

interface Example {
  readonly half: string;
  readonly isAnswerable: boolean;
  /** Whether the first quotes answer, and whether they do with what is offered beside them. */
  readonly isRight: boolean;
  readonly isOffered: boolean;
  /** Of each part; null where nothing was quoted. */
  readonly parts: readonly (ConfidenceFeatures | null)[];
}

interface Weights {
  readonly constant: number;
  readonly weights: Readonly<Record<string, number>>;
}

interface Fitted {
  readonly ofQuote: Weights;
  readonly ofOffer: Weights;
}

const platform = await runningPlatform();
try {
  const [documentation, heldOut] = [makeDocumentationSet(MADE, say), makeHeldOutSet(1, say)].flatMap((file) =>
    readSets([file]),
  );
  if (documentation === undefined || heldOut === undefined) throw new Error('no set was made');
  const styles = await examplesOf(documentation, STYLES);
  const others = await examplesOf(heldOut, STYLES.slice(0, 1));
  const toFitOn = styles.flat().filter(({ half }) => half === 'fit');
  const fitted: Fitted = {
    ofQuote: regress(toFitOn, ({ isRight }) => isRight),
    ofOffer: regress(toFitOn, ({ isOffered }) => isOffered),
  };
  console.log(JSON.stringify(fitted, null, 2));
  for (const [at, examples] of styles.entries())
    for (const half of ['fit', 'report'])
      report(
        `style ${at}, ${half} half`,
        fitted,
        examples.filter((one) => one.half === half),
      );
  report('held out', fitted, others.flat());
} finally {
  await platform.stop();
}
process.exit(0);

async function examplesOf(set: QuestionSet, styles: readonly ((question: string) => string)[]): Promise<Example[][]> {
  const session = await GraphSession.open(platform.url, set.name);
  await session.feed(set.items);
  await session.compressed();
  const log = await session.log(set.items);
  const items = new Map(set.items.map((item) => [item.id, item]));
  const groupOf = (id: string) => (items.get(id)?.path == null ? id : `group ${items.get(id)?.group}`);
  const examples: Example[][] = [];
  for (const style of styles) {
    const own: Example[] = [];
    const waiting = set.questions.entries();
    const readAll = async () => {
      for (const [at, question] of waiting) {
        const { parts, cited, offered } = await read(session, style(question.question));
        const isRight = (quoted: readonly Cited[]) =>
          answers(
            question,
            quoted.map(([from, text, quotes]) => ({ itemId: log[from]?.itemId ?? null, text, quotes })),
            groupOf,
          );
        own[at] = {
          half: question.half,
          isAnswerable: question.gold.length > 0,
          isRight: isRight(cited),
          isOffered: isRight(cited) || isRight(offered),
          parts: parts.map(({ features }) => features),
        };
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, readAll));
    say(`${set.name}: ${own.length} questions read`);
    examples.push(own);
  }
  return examples;
}

type Cited = readonly [from: number, text: string, quotes: readonly string[]];

/** Reads as the extractive engine does. */
async function read(
  session: GraphSession,
  question: string,
): Promise<{ parts: readonly PartReading[]; cited: readonly Cited[]; offered: readonly Cited[] }> {
  const asked = splitQuestion(question);
  const whole = await session.readSet(question, asked.length > 1 ? BUDGET_TOKENS / 2 : BUDGET_TOKENS);
  const perPart =
    asked.length > 1 ? await Promise.all(asked.map((part) => session.readSet(part, BUDGET_TOKENS / 4))) : [whole];
  const sources = perPart.map((set) => ({
    set,
    segments: readable(question, asked.length > 1 ? [set, whole] : [set]),
  }));
  const { parts } = await readAnswer(
    asked.map((part, at) => ({
      question: part,
      passages: (sources[at]?.segments ?? []).map(({ text, about, saidAt }) => ({ text, about, saidAt })),
      confidence: sources[at]?.set.confidence ?? null,
    })),
  );
  const citedOf = (at: number, quote: PartReading['quote']): Cited[] => {
    const segment = quote === null ? undefined : sources[at]?.segments[quote.passage];
    if (segment === undefined || quote === null) return [];
    const { around } = quote;
    const told = around === null ? [quote.text] : [around.text, quote.text, ...around.stretches];
    return [[segment.from, segment.text, [...told, ...quote.stretches]]];
  };
  return {
    parts,
    cited: parts.flatMap(({ quote }, at) => citedOf(at, quote)),
    offered: parts.flatMap(({ quote, nearest }, at) => [quote, ...nearest].flatMap((one) => citedOf(at, one))),
  };
}

function readable(question: string, sets: readonly ReadSet[]): ReadSet['segments'] {
  const all = new Map(sets.flatMap(({ segments }) => segments).map((one) => [`${one.from}\n${one.text}`, one]));
  const own = [...all.values()].filter(({ modelWritten }) => !modelWritten || asksOfEarlierAnswers(question));
  return own.sort((one, other) => other.score - one.score);
}

/** Whether what is quoted answers, by the rules of the evaluation. */
function answers(
  { gold, answer }: EvalQuestion,
  citations: Parameters<typeof judge>[1]['citations'],
  groupOf: (id: string) => string,
): boolean {
  const text = citations.map(({ quotes }) => quotes[0] ?? '').join('\n');
  return judge({ answer, gold }, { text, certainty: 'STATED', citations }, groupOf) === 'right, stated';
}

/** Logistic regression by gradient descent; the least sure part of a question stands for it. */
function regress(examples: readonly Example[], isWanted: (example: Example) => boolean): Weights {
  const names = Object.keys(examples.flatMap(({ parts }) => parts).find((one) => one !== null) ?? {});
  let constant = 0;
  let weights: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  for (let step = 0; step < STEPS; step++) {
    let ofConstant = 0;
    const gradient: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
    for (const example of examples) {
      const least = leastOf({ constant, weights }, example.parts);
      if (least === null) continue;
      const error = least.probability - Number(isWanted(example));
      ofConstant += error;
      for (const name of names)
        gradient[name] = (gradient[name] ?? 0) + error * (least.features[name as keyof ConfidenceFeatures] ?? 0);
    }
    const rate = RATE / examples.length;
    constant -= rate * ofConstant;
    weights = Object.fromEntries(
      names.map((name) => [
        name,
        (weights[name] ?? 0) - rate * ((gradient[name] ?? 0) + PENALTY * (weights[name] ?? 0)),
      ]),
    );
  }
  const rounded = (value: number) => Number(value.toFixed(2));
  return {
    constant: rounded(constant),
    weights: Object.fromEntries(names.map((name) => [name, rounded(weights[name] ?? 0)])),
  };
}

function leastOf({ constant, weights }: Weights, parts: Example['parts']) {
  let least: { readonly probability: number; readonly features: ConfidenceFeatures } | null = null;
  for (const features of parts) {
    if (features === null) return null;
    let logit = constant;
    for (const [name, weight] of Object.entries(weights)) logit += weight * features[name as keyof ConfidenceFeatures];
    const probability = 1 / (1 + Math.exp(-logit));
    if (least === null || probability < least.probability) least = { probability, features };
  }
  return least;
}

function report(name: string, { ofQuote, ofOffer }: Fitted, examples: readonly Example[]): void {
  const all = examples.map((one) => {
    const isStated = (leastOf(ofQuote, one.parts)?.probability ?? 0) >= LEAST_STATED;
    const isUnsure = !isStated && (leastOf(ofOffer, one.parts)?.probability ?? 0) >= LEAST_OFFERED;
    return { ...one, isStated, isUnsure };
  });
  const answerable = all.filter(({ isAnswerable }) => isAnswerable);
  const unanswerable = all.filter(({ isAnswerable }) => !isAnswerable);
  const stated = all.filter(({ isStated }) => isStated);
  const right = answerable.filter(
    ({ isRight, isOffered, isStated, isUnsure }) => (isStated && isRight) || (isUnsure && isOffered),
  );
  const share = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} % of ${of}`;
  console.log(
    [
      name.padEnd(24),
      `right, stated or offered: ${share(right.length, answerable.length)}`,
      `right in the first quote, whatever is said of it: ${share(answerable.filter(({ isRight }) => isRight).length, answerable.length)}`,
      `of all stated wrong: ${share(stated.filter(({ isRight }) => !isRight).length, stated.length)}`,
      `unanswerable refused: ${share(unanswerable.filter(({ isStated, isUnsure }) => !isStated && !isUnsure).length, unanswerable.length)}`,
    ].join('; '),
  );
}

function say(line: string): void {
  console.error(line);
}
