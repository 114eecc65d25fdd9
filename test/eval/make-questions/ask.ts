import type { Random } from '../../support/random.ts';
import type { Fact } from './fact.ts';
import { clauseOf, past, thirdPerson } from './verbs.ts';

/** A question with what answers it; nothing does when there is no gold. */
export interface MadeQuestion {
  readonly question: string;
  readonly category: Category;
  readonly answer: string | null;
  readonly gold: readonly { readonly itemId: string; readonly passage: string }[];
  /** Whom it is about, so that no package has all of them. */
  readonly packageNames: readonly string[];
}

export type Category =
  | 'option'
  | 'meaning'
  | 'function'
  | 'change'
  | 'date'
  | 'two documents'
  | 'other words'
  | 'unanswerable';

type Form = (subject: string, packageName: string) => string;

/** How a person asks for something by its name. */
const BY_NAME: Readonly<Record<Exclude<Fact['kind'], 'change'>, readonly Form[]>> = {
  default: [
    (name, of) => `What is the default of ${name} in ${of}?`,
    (name, of) => `Which value does ${name} have in ${of} when it is not set?`,
    (name, of) => `What does ${of} take for ${name} if I leave it out?`,
    (name, of) => `In ${of}, what does ${name} default to?`,
  ],
  purpose: [(name, of) => `What does ${name} do in ${of}?`, (name, of) => `What is ${name} for in ${of}?`],
  error: [(name, of) => `What does the error ${name} of ${of} mean?`, (name, of) => `Why do I get ${name} from ${of}?`],
  flag: [
    (name, of) => `What does the flag ${name} of ${of} do?`,
    (name, of) => `What happens when I call ${of} with ${name}?`,
  ],
  variable: [
    (name, of) => `What is the environment variable ${name} for in ${of}?`,
    (name, of) => `What does ${of} do with the environment variable ${name}?`,
  ],
  returns: [
    (name, of) => `What does ${name} of ${of} return?`,
    (name, of) => `What do I get back from ${name} in ${of}?`,
  ],
  throws: [
    (name, of) => `When does ${name} of ${of} throw?`,
    (name, of) => `In which case does ${name} throw in ${of}?`,
  ],
  release: [
    (version, of) => `When was version ${version} of ${of} released?`,
    (version, of) => `On which day did ${of} ${version} come out?`,
  ],
  licence: [(_, of) => `What is the license of ${of}?`, (_, of) => `Which license does ${of} have?`],
  node: [(_, of) => `Which version of Node.js does ${of} need?`],
};

const CATEGORIES: Readonly<Record<Fact['kind'], Category>> = {
  ...{ default: 'option', purpose: 'meaning', error: 'meaning', flag: 'meaning', variable: 'meaning' },
  ...{ returns: 'function', throws: 'function', release: 'date', change: 'change', node: 'option', licence: 'option' },
};

export type NamedKind = keyof typeof BY_NAME;

/** A question for something by its name, whether it is there or not. */
export function askByName(kind: NamedKind, subject: string, packageName: string, random: Random): string {
  return random.pick(BY_NAME[kind])(subject, packageName);
}

/** Questions for a fact: by its name and, where what it does is said with a verb, by that. */
export function askFact(fact: Fact, random: Random): MadeQuestion[] {
  const { kind, subject, answer, document } = fact;
  const made = (question: string, wanted: string, category = CATEGORIES[kind]): MadeQuestion => ({
    question,
    category,
    answer: wanted,
    gold: [{ itemId: document.path, passage: fact.passage }],
    packageNames: [document.packageName],
  });
  if (kind === 'change') return askChange(fact, made, random);
  const byName = made(askByName(kind, subject, document.packageName, random), answer);
  if (kind === 'release') {
    return random.chance(0.7)
      ? [byName]
      : [made(`Which version of ${document.packageName} came out on ${spelled(answer)}?`, subject)];
  }
  const clause = ['purpose', 'flag'].includes(kind) ? clauseOf(answer) : null;
  if (clause === null || random.chance(0.5)) return [byName];
  const what = kind === 'flag' ? 'flag' : 'part';
  const { verb, rest } = clause;
  return [made(`Which ${what} of ${document.packageName} ${thirdPerson(verb)} ${rest}?`, subject)];
}

function askChange(
  { subject, answer, document, day }: Fact,
  made: (question: string, wanted: string, category?: Category) => MadeQuestion,
  random: Random,
): MadeQuestion[] {
  const clause = clauseOf(subject);
  if (clause === null) return [];
  const { rest } = clause;
  const verb = clause.verb === 'support' ? 'begin to support' : clause.verb;
  const of = document.packageName;
  if (day !== undefined && random.chance(0.4)) return [made(`When did ${of} ${verb} ${rest}?`, day, 'date')];
  return [
    made(
      random.chance(0.5)
        ? `Which version of ${of} ${past(verb)} ${rest}?`
        : `In which release did ${of} ${verb} ${rest}?`,
      answer,
    ),
  ];
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `2 July 2015`, as it is said and not as it is written. */
export function spelled(day: string): string {
  return DAY.format(new Date(`${day}T12:00Z`));
}
