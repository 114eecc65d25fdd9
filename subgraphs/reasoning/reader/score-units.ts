import { isQuestion } from '@supercontext/text/questions.ts';
import { termsOf } from '@supercontext/text/terms.ts';
import type { TypedToken } from './asked-type.ts';
import type { IndexedUnit } from './index-units.ts';
import { newTokens } from './new-tokens.ts';
import type { AskedTerms } from './question-terms.ts';
import type { Heading } from './reading-unit.ts';
import { saysDefault } from './says-default.ts';
import type { WeighedTerm } from './weigh-terms.ts';

/** What was found of a question in one unit. */
export interface ScoredUnit {
  readonly unit: IndexedUnit;
  readonly score: number;
  /** Weights of the question's terms, of which these shares stand in the unit, around it, beside it, elsewhere in its passage, nowhere. */
  readonly covered: number;
  readonly around: number;
  readonly beside: number;
  readonly elsewhere: number;
  readonly missing: number;
  /** Share of the names' weight that stands neither in the unit nor around it, 0-1; and of all that tell. */
  readonly missingNames: number;
  readonly missingTelling: number;
  /** Of what tells, the weight of the one thing that stands least in it or around it, as a share of the heaviest, 0-1. */
  readonly lacks: number;
  /** Things that look as what is asked for and do not stand in the question. */
  readonly typed: number;
  /** The heading above it that has such a thing where it has none itself. */
  readonly typedHeading: Heading | null;
  /** 1 where a default is asked for, and neither it nor what is around it says that something is one; a half of a row whose columns nobody names. */
  readonly lacksDefault: number;
  /** Share of its terms that the question does not have. */
  readonly novelty: number;
}

/**
 * Weights of the parts of a score: first as they were found on questions about public manuals, then changed one by one, on 2026-11-30, where
 * that quoted more right of the half to fit on of the set that `npm run eval` makes and of three smaller sets together.
 */
const SCORE = {
  ...{ around: 0.9, beside: 0.55, elsewhere: 0.1, typed: 0.17, nearness: 0.13, default: 0.1 },
  ...{ subject: 0.1, named: 0.1, explains: 0.04, missesName: 0.5, repeats: 0.2, rank: 0.015, length: 0.08 },
  ...{ returns: 0.15 },
  ...{ asks: 0.5, code: 0.1, heading: 0.15 },
} as const;
/** How manuals say it of a function. */
const RETURNS = /^returns?\b/iu;
const [RETURN = ''] = termsOf('return');
const LEAST_NOVELTY = 0.3;
const USUAL_TERMS = 12;
const NEAR_CHARACTERS = 30;
/** A later passage is not held to be worse for ever. */
const LAST_RANK = 10;
const MAXIMUM_TERM_PLACES = 20;

/** How well a unit answers. Each term of the question counts once, at its nearest place. */
export function scoreUnit(unit: IndexedUnit, asked: AskedTerms, weighed: readonly WeighedTerm[]): ScoredUnit {
  const places = placesOf(unit, weighed);
  const { covered, around, beside, elsewhere } = places;
  const { terms } = unit.own;
  const novelty = terms.size === 0 ? 0 : terms.difference(asked.termSet).size / terms.size;
  const isCode = unit.kind === 'code' && CODE_SIGN.test(unit.text);
  const explains = asked.type === 'meaning' || asked.type === 'reason';
  const found = isCode && explains ? [] : newTokens(unit.text, asked);
  const typedHeading = found.length > 0 ? null : headingWithToken(unit, asked);
  const isSetting = unit.isSetting === true;
  const isDefault = isSetting || saysDefault(unit.text, asked.termSet);
  let score = covered + SCORE.around * around + SCORE.beside * beside + SCORE.elsewhere * elsewhere;
  if (asked.type !== null) score += found.length > 0 || typedHeading !== null ? SCORE.typed : -SCORE.typed;
  score += SCORE.nearness * nearness(unit.text, found, asked);
  if (isAbout(unit, asked)) score += explains ? SCORE.subject + SCORE.explains : SCORE.subject;
  if (isNamed(unit, asked)) score += SCORE.named;
  if (asked.termSet.has(RETURN) && RETURNS.test(unit.text)) score += SCORE.returns;
  if (asked.asksDefault && isDefault) score += SCORE.default;
  score -= SCORE.missesName * places.missingNames;
  if (novelty < LEAST_NOVELTY && typedHeading === null) score -= SCORE.repeats * (1 - novelty / LEAST_NOVELTY);
  score -= SCORE.rank * Math.min(unit.rank, LAST_RANK);
  score -= SCORE.length * Math.max(0, Math.log(unit.terms.length / USUAL_TERMS));
  if (isQuestion(unit.text)) score -= SCORE.asks;
  if (unit.kind === 'code' && !isSetting && !isDefault && !/^--?\p{L}/u.test(unit.text)) score -= SCORE.code;
  if (unit.kind === 'heading' && found.length === 0) score -= SCORE.heading;
  const mayBeDefault = !asked.asksDefault || isDefault || saysDefault(unit.context.text, asked.termSet);
  const lacksDefault = mayBeDefault ? 0 : unit.isNameless === true ? 0.5 : 1;
  return { unit, score, ...places, typed: found.length, typedHeading, lacksDefault, novelty };
}

