import { termsOf } from '@supercontext/text/terms.ts';
import { newTokens } from './new-tokens.ts';
import { type AskedTerms, boundsInWords, meets } from './question-terms.ts';
import type { ScoredUnit } from './score-units.ts';

/** Of what contradicts, how much less of what is asked for may stand in it, and in it or around it. */
const ABOUT_AS_WELL = { covered: 0.1, near: 0.02 };
/** Of what says nothing but what is asked, or denies it in the same words, how much of it at least, beside the best. */
const LEAST_NEAR = 0.6;
/** The same of a key under another, and of a row, which have no verbs. */
const LEAST_NEAR_OF_KEY = 0.55;
/** What is denied in one word lacks the word that is asked for. */
const LEAST_NEAR_OF_DENIAL = 0.5;
const KEY = /^[^\s:=]{1,60}\s?[:=]\s*\S{1,60}(?=$|\s+(?:[;#]|\/\/))/;
/** Of the terms of two sentences, how many are those of both: of the shorter one, of the longer one. */
const SAME_WORDS = { ofShorter: 0.75, ofLonger: 0.5, but: 0.8 };

const NEGATION =
  /(?<![\p{L}\p{M}])(?:not|never|no|cannot|nobody|nicht|kein\p{L}{0,2}|nie|niemals|pas|jamais|nunca|non|mai|não|не|нельзя|никогда|нет|niet|geen)(?![\p{L}\p{M}])|n[’']t(?!\p{L})|[不没沒未]|ない|ません|않|없/giu;
/** What is denied in one word, as it is denied in two. */
const DENIED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:forbidden|prohibited|disallowed|banned)\b/giu, 'not allowed'],
  [/\bdisabled\b/giu, 'not enabled'],
  [/\boptional\b/giu, 'not required'],
  [/\bimpossible\b/giu, 'not possible'],
  [/(?<!\p{L})verboten(?!\p{L})/giu, 'nicht erlaubt'],
];
/** What holds in one case and not in another is no contradiction. */
const IN_ONE_CASE =
  /\b(?:if|when|unless|until|without|while|wenn|falls|solange|si|quand|cuando)\b|[如若]果|если|когда/iu;
const NUMBER = /(?<![\p{L}\p{N}_.])[-+]?\d[\d.,_]*/gu;
/** Words that say nothing of what a value is of. */
const FILLING = new Set(
  termsOf('may can must should will shall value set configured currently now since always only just please note'),
);

/**
 * Whether another place says something else of the same: denies it, has another value in a sentence about as near, or in one that speaks of
 * nothing else, or the same sentence with other numbers. @param units The best first, `best` among them
 */
export function isContradicted(best: ScoredUnit, units: readonly ScoredUnit[], asked: AskedTerms): boolean {
  const values = valuesOf(best, asked);
  const near = best.covered + best.around;
  return units.some((other) => {
    if (other.unit === best.unit || other.unit.text === best.unit.text) return false;
    const isAsNear =
      other.covered >= best.covered - ABOUT_AS_WELL.covered &&
      other.covered + other.around >= near - ABOUT_AS_WELL.near;
    const least = isKeyed(other) ? LEAST_NEAR_OF_KEY : LEAST_NEAR;
    const isNear = isAsNear || other.covered + other.around >= least * near;
    return (
      (isNear && hasOtherValue({ best, other, values, isAsNear }, asked)) ||
      (other.covered + other.around >= LEAST_NEAR_OF_DENIAL * near && denies(best.unit.text, other.unit.text)) ||
      (isAsNear && hasOtherNumbers(best.unit.text, other.unit.text, asked))
    );
  });
}

function isKeyed({ unit: { kind, parents, text } }: ScoredUnit): boolean {
  return kind === 'row' || (parents.length > 0 && KEY.test(text));
}

interface Compared {
  readonly best: ScoredUnit;
  readonly other: ScoredUnit;
  readonly values: ReadonlySet<string>;
  readonly isAsNear: boolean;
}

function hasOtherValue({ best, other, values, isAsNear }: Compared, asked: AskedTerms): boolean {
  if (asked.type === null || asked.type === 'meaning' || asked.type === 'reason') return false;
  if (best.typed === 0 || other.typed === 0 || !valuesOf(other, asked).isDisjointFrom(values)) return false;
  if (isAsNear && other.unit.rank !== best.unit.rank) return true;
  if (asked.asksDefault && other.lacksDefault > 0) return false;
  return other.missingNames <= best.missingNames && saysNothingElse(other, best, asked);
}

/** "30 seconds" and "30s" are the same. */
function valuesOf({ unit }: ScoredUnit, asked: AskedTerms): ReadonlySet<string> {
  return new Set(
    newTokens(unit.text, asked).map(({ text }) => {
      const [, number, sign = ''] = /^(\d[\d.,_]*)\s?-?(\p{L}?)\p{L}*$/u.exec(text) ?? [];
      return number === undefined ? text.toLowerCase() : `${number.replaceAll(/[,_]/g, '')}${sign.toLowerCase()}`;
    }),
  );
}

/** Whether a unit, with what it is next a part of, has no word but values and those that are asked for or that the best has. */
function saysNothingElse({ unit }: ScoredUnit, best: ScoredUnit, asked: AskedTerms): boolean {
  // What is said behind a setting may be anything.
  const own = KEY.exec(unit.text)?.[0] ?? unit.text;
  let said = [...unit.parents.slice(-1), boundsInWords(own)].join('\n');
  for (const { text } of newTokens(unit.text, asked)) said = said.replaceAll(text, ' ');
  return termsOf(said).every(
    (term) => FILLING.has(term) || meets(asked.termSet, term) > 0 || best.unit.own.terms.has(term),
  );
}

/** Whether one of two sentences denies what the other says in the same words. */
function denies(one: string, other: string): boolean {
  if (IN_ONE_CASE.test(one) || IN_ONE_CASE.test(other)) return false;
  const [own, others] = [claimOf(one), claimOf(other)];
  if (own.isDenied === others.isDenied) return false;
  const [shorter, longer] = [own.terms, others.terms].sort((a, b) => a.size - b.size) as [Set<string>, Set<string>];
  const both = shorter.intersection(longer).size;
  return both >= 2 && both >= SAME_WORDS.ofShorter * shorter.size && both >= SAME_WORDS.ofLonger * longer.size;
}

function claimOf(text: string): { readonly isDenied: boolean; readonly terms: ReadonlySet<string> } {
  const spoken = DENIED.reduce((rest, [word, denial]) => rest.replace(word, denial), text);
  let count = 0;
  const plain = spoken.replace(NEGATION, () => {
    count++;
    return ' ';
  });
  return { isDenied: count % 2 === 1, terms: new Set(termsOf(plain)) };
}

/** Whether two sentences are the same but for numbers that nobody asked about. */
function hasOtherNumbers(one: string, other: string, { termSet }: AskedTerms): boolean {
  const numbersOf = (text: string) =>
    new Set([...text.matchAll(NUMBER)].map(([found]) => found.replace(/[.,_]+$/, '')));
  const [own, others] = [numbersOf(one), numbersOf(other)];
  if (own.size === 0 || others.size === 0) return false;
  const isNew = (number: string) => !termSet.has(number);
  if (![...own].some(isNew) || !own.isDisjointFrom(new Set([...others].filter(isNew)))) return false;
  const [words, otherWords] = [one, other].map((text) => new Set(termsOf(text.replace(NUMBER, ' ')))) as [
    Set<string>,
    Set<string>,
  ];
  const both = words.intersection(otherWords).size;
  return both >= 2 && both >= SAME_WORDS.but * Math.max(words.size, otherWords.size);
}
