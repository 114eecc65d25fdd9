import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../../support/random.ts';
import type { EvalItem } from '../../question-set.ts';
import { type Fact, type PackageDocument, plainFacts } from '../fact.ts';
import { factsOf, writeLines } from '../make-set.ts';
import { makeConversation } from './conversation.ts';
import { manualFacts, readManuals } from './manuals.ts';

/** A question with what answers it, as a set's file has it. */
export interface HeldOutQuestion {
  readonly question: string;
  readonly category: string;
  readonly answer: string | null;
  readonly evidence: readonly string[];
  readonly passage?: readonly string[];
  readonly half: 'report';
}

type Form = (subject: string, of: string) => string;

/** Ways to ask that the other set does not have: in a hurry, politely, in keywords, with a story around, in other languages. */
const WORDINGS: Readonly<Record<'default' | 'purpose' | 'name', readonly Form[]>> = {
  default: [
    (name, of) => `${of} ${name} default`,
    (name, of) => `I never touched ${name} in my ${of} config. What is it then?`,
    (name, of) => `Could you tell me the value that ${of} assumes for ${name}?`,
    (name, of) => `We are setting up ${of} at work and somebody asked about ${name}: what is the standard value?`,
    (name, of) => `Was ist der Standardwert von ${name} bei ${of}?`,
    (name, of) => `${of}: quelle est la valeur par défaut de ${name} ?`,
  ],
  purpose: [
    (name, of) => `${name} ${of} meaning`,
    (name, of) => `Explain ${name} of ${of} please.`,
    (name, of) => `I found ${name} in a script that calls ${of}. What effect does it have?`,
    (name, of) => `Why would anybody set ${name} in ${of}?`,
    (name, of) => `Wozu dient ${name} in ${of}?`,
    (name, of) => `¿Para qué sirve ${name} en ${of}?`,
  ],
  name: [
    (said, of) => `Is there anything in ${of} for this: ${said}`,
    (said, of) => `Name the setting of ${of} that fits: ${said}`,
  ],
};

const SHARES = { default: 70, purpose: 60, name: 20, absent: 50 };

/** Documents and wordings of another origin than those of the set that answers are calibrated on. */
export function makeHeldOut(seed: number): { readonly items: EvalItem[]; readonly questions: HeldOutQuestion[] } {
  const random = seededRandom(seed);
  const pages = readManuals();
  const facts = plainFacts([...factsOf(pages), ...pages.flatMap(manualFacts)]);
  const said = makeConversation(random);
  const items = pages.map(
    ({ packageName, path, text }): EvalItem => ({
      id: path,
      group: packageName,
      role: null,
      occurredAt: null,
      path,
      text,
    }),
  );
  const questions = [...askFacts(facts, random), ...askAbsent(facts, pages, random)].map(
    (made): HeldOutQuestion => ({ ...made, half: 'report' }),
  );
  return {
    items: [...items, ...said.items],
    questions: [...questions, ...said.questions.map((made): HeldOutQuestion => ({ ...made, half: 'report' }))],
  };
}

const FOLDER = join(import.meta.dirname, '../../data');
const NAME = 'held-out';

/** Writes the set; its file of items. */
export function makeHeldOutSet(seed: number, say: (line: string) => void): string {
  const { items, questions } = makeHeldOut(seed);
  say(`made ${questions.length} questions about ${items.length} documents and messages`);
  mkdirSync(FOLDER, { recursive: true });
  writeLines(
    join(FOLDER, `${NAME}.questions.jsonl`),
    questions.map(({ answer, ...question }) => (answer === null ? question : { ...question, answer })),
  );
  const file = join(FOLDER, `${NAME}.jsonl`);
  writeLines(
    file,
    items.map((item) => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null))),
  );
  return file;
}

type Made = Omit<HeldOutQuestion, 'half'>;

function askFacts(facts: readonly Fact[], random: Random): Made[] {
  const of = (kind: string) =>
    shuffled(
      facts.filter((fact) => fact.kind === kind),
      random,
    );
  const made = (fact: Fact, form: Form, subject: string, answer: string, category: string): Made => ({
    question: form(subject, fact.document.packageName),
    category,
    answer,
    evidence: [fact.document.path],
    passage: [fact.passage],
  });
  const purposes = of('purpose');
  const isOnly = (fact: Fact) => facts.every((other) => other === fact || other.answer !== fact.answer);
  const short = purposes.filter((fact) => isOnly(fact) && fact.answer.split(' ').length <= 16).slice(0, SHARES.name);
  return [
    ...of('default')
      .slice(0, SHARES.default)
      .map((fact) => made(fact, random.pick(WORDINGS.default), fact.subject, fact.answer, 'manual, default')),
    ...purposes
      .filter((fact) => !short.includes(fact))
      .slice(0, SHARES.purpose)
      .map((fact) => made(fact, random.pick(WORDINGS.purpose), fact.subject, fact.answer, 'manual, meaning')),
    ...short.map((fact) => made(fact, random.pick(WORDINGS.name), fact.answer, fact.subject, 'manual, name')),
  ];
}

/** Names that are put together from two others, and stand nowhere. */
function askAbsent(facts: readonly Fact[], pages: readonly PackageDocument[], random: Random): Made[] {
  const all = pages.map(({ text }) => squeezed(text)).join('\n');
  const named = facts.filter(({ kind }) => kind === 'default' || kind === 'purpose');
  const made: Made[] = [];
  for (let tries = 0; made.length < SHARES.absent && tries < SHARES.absent * 50; tries++) {
    const [one, other] = [random.pick(named), random.pick(named)];
    const [own, others] = [one, other].map(({ subject }) => subject.split(/(?<=[A-Za-z])(?=[-_])/));
    if (own === undefined || others === undefined || own.length < 2 || others.length < 2) continue;
    const subject = [...own.slice(0, -1), others.at(-1)].join('');
    if (/-.*_|_.*-/.test(subject) || one.document.packageName !== other.document.packageName) continue;
    if (all.includes(squeezed(subject))) continue;
    const kind = one.kind === 'default' ? 'default' : 'purpose';
    made.push({
      question: random.pick(WORDINGS[kind])(subject, one.document.packageName),
      category: 'manual, absent',
      answer: null,
      evidence: [],
    });
  }
  return made;
}

function squeezed(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}\n]/gu, '');
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
