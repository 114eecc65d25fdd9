import { type Fact, findFacts } from './find-facts.ts';
import { findTerms } from './find-terms.ts';
import type { Unit } from './split-units.ts';
import { withoutMarkup } from './without-markup.ts';

/** What the units of one text are about, as numbers: `[unit] -> distinct features`, `[feature] -> weight`. */
export interface UnitIndex {
  readonly units: readonly Unit[];
  /** Terms and facts of each unit, each once. */
  readonly features: readonly Int32Array[];
  /** Worth of having a feature in the summary; 0 for none. */
  readonly weights: Float64Array;
  /** The same for facts alone: together what fidelity is a share of. */
  readonly factWeights: Float64Array;
}

/** A fact counts beside the terms it is made of, so it is worth less than one of them. */
const FACT_SHARE = 0.5;
/** Worth of what occurs once: it may be a slip of the pen, but it beats saying nothing new. */
const SEEN_ONCE = 0.3;

/**
 * Weighs each feature by how often the text speaks of it and how well it tells its parts apart: ln(1 + n) · ln(1 + N / n)
 * for a feature of n among N units. What is in every sentence says as little as what is in one, and a line that is there
 * many times word for word (a licence, a greeting) is one unit.
 */
export function indexUnits(units: readonly Unit[]): UnitIndex {
  const ids = new Map<string, number>();
  const isFact: boolean[] = [];
  const counts: number[] = [];
  const seen = new Set<string>();
  const features = units.map(({ text }) => {
    const isNew = !seen.has(text);
    seen.add(text);
    const own = new Set<number>();
    const said = withoutMarkup(text);
    for (const term of findTerms(said)) own.add(idOf(ids, term, isFact, false));
    for (const fact of findFacts(said)) own.add(idOf(ids, fact, isFact, true));
    for (const feature of own) counts[feature] = (counts[feature] ?? 0) + (isNew ? 1 : 0);
    return Int32Array.from(own);
  });
  const weights = new Float64Array(counts.length);
  const factWeights = new Float64Array(counts.length);
  for (const [feature, count] of counts.entries()) {
    const weight = count === 1 ? SEEN_ONCE : Math.log(1 + count) * Math.log(1 + seen.size / count);
    weights[feature] = isFact[feature] === true ? weight * FACT_SHARE : weight;
    if (isFact[feature] === true) factWeights[feature] = factWeight(count);
  }
  return { units, features, weights, factWeights };
}

/** What often comes back matters more, but ten mentions are not ten facts. */
export function factWeight(count: number): number {
  return Math.log2(1 + count);
}

// Facts begin with a mark that no term has, so both share one table.
function idOf(ids: Map<string, number>, feature: string | Fact, isFact: boolean[], fact: boolean): number {
  const known = ids.get(feature);
  if (known !== undefined) return known;
  ids.set(feature, isFact.length);
  return isFact.push(fact) - 1;
}
