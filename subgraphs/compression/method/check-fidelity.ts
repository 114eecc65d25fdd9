import { type Fact, findFacts } from './find-facts.ts';
import { factWeight } from './index-units.ts';
import { splitUnits } from './split-units.ts';
import { withoutMarkup } from './without-markup.ts';

/**
 * Share of the numbers, names and negations of `original` that are in `summary`, 0-1, frequent ones counting more; 1 when
 * there were none. Judges any method: a summary that drops a "not" loses the negation, however alike its words are.
 */
export function checkFidelity(original: string, summary: string): number {
  const counts = countFacts(original);
  const kept = countFacts(summary);
  let all = 0;
  let survived = 0;
  for (const [fact, count] of counts) {
    const weight = factWeight(count);
    all += weight;
    if (kept.has(fact)) survived += weight;
  }
  return all === 0 ? 1 : survived / all;
}

/** In how many different units of `text` each fact is. */
function countFacts(text: string): Map<Fact, number> {
  const counts = new Map<Fact, number>();
  for (const unit of new Set(splitUnits(text).map((unit) => unit.text))) {
    for (const fact of new Set(findFacts(withoutMarkup(unit)))) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  }
  return counts;
}
