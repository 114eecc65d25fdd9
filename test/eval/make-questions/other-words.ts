import { termSetOf } from '@supercontext/text/terms.ts';
import type { Random } from '../../support/random.ts';
import type { MadeQuestion } from './ask.ts';
import type { Fact } from './fact.ts';
import { optionPhrase } from './option-phrases.ts';
import { OTHER_NOUNS, OTHER_VERBS, OTHER_WORDS } from './synonyms.ts';
import { clauseOf, isVerb, past } from './verbs.ts';

/** Of the terms of a question, how many may stand in its gold passage. */
const MOST_SHARED = 1;
const LARGEST_SHARED_RATIO = 0.25;
const LEAST_TERMS = 3;
const MOST_CLAUSE_WORDS = 10;
/** Nouns in a row that are all replaced are understood by nobody. */
const MOST_NOUNS_IN_A_ROW = 2;

/** A question that hides the name and says the rest in other words; null where too few of the words have others. */
export function askInOtherWords(fact: Fact, random: Random): MadeQuestion | null {
  const { document, passage, subject } = fact;
  const of = document.packageName;
  const asked = askedOf(fact, random);
  if (asked === null) return null;
  const question = withArticles(asked);
  if (!sharesFewTerms(question.replaceAll(of, ' '), passage)) return null;
  return {
    question,
    category: 'other words',
    answer: ['purpose', 'flag', 'variable'].includes(fact.kind) ? subject : fact.answer,
    gold: [{ itemId: document.path, passage }],
    packageNames: [of],
  };
}

function askedOf(fact: Fact, random: Random): string | null {
  const of = fact.document.packageName;
  if (fact.kind === 'default') return optionPhrase(fact.subject, of) ?? ofName(fact, of);
  if (fact.kind === 'node') return ofNode(fact, random);
  if (fact.kind !== 'licence') return ofClause(fact, random);
  return random.pick([`On what terms may I pass ${of} on?`, `What do I have to respect when I ship ${of}?`]);
}

function ofNode({ answer, document }: Fact, random: Random): string {
  const of = document.packageName;
  const major = Number(/\d+/.exec(answer)?.[0]);
  if (major < 4) return `How far back does ${of} still run on Node?`;
  const asked = major + random.pick([-4, -2, 2, 4]);
  return random.pick([
    `Can I run ${of} on Node ${asked}?`,
    `Our machines have Node ${asked}: is that recent enough for ${of}?`,
  ]);
}

/** Whether a question and a passage have at most one term in common, and at most a quarter of the question's. */
export function sharesFewTerms(question: string, passage: string): boolean {
  const terms = termSetOf(question);
  const said = termSetOf(passage);
  const shared = [...terms].filter((term) => said.has(term)).length;
  return terms.size >= LEAST_TERMS && shared <= MOST_SHARED && shared / terms.size <= LARGEST_SHARED_RATIO;
}

/** What is asked for a default by the parts of its name, as far as they make a phrase: `bodyLimit`, `maxRetries`, `ignoreErrors`. */
function ofName({ subject, answer }: Fact, of: string): string | null {
  const parts = subject.split(/(?<=[a-z])(?=[A-Z])|[_.-]/).map((part) => part.toLowerCase());
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  const between = (from: number, to: number): string | null => {
    const phrase = nounPhrase(parts.slice(from, to));
    return phrase === '' ? null : phrase;
  };
  if (/^timeout$/.test(last))
    return ask(
      between(0, -1),
      (what) => `How long does ${of} wait for the ${what} before it gives up, if I configure nothing?`,
    );
  if (/^limit$/.test(last))
    return ask(between(0, -1), (what) => `Where is the cap on the ${what} in ${of} if I configure nothing?`);
  if (/^max(?:imum)?$/.test(first)) {
    if (/^(?:length|size|bytes)$/.test(last))
      return ask(between(1, -1), (what) => `How big may the ${what} be in ${of} unless I decide otherwise?`);
    if (/[^s]s$/.test(last))
      return ask(between(1, parts.length), (what) => `How many ${what} does ${of} permit unless I decide otherwise?`);
    return ask(between(1, parts.length), (what) => `How much ${what} does ${of} permit unless I decide otherwise?`);
  }
  const verb = OTHER_VERBS.get(first);
  if (verb === undefined || !/^(?:true|false)$/.test(answer)) return null;
  return ask(between(1, parts.length), (what) => `Does ${of} ${verb} ${what} without being told to?`);
}

