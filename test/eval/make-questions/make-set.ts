import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../support/random.ts';
import { BadInput } from '../json-lines.ts';
import { halfOf } from '../question-set.ts';
import type { MakeOptions } from '../read-options.ts';
import { NearMisses } from './absent.ts';
import { askFact, type Category, type MadeQuestion } from './ask.ts';
import { type Fact, type PackageDocument, plainFacts } from './fact.ts';
import { askInOtherWords } from './other-words.ts';
import { readDocuments } from './read-documents.ts';
import { changelogFacts } from './rules/changelogs.ts';
import { flagFacts } from './rules/command-flags.ts';
import { variableFacts } from './rules/environment-variables.ts';
import { functionFacts } from './rules/functions.ts';
import { listFacts } from './rules/lists.ts';
import { packageFileFacts } from './rules/package-files.ts';
import { tableFacts } from './rules/tables.ts';
import { askTwoDocuments } from './two-documents.ts';

const INSTALLED = join(import.meta.dirname, '../../../node_modules');
/** Not kept in the repository: what is in it belongs to others, and is made anew by every run. */
const FOLDER = join(import.meta.dirname, '../data');
const NAME = 'documentation';

const RULES = [tableFacts, listFacts, functionFacts, flagFacts, variableFacts, changelogFacts, packageFileFacts];

/** Share of each category among the questions. */
const SHARES: Readonly<Record<Category, number>> = {
  ...{ option: 0.125, meaning: 0.1, function: 0.0625, change: 0.0625, date: 0.125 },
  ...{ 'two documents': 0.125, 'other words': 0.2, unanswerable: 0.2 },
};
/** Of one category about one package, unless there are not enough others. */
const MOST_OF_ONE_PACKAGE = 3;
/** Made for each that is wanted, to choose from. */
const SPARE = 6;

/** What documents say that can be asked for. */
export function factsOf(documents: readonly PackageDocument[]): Fact[] {
  return plainFacts(documents.flatMap((document) => RULES.flatMap((rule) => rule(document))));
}

/**
 * Questions about documents by written rules: the same for the same documents and seed.
 *
 * @param count how many are wanted; fewer come where the documents give no more of a category
 */
export function makeQuestions(documents: readonly PackageDocument[], count: number, seed: number): MadeQuestion[] {
  const random = seededRandom(seed);
  const facts = factsOf(documents);
  const wanted = (category: Category) => Math.round(SHARES[category] * count);
  // Every package has a package.json, and few of the questions are about one.
  const isOften = ({ kind }: Fact) => kind === 'node' || kind === 'licence';
  const plain = facts.flatMap((fact) => (isOften(fact) && !random.chance(0.05) ? [] : askFact(fact, random)));
  const other = facts.flatMap((fact) =>
    isOften(fact) && !random.chance(0.06) ? [] : (askInOtherWords(fact, random) ?? []),
  );
  const all = [
    ...plain,
    ...other,
    ...askTwoDocuments(facts, random, wanted('two documents') * SPARE),
    ...new NearMisses(documents, facts).ask(random, wanted('unanswerable') * SPARE),
  ];
  const once = [...new Map(all.map((made) => [made.question, made])).values()];
  return (Object.keys(SHARES) as Category[]).flatMap((category) =>
    choose(
      once.filter((made) => made.category === category),
      wanted(category),
      random,
    ),
  );
}

function choose(questions: readonly MadeQuestion[], count: number, random: Random): MadeQuestion[] {
  const order = shuffled(questions, random);
  const counts = new Map<string, number>();
  const taken = order.filter(({ packageNames }) => {
    if (packageNames.some((name) => (counts.get(name) ?? 0) >= MOST_OF_ONE_PACKAGE)) return false;
    for (const name of packageNames) counts.set(name, (counts.get(name) ?? 0) + 1);
    return true;
  });
  return [...taken, ...order.filter((made) => !taken.includes(made))].slice(0, count);
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const at = random.below(last + 1);
    [order[last], order[at]] = [order[at] as Item, order[last] as Item];
  }
  return order;
}

/**
 * Writes the set of installed documentation; its file of items.
 *
 * @throws BadInput when there is nothing to ask
 */
export function makeDocumentationSet(options: MakeOptions, say: (line: string) => void, folder = FOLDER): string {
  const documents = readDocuments(options.from ?? INSTALLED, options.packages);
  const questions = makeQuestions(documents, options.questions, options.seed);
  if (questions.length === 0) throw new BadInput('the documents of these packages give no question');
  const packages = new Set(documents.map(({ packageName }) => packageName)).size;
  say(`made ${questions.length} questions about ${documents.length} documents of ${packages} packages`);
  mkdirSync(folder, { recursive: true });
  const items = documents.map(({ packageName, path, text }) => ({ id: path, group: packageName, path, text }));
  const asked = questions.map(({ question, category, answer, gold }) => ({
    question,
    category,
    half: halfOf(question),
    evidence: gold.map(({ itemId }) => itemId),
    ...(gold.length > 0 ? { passage: gold.map(({ passage }) => passage) } : {}),
    ...(answer === null ? {} : { answer }),
  }));
  writeLines(join(folder, `${NAME}.questions.jsonl`), asked);
  const file = join(folder, `${NAME}.jsonl`);
  writeLines(file, items);
  return file;
}

/** One JSON line a value. */
export function writeLines(file: string, values: readonly object[]): void {
  writeFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}
