import type { IndexedUnit } from './index-units.ts';
import { isGeneric } from './question-terms.ts';
import type { Resting } from './resting.ts';

/** How alike in meaning a term is to others, as cosines of -1 to 1, 0 to one that is not known; null where it is not known itself. */
export type TermLikeness = (term: string) => ((other: string) => number) | null;

/** Terms that may stand for another one, each with how much it counts in its place, 0-1; the most alike first. */
export type LikeTerms = readonly (readonly [term: string, share: number])[];

/** What cosine counts nothing, and from which on another word counts as much as it may. */
const COSINES = { none: 0.2, most: 0.6 } as const;
const MOST_SHARE = 0.8;
/** Of each term. */
const MOST_LIKE = 24;
/** A question may have thousands of words; the first ones have what is asked. */
const MOST_TERMS = 24;
const TERMS_A_SLICE = 512;

/** For each of a question's terms the terms of the units that mean about the same. In slices. */
export async function likeTermsOf(
  terms: readonly string[],
  units: readonly IndexedUnit[],
  { likeness, resting }: { readonly likeness: TermLikeness; readonly resting: Resting },
): Promise<ReadonlyMap<string, LikeTerms>> {
  const all = await vocabularyOf(units, resting);
  const found = new Map<string, LikeTerms>();
  for (const term of terms.filter((one) => !isGeneric(one)).slice(0, MOST_TERMS)) {
    const cosineTo = likeness(term);
    if (cosineTo === null) continue;
    const like: (readonly [string, number])[] = [];
    let seen = 0;
    for (const other of all) {
      const cosine = other === term ? 0 : cosineTo(other);
      if (cosine > COSINES.none) like.push([other, shareOf(cosine)]);
      if (++seen % TERMS_A_SLICE === 0) await resting.ifNeeded();
    }
    found.set(term, like.sort(([, one], [, other]) => other - one).slice(0, MOST_LIKE));
  }
  return found;
}

/** All terms of the passages that units are of. In slices. */
export async function vocabularyOf(units: readonly IndexedUnit[], resting: Resting): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for (const passage of new Set(units.map((unit) => unit.passage))) {
    for (const term of passage.terms) all.add(term);
    await resting.ifNeeded();
  }
  return all;
}

/** What is known of a term in two ways, each as much as it counts most. */
export function joinedLike(one: LikeTerms, other: LikeTerms): LikeTerms {
  const shares = new Map(one);
  for (const [term, share] of other) shares.set(term, Math.max(share, shares.get(term) ?? 0));
  return [...shares].sort(([, first], [, second]) => second - first);
}

function shareOf(cosine: number): number {
  return MOST_SHARE * Math.min(1, (cosine - COSINES.none) / (COSINES.most - COSINES.none));
}