function ask(phrase: string | null, question: (phrase: string) => string): string | null {
  return phrase === null ? null : question(phrase);
}

/** Other words for all of `words`, or nothing. */
function nounPhrase(words: readonly string[]): string | null {
  if (words.length > MOST_NOUNS_IN_A_ROW || otherNoun(words.at(-1) ?? '') === undefined) return null;
  const others = words.map((word) => OTHER_WORDS.get(word) ?? otherNoun(word));
  return others.includes(undefined) ? null : others.join(' ');
}

function ofClause({ kind, subject, answer, document }: Fact, random: Random): string | null {
  if (!['purpose', 'flag', 'variable', 'change'].includes(kind)) return null;
  const clause = clauseOf(kind === 'change' ? subject : answer);
  if (clause === null || clause.rest.split(' ').length > MOST_CLAUSE_WORDS) return null;
  const verb = OTHER_VERBS.get(clause.verb);
  const rest = inOtherWords(clause.rest);
  if (verb === undefined || rest === null) return null;
  const of = document.packageName;
  if (kind === 'change') return `Which version of ${of} ${past(verb)} ${rest}?`;
  if (kind === 'flag') return `Which switch makes ${of} ${verb} ${rest}?`;
  return random.pick([`How can I ${verb} ${rest} with ${of}?`, `What in ${of} is there to ${verb} ${rest}?`]);
}

/**
 * A phrase in which every word that has another is replaced by it; names in code stay. Null where a word could be a verb
 * or a noun, or many nouns stand in a row: what became of those is not English.
 */
export function inOtherWords(text: string): string | null {
  const words: string[] = [];
  let before = '';
  let nouns = 0;
  for (const word of text.split(' ')) {
    const [, bare = '', end = ''] = /^([A-Za-z-]+)([.,]?)$/.exec(word) ?? [];
    const isName = bare === '' || /[A-Z]/.test(bare.slice(1));
    const lower = bare.toLowerCase();
    const verb = before === 'to' ? OTHER_VERBS.get(lower) : undefined;
    const noun = isName || verb !== undefined ? undefined : otherNoun(lower);
    const other = isName ? undefined : (OTHER_WORDS.get(lower) ?? verb ?? noun);
    nouns = noun === undefined ? 0 : nouns + 1;
    if (nouns > MOST_NOUNS_IN_A_ROW || (other === undefined && !isName && isVerb(lower))) return null;
    words.push(other === undefined ? word : `${other}${end}`);
    before = lower;
  }
  return words.join(' ');
}

function otherNoun(word: string): string | undefined {
  const exact = OTHER_NOUNS.get(word);
  // `supports` and `tests` may be what something does.
  if (exact !== undefined || !word.endsWith('s') || (isVerb(word) && !OTHER_NOUNS.has(word))) return exact;
  const one = [word.slice(0, -1), word.slice(0, -2), `${word.slice(0, -3)}y`].find((stem) => OTHER_NOUNS.has(stem));
  const other = OTHER_NOUNS.get(one ?? '');
  return other === undefined ? undefined : plural(other);
}

/** Of the head of a phrase: the word before `of`, or else the last one. */
function plural(phrase: string): string {
  const [, head = phrase, rest = ''] = /^(.*?)( of .*)?$/.exec(phrase) ?? [];
  if (/[^aeiou]y$/.test(head)) return `${head.slice(0, -1)}ies${rest}`;
  if (/(?:settings|information|RAM|blanks|speed|nesting)$/.test(head)) return phrase;
  return `${head}${/(?:s|x|ch|sh)$/.test(head) ? 'es' : 's'}${rest}`;
}

/** `a` or `an`, whichever the next word now takes. */
function withArticles(question: string): string {
  return question.replace(/\ban? (?=[a-z])/g, (_, at: number) =>
    /[aeio]/.test(question[question.indexOf(' ', at) + 1] ?? '') ? 'an ' : 'a ',
  );
}
