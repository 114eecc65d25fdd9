import type { Random } from '../../../support/random.ts';
import type { EvalItem } from '../../question-set.ts';

/** A question about what was said, in the form of a set. */
export interface SaidQuestion {
  readonly question: string;
  readonly category: 'said' | 'said anew' | 'never said';
  readonly answer: string | null;
  readonly evidence: readonly string[];
}

const PROJECTS =
  'Falcon Heron Juniper Larch Magnet Nimbus Orchard Pebble Quartz Rowan Sable Tundra Umbra Violet Walnut Zephyr'.split(
    ' ',
  );
const PEOPLE = 'Amara Bruno Chiara Dmitri Esra Farid Greta Hugo Ines Jonas Keiko Lucia Mateo Nadia Oskar Priya'.split(
  ' ',
);
const CITIES = 'Lisbon Oslo Turin Ghent Porto Riga Tampere Bergen Malmö Cork'.split(' ');

/** What can be said of a project, how it is said, and how it is asked for by several people. */
interface Attribute {
  readonly value: (random: Random) => string;
  readonly says: readonly ((project: string, value: string) => string)[];
  readonly asks: readonly ((project: string) => string)[];
}

const ATTRIBUTES: readonly Attribute[] = [
  {
    value: (random) => `${random.below(80) + 12} 000 euros`,
    says: [
      (project, value) => `The budget for ${project} is ${value}, and not a cent more.`,
      (project, value) => `I talked to finance. ${project} gets a budget of ${value}.`,
    ],
    asks: [
      (project) => `How much money does ${project} have, what is its budget?`,
      (project) => `budget of ${project}`,
    ],
  },
  {
    value: (random) => `${random.below(27) + 1} ${random.pick(['March', 'May', 'August', 'October'])} 2027`,
    says: [
      (project, value) => `We agreed that ${project} ships on ${value}.`,
      (project, value) => `The launch of ${project} is on ${value}; the ship date is fixed.`,
    ],
    asks: [(project) => `When does ${project} ship?`, (project) => `On which day do we ship ${project}?`],
  },
  {
    value: (random) => random.pick(PEOPLE),
    says: [
      (project, value) => `${value} leads ${project} from now on.`,
      (project, value) => `About ${project}: ${value} leads the team, ask there first.`,
    ],
    asks: [(project) => `Who leads ${project}?`, (project) => `who is leading the ${project} team`],
  },
  {
    value: (random) => String(random.below(6_000) + 3_000),
    says: [
      (project, value) => `The staging server of ${project} listens on port ${value}.`,
      (project, value) => `${project} staging is up, the port is ${value}.`,
    ],
    asks: [(project) => `Which port does staging of ${project} use?`, (project) => `${project} staging port?`],
  },
  {
    value: (random) => random.pick(CITIES),
    says: [
      (project, value) => `The ${project} workshop takes place in ${value}.`,
      (project, value) => `For the workshop of ${project} we have a room in ${value}.`,
    ],
    asks: [
      (project) => `In which city is the workshop of ${project}?`,
      (project) => `where is the ${project} workshop`,
    ],
  },
];

const SMALL_TALK = [
  (name: string) => `${name} said the coffee machine is broken again.`,
  (name: string) => `Can somebody review the slides of ${name} before lunch?`,
  (name: string) => `Thanks, ${name}. That helped a lot.`,
  (name: string) => `I will be late today, please tell ${name}.`,
  (name: string) => `The train was full, so ${name} and I talked about holidays and bicycles.`,
];

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 5, 9);

/** A conversation in which some things change, and questions about it: of each project some attributes are never spoken of. */
export function makeConversation(random: Random): { readonly items: EvalItem[]; readonly questions: SaidQuestion[] } {
  const items: EvalItem[] = [];
  const questions: SaidQuestion[] = [];
  const say = (text: string): string => {
    const day = Math.floor(items.length / 6);
    const occurredAt = new Date(BEGIN_MS + day * DAY_MS + (items.length % 6) * 600_000).toISOString();
    const id = `said-${items.length}`;
    items.push({
      id,
      group: `day-${day}`,
      role: items.length % 2 === 0 ? 'USER' : 'ASSISTANT',
      occurredAt,
      path: null,
      text,
    });
    return id;
  };
  // What a model says is no evidence: facts are said by the user, small talk by both.
  const stateFact = (text: string): string => {
    if (items.length % 2 === 1) say(random.pick(SMALL_TALK)(random.pick(PEOPLE)));
    return say(text);
  };
  const known: {
    readonly project: string;
    readonly attribute: Attribute;
    readonly first: string;
    id: string;
    value: string;
    changed: boolean;
  }[] = [];
  for (const project of PROJECTS) {
    for (const attribute of ATTRIBUTES) {
      if (random.chance(0.35)) {
        questions.push({
          question: random.pick(attribute.asks)(project),
          category: 'never said',
          answer: null,
          evidence: [],
        });
        continue;
      }
      const value = attribute.value(random);
      known.push({
        project,
        attribute,
        first: value,
        value,
        changed: false,
        id: stateFact(random.pick(attribute.says)(project, value)),
      });
    }
  }
  for (const fact of known) {
    if (!random.chance(0.4)) continue;
    const value = fact.attribute.value(random);
    if (value === fact.first) continue;
    fact.value = value;
    fact.changed = true;
    fact.id = stateFact(
      `${random.pick(['Change of plans. ', 'Forget what I said. ', 'News: ', ''])}${random.pick(fact.attribute.says)(fact.project, value)}`,
    );
  }
  for (const { project, attribute, value, id, changed } of known)
    questions.push({
      question: random.pick(attribute.asks)(project),
      category: changed ? 'said anew' : 'said',
      answer: value,
      evidence: [id],
    });
  return { items, questions };
}
