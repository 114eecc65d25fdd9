import type { Random } from '../../support/random.ts';
import type { MadeQuestion } from './ask.ts';
import type { Fact } from './fact.ts';

/** Questions whose answer takes a fact of one package and a fact of another, in random order. */
export function askTwoDocuments(facts: readonly Fact[], random: Random, count: number): MadeQuestion[] {
  const makers = [newerNode, earlierRelease, sameOption];
  const made: MadeQuestion[] = [];
  for (let tries = 0; made.length < count && tries < count * 20; tries++) {
    const question = makers[tries % makers.length]?.(facts, random);
    if (question != null) made.push(question);
  }
  return made;
}

function newerNode(facts: readonly Fact[], random: Random): MadeQuestion | null {
  const pair = pairOf(
    facts.filter(({ kind }) => kind === 'node'),
    random,
  );
  if (pair === null) return null;
  const [one, other] = pair;
  const versions = [majorOf(one), majorOf(other)] as const;
  // What differs by less than a major version is no difference to a person who asks.
  if (versions[0] === versions[1]) return null;
  const [a, b] = [one.document.packageName, other.document.packageName];
  const question = random.pick([
    `Which of ${a} and ${b} needs the newer Node.js?`,
    `Does ${a} or ${b} require the more recent version of Node.js?`,
  ]);
  return two(question, pair, versions[0] > versions[1] ? a : b);
}

function majorOf({ answer }: Fact): number {
  return Number(/\d+/.exec(answer)?.[0]);
}

function earlierRelease(facts: readonly Fact[], random: Random): MadeQuestion | null {
  const pair = pairOf(
    facts.filter(({ kind }) => kind === 'release'),
    random,
  );
  if (pair === null) return null;
  const [one, other] = pair.map(({ document, subject }) => `${document.packageName} ${subject}`);
  if (pair[0].answer === pair[1].answer) return null;
  const isFirst = pair[0].answer < pair[1].answer;
  const days = `(${pair[0].answer}, ${pair[1].answer})`;
  return random.chance(0.5)
    ? two(`Which came out first, ${one} or ${other}?`, pair, `${isFirst ? one : other} ${days}`)
    : two(`Was ${one} released before ${other}?`, pair, `${isFirst ? 'yes' : 'no'} ${days}`);
}

function sameOption(facts: readonly Fact[], random: Random): MadeQuestion | null {
  const options = facts.filter(({ kind }) => kind === 'default');
  const shared = [...Map.groupBy(options, ({ subject }) => subject).values()]
    .map((group) => group.filter((fact, at) => group.findIndex((other) => isOfSame(fact, other)) === at))
    .filter((group) => group.length > 1);
  if (shared.length === 0) return null;
  const pair = pairOf(random.pick(shared), random);
  if (pair === null) return null;
  const [a, b] = pair.map(({ document }) => document.packageName);
  const { subject } = pair[0];
  const question = random.pick([
    `Do ${a} and ${b} have the same default for ${subject}?`,
    `What does ${subject} default to in ${a}, and what in ${b}?`,
  ]);
  return two(question, pair, `${pair[0].answer}; ${pair[1].answer}`);
}

function isOfSame(one: Fact, other: Fact): boolean {
  return one.document.packageName === other.document.packageName;
}

function pairOf(facts: readonly Fact[], random: Random): readonly [Fact, Fact] | null {
  if (facts.length < 2) return null;
  const [one, other] = [random.pick(facts), random.pick(facts)];
  return isOfSame(one, other) ? null : [one, other];
}

function two(question: string, pair: readonly [Fact, Fact], answer: string): MadeQuestion {
  return {
    question,
    category: 'two documents',
    answer,
    gold: pair.map(({ document, passage }) => ({ itemId: document.path, passage })),
    packageNames: pair.map(({ document }) => document.packageName),
  };
}
