import { termsOf } from '@supercontext/text/terms.ts';
import type { AskedName } from './asked-names.ts';
import { compoundsOf } from './compound-words.ts';
import type { IndexedUnit, Words } from './index-units.ts';
import { otherForms } from './irregular-verbs.ts';
import { joinedLike, type LikeTerms, likeTermsOf, type TermLikeness, vocabularyOf } from './like-terms.ts';
import { ASIDE_SHARE, type AskedTerms, meets, tellingShare } from './question-terms.ts';
import type { Resting } from './resting.ts';

/** What is asked for, in units of which each is met as a whole: a word, or a name. */
export interface WeighedTerm {
  readonly weight: number;
  readonly isName: boolean;
  readonly isTelling: boolean;
  /** How far it is in a text, 0-1. */
  readonly meets: (words: Words) => number;
}

/** What a name's parts count where it does not stand there itself: `keepAlive` of `keepAliveTimeout` is something else. */
const PARTS_SHARE = 0.4;

/**
 * The words and names of a question, each weighed by how rare it is among the units; what is in none weighs most. Where it is known which terms
 * mean about the same, a word is met by those, too. In slices.
 */
export async function weighTerms(
  { words, asideWords, kinds, names, subjects, hasCompounds }: AskedTerms,
  units: readonly IndexedUnit[],
  { likeness, resting }: { readonly likeness: TermLikeness | null; readonly resting: Resting },
): Promise<WeighedTerm[]> {
  const weightOf = (count: number) => Math.log(1 + units.length / (count || 0.5));
  const terms = [...words, ...asideWords];
  const counts = await countUnits(terms, units, resting);
  const like = likeness === null ? null : await likeTermsOf(terms, units, { likeness, resting });
  const parts = hasCompounds ? await compoundsOf(terms, await vocabularyOf(units, resting), resting) : null;
  const named = new Set(subjects.flatMap((subject) => termsOf(subject)));
  const ofWords: WeighedTerm[] = [];
  for (const [at, term] of terms.entries()) {
    const share = at < words.length ? tellingShare(term) : ASIDE_SHARE * tellingShare(term);
    const meetsTerm = wordMeter(term, joinedLike(like?.get(term) ?? [], parts?.get(term) ?? []));
    let count = counts.get(term) ?? 0;
    if (like?.has(term) || parts?.has(term)) {
      for (const { own } of units) {
        const met = meetsTerm(own);
        if (met < 1) count += met;
        await resting.ifNeeded();
      }
    }
    ofWords.push({
      weight: share * weightOf(count),
      // What is asked about as names are and stands nowhere is a name that these texts do not know.
      isName: count === 0 && named.has(term),
      isTelling: share === 1 && !kinds.has(term),
      meets: meetsTerm,
    });
  }
  const ofNames: WeighedTerm[] = [];
  for (const name of names) {
    const meetsName = nameMeter(name);
    let count = 0;
    for (const { own } of units) {
      if (meetsName(own) === 1) count++;
      await resting.ifNeeded();
    }
    ofNames.push({ weight: weightOf(count), isName: true, isTelling: true, meets: meetsName });
  }
  return [...ofWords, ...ofNames];
}

/** In how many units each term stands: once through all of their terms, as a question may have thousands of words. */
async function countUnits(
  terms: readonly string[],
  units: readonly IndexedUnit[],
  resting: Resting,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(terms.map((term) => [term, 0]));
  const askedAs = new Map(terms.flatMap((term) => [term, ...otherForms(term)].map((form) => [form, term] as const)));
  for (const { own } of units) {
    const met = new Set<string>();
    for (const term of own.terms) {
      const asked = askedAs.get(term);
      if (asked !== undefined) met.add(asked);
    }
    for (const term of met) counts.set(term, (counts.get(term) ?? 0) + 1);
    await resting.ifNeeded();
  }
  return counts;
}

/** How far a word is in a text: itself, in other words for it, or in one that means about the same; each text looked at once. */
function wordMeter(term: string, like: LikeTerms): (words: Words) => number {
  if (like.length === 0) return ({ terms }) => meets(terms, term);
  return remembered(({ terms }) => {
    const met = meets(terms, term);
    const [, share = 0] = met === 1 ? [] : (like.find(([other]) => terms.has(other)) ?? []);
    return Math.max(met, share);
  });
}

/** How far a name is in a text, each text looked at once. */
function nameMeter({ terms, standsIn }: AskedName): (words: Words) => number {
  return remembered((text) => {
    const own = terms.filter((term) => text.terms.has(term)).length;
    if (own === 0) return 0;
    return standsIn(text.text) ? 1 : (PARTS_SHARE * own) / terms.length;
  });
}

function remembered(meets: (words: Words) => number): (words: Words) => number {
  const known = new Map<Words, number>();
  return (words) => {
    const share = known.get(words) ?? meets(words);
    known.set(words, share);
    return share;
  };
}