type Places = Pick<
  ScoredUnit,
  'covered' | 'around' | 'beside' | 'elsewhere' | 'missing' | 'missingNames' | 'missingTelling' | 'lacks'
>;

function placesOf(unit: IndexedUnit, weighed: readonly WeighedTerm[]): Places {
  const sums = { own: 0, context: 0, neighbours: 0, passage: 0 };
  let [total, missing, names, missingNames, telling, missingTelling, heaviest, lacks] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const { weight, isName, isTelling, meets: meetsIt } of weighed) {
    total += weight;
    let left = 1;
    for (const where of ['own', 'context', 'neighbours', 'passage'] as const) {
      const at = unit[where];
      const met = 'text' in at ? meetsIt(at) : at.reduce((most, one) => Math.max(most, meetsIt(one)), 0);
      const share = Math.min(left, met);
      sums[where] += weight * share;
      left = left - share < 0.5 ? 0 : left - share;
      if (left === 0) break;
    }
    missing += weight * left;
    const far = 1 - Math.max(meetsIt(unit.own), meetsIt(unit.context));
    if (isName) {
      names += weight;
      missingNames += weight * far;
    }
    if (isTelling) {
      heaviest = Math.max(heaviest, weight);
      lacks = Math.max(lacks, weight * far);
      telling += weight;
      missingTelling += weight * left;
    }
  }
  const share = (part: number, of: number) => (of === 0 ? 0 : part / of);
  return {
    covered: share(sums.own, total),
    around: share(sums.context, total),
    beside: share(sums.neighbours, total),
    elsewhere: share(sums.passage, total),
    missing: share(missing, total),
    missingNames: share(missingNames, names),
    missingTelling: share(missingTelling, telling),
    lacks: share(lacks, heaviest),
  };
}

/** Lines of programs have these, what is said about them seldom has. */
const CODE_SIGN = /[{}();=]|^\W/u;
/** As much of a unit names what it is about. */
const SUBJECT_LENGTH = 48;

/** Whether a unit begins with a name that is asked about, or is the first that stands under it. */
function isAbout(
  { text, kind, headings, parents, isFirst, about }: IndexedUnit,
  { names, subjects }: AskedTerms,
): boolean {
  if (kind === 'heading') return false;
  const start = text.slice(0, SUBJECT_LENGTH);
  const heading = headings.at(-1)?.text;
  const above = [isFirst ? heading : undefined, parents.at(-1)].filter((one) => one !== undefined);
  const begins = (name: string) =>
    start
      .toLowerCase()
      .replace(/^[^\p{L}\p{N}]+/u, '')
      .startsWith(name.toLowerCase());
  const isNamed = names.some(
    ({ text: name, standsIn }) =>
      !standsIn(about) && (begins(name) || above.some((one) => one.length < 2 * name.length + 24 && standsIn(one))),
  );
  return (
    isNamed ||
    subjects.some(
      (subject) => begins(`${subject} `) || begins(`${subject}:`) || begins(`${subject};`) || begins(`${subject}\``),
    )
  );
}

/** What a row, an item or a line is about, where it begins with the name of it. */
const LEADING_NAME = /^[`*"'“]{0,3}([\p{L}$_@-][\p{L}\p{N}$_.@/-]{0,60})[`*"'”]{0,3}(?=\s*(?:$|[;:(=,–—-]))/u;

/** Whether a unit, or what it stands under, begins with the very word that is asked about. */
function isNamed({ text, headings, parents }: IndexedUnit, { names, subjects }: AskedTerms): boolean {
  const asked = [...subjects, ...names.map((name) => name.text)].map((name) => name.toLowerCase());
  return [text, parents.at(-1), headings.at(-1)?.text].some((one) => {
    const name = one === undefined ? undefined : LEADING_NAME.exec(one)?.[1];
    return name !== undefined && asked.includes(name.toLowerCase());
  });
}

/** Changes stand under their version, entries under their date. */
function headingWithToken({ headings }: IndexedUnit, asked: AskedTerms): Heading | null {
  return headings.findLast(({ text }) => newTokens(text, asked).length > 0) ?? null;
}

/** 1 beside a term of the question, less the farther. */
function nearness(text: string, tokens: readonly TypedToken[], { termSet }: AskedTerms): number {
  if (tokens.length === 0) return 0;
  const lower = text.toLowerCase();
  let nearest = Number.POSITIVE_INFINITY;
  for (const term of termSet) {
    let at = lower.indexOf(term);
    for (let seen = 0; at !== -1 && seen < MAXIMUM_TERM_PLACES; seen++) {
      for (const token of tokens) nearest = Math.min(nearest, Math.abs(token.at - at));
      at = lower.indexOf(term, at + 1);
    }
  }
  return 1 / (1 + nearest / NEAR_CHARACTERS);
}
