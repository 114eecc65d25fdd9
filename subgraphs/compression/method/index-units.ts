import { CodeUnits } from '@supercontext/text/code-units.ts';
import { termsOf } from '@supercontext/text/terms.ts';
import { UnitTable } from '@supercontext/text/unit-table.ts';
import { eachWord } from '@supercontext/text/words.ts';
import { findFacts } from './find-facts.ts';
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
  const table = new FeatureTable();
  const seen = new Set<string>();
  const features = units.map(({ text }, unit) => {
    const isNew = !seen.has(text);
    seen.add(text);
    return table.featuresOf(withoutMarkup(text), unit, isNew);
  });
  const { counts, isFact } = table;
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

/** Numbers the terms and facts of one text in order of appearance, and counts the units they are in. */
class FeatureTable {
  readonly counts: number[] = [];
  readonly isFact: boolean[] = [];
  readonly #ids = new Map<string, number>();
  /** Number of a known word -> the numbers of its terms here: words repeat more than anything else. */
  readonly #words = new Map<number, readonly number[]>();
  readonly #lastUnit: number[] = [];

  constructor() {
    if (knownWords.size > MOST_KNOWN_WORDS) forgetWords();
  }

  /** The features of a unit, each once; `counts` says whether the unit counts. */
  featuresOf(text: string, unit: number, counts: boolean): Int32Array {
    const own: number[] = [];
    const units = codeUnits.of(text);
    eachWord(units, text.length, (from, to) => {
      for (const feature of this.#featuresOfWord(text, units, from, to)) this.#take(feature, unit, counts, own);
    });
    // Facts begin with a mark that no term has, so both share one table.
    for (const fact of findFacts(text)) this.#take(this.#ids.get(fact) ?? this.#add(fact, true), unit, counts, own);
    return new Int32Array(own);
  }

  #take(feature: number, unit: number, counts: boolean, own: number[]): void {
    if (this.#lastUnit[feature] === unit) return;
    this.#lastUnit[feature] = unit;
    if (counts) this.counts[feature] = (this.counts[feature] ?? 0) + 1;
    own.push(feature);
  }

  #featuresOfWord(text: string, units: Uint16Array, from: number, to: number): readonly number[] {
    if (to - from > LONGEST_KNOWN_WORD) return this.#idsOf(tellingTerms(text.slice(from, to)));
    const known = knownWords.get(units, from, to);
    const word = known === -1 ? learn(text, units, from, to) : known;
    const here = this.#words.get(word);
    if (here !== undefined) return here;
    const features = this.#idsOf(termsOfWords[word] ?? []);
    this.#words.set(word, features);
    return features;
  }

  #idsOf(terms: readonly string[]): readonly number[] {
    return terms.map((term) => this.#ids.get(term) ?? this.#add(term, false));
  }

  #add(name: string, isFact: boolean): number {
    this.#ids.set(name, this.counts.length);
    this.isFact.push(isFact);
    return this.counts.push(0) - 1;
  }
}

const MOST_KNOWN_WORDS = 16_384;
const LONGEST_KNOWN_WORD = 64;
const codeUnits = new CodeUnits();

/** What words count as, from one text to the next: most of a text's words were in another before. Emptied, between two, when it is full. */
const knownWords = new UnitTable();
let termsOfWords: (readonly string[])[] = [];

function forgetWords(): void {
  knownWords.clear();
  termsOfWords = [];
}

function learn(text: string, units: Uint16Array, from: number, to: number): number {
  knownWords.add(units, from, to, termsOfWords.length);
  return termsOfWords.push(tellingTerms(text.slice(from, to))) - 1;
}

/** Shorter ones, in scripts with an alphabet, are in every text. */
const SHORTEST_TERM = 3;

/**
 * What a word counts as: an identifier as a whole, which comes last of its terms, and not once more for each of its parts; all
 * pairs of a run in a script without blanks.
 */
function tellingTerms(word: string): readonly string[] {
  const terms = termsOf(word);
  if (word >= '\u0e00') return terms;
  return terms.slice(-1).filter((term) => term.length >= SHORTEST_TERM || /^\d/.test(term));
}
