import { termSetOf, termWeights } from '@supercontext/text/terms.ts';
import { splitUnits, type Unit } from '@supercontext/text/units.ts';

/** A stretch of a text, in UTF-16 units. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What an answer says about a citation: the sentences that name its number; all of it, when none does. */
export function claimOf(answer: string, number: number): string {
  const names = new RegExp(`\\[[^\\]\\n]*\\b${number}\\b[^\\]\\n]*\\]`);
  const units = splitUnits(answer).map(({ from, to }) => answer.slice(from, to));
  const naming = units.flatMap((unit, index) => {
    if (!names.test(unit)) return [];
    // A number that stands behind the full stop speaks of the sentence before it.
    return termSetOf(unit.replaceAll(/\[[^\]]*\]/g, '')).size === 0 ? [units[index - 1] ?? '', unit] : [unit];
  });
  return naming.length === 0 ? answer : naming.join(' ');
}

/**
 * The sentence, item, row or line of `text` that says most of what `claim` says, words counted by their rarity there.
 * @param shown The part of it that the model saw: only what is in there can be meant
 * @returns null where no word is in both
 */
export function findCited(text: string, shown: string, claim: string): Stretch | null {
  const seen = withoutBlanks(shown);
  const units = splitUnits(text).filter((unit) => seen.includes(withoutBlanks(wordsOf(text, unit))));
  const terms = units.map((unit) => termSetOf(wordsOf(text, unit)));
  const weightOf = termWeights(terms);
  const wanted = termSetOf(claim);
  let best: Stretch | null = null;
  let most = 0;
  for (const [index, { from, to }] of units.entries()) {
    const both = wanted.intersection(terms[index] ?? new Set());
    const weight = both.values().reduce((sum, term) => sum + weightOf(term), 0);
    if (weight <= most) continue;
    most = weight;
    best = { from, to };
  }
  return best;
}

function wordsOf(text: string, { from, to }: Unit): string {
  return text.slice(from, to);
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
