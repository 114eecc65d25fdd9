import type { LikeTerms } from './like-terms.ts';
import type { Resting } from './resting.ts';

/** What words end in when they are declined, beyond what stands there without it. */
const ENDING = /^(?:e|en|er|es|em|ern|n|nen|s)$/u;
/** Shorter parts stand in other words by chance. */
const LEAST_PART = 4;
const LEAST_REST = 3;
const SHARES = { declined: 0.9, part: 0.5 } as const;
/** Of each term, and of a question. */
const MOST_FOUND = 24;
const MOST_TERMS = 24;
const TERMS_A_SLICE = 512;

/**
 * For each of a question's terms those that it is a part of, as first or last, or that are a part of it, and its other cases: "Speicher" for
 * "Speichergröße", "Fassungen" for "Fassung". In slices.
 */
export async function compoundsOf(
  terms: readonly string[],
  vocabulary: ReadonlySet<string>,
  resting: Resting,
): Promise<ReadonlyMap<string, LikeTerms>> {
  const wanted = terms.filter((term) => term.length >= LEAST_PART).slice(0, MOST_TERMS);
  const found = new Map<string, (readonly [string, number])[]>(wanted.map((term) => [term, []]));
  let seen = 0;
  for (const other of vocabulary) {
    if (++seen % TERMS_A_SLICE === 0) await resting.ifNeeded();
    if (other.length < LEAST_PART) continue;
    for (const term of wanted) {
      const share = shareOf(term, other);
      if (share > 0) found.get(term)?.push([other, share]);
    }
  }
  for (const [term, others] of found)
    found.set(term, others.sort(([, one], [, other]) => other - one).slice(0, MOST_FOUND));
  return found;
}

function shareOf(one: string, other: string): number {
  const [part, whole] = one.length < other.length ? [one, other] : [other, one];
  const rest = whole.length - part.length;
  if (rest === 0) return 0;
  if (whole.startsWith(part)) {
    if (ENDING.test(whole.slice(part.length))) return SHARES.declined;
    return rest >= LEAST_REST ? SHARES.part : 0;
  }
  return rest >= LEAST_REST && whole.endsWith(part) ? SHARES.part : 0;
}
