import type { ScoredUnit } from './score-units.ts';

/**
 * How near in meaning each of some texts is to a question, as cosines of -1 to 1 in their order; null where nobody can tell, or not in
 * time. It is asked about at most `MOST_COMPARED` texts.
 */
export type Similarity = (question: string, texts: readonly string[]) => Promise<readonly number[] | null>;

/** A unit with what its meaning adds. */
export interface RatedUnit extends ScoredUnit {
  /** What units are told apart by: the score by words, and what the meaning adds. */
  readonly rating: number;
  /** Whether it has to do with the question: has a word of it in it or around it, or is near to it in meaning. */
  readonly isNear: boolean;
  /** How near in meaning it is to the question, -1 to 1; null where that was not compared. */
  readonly cosine: number | null;
}

/** Each takes some 3 ms of a core; more of them brought as many wrong units before right ones as the other way round. */
export const MOST_COMPARED = 16;
/** Of a unit, and of what it stands under, which its pronouns stand for. */
const MOST_COMPARED_LENGTH = { heading: 60, parent: 80, unit: 200 } as const;
/** Of all of them: in each script about 3.5 bytes of UTF-8 are a piece of which ten thousand take a second. */
const MOST_COMPARED_BYTES = 3_500;
/** What a cosine of 1 adds to a score where the best unit has no word of the question: the more its words say, the less its meaning counts. */
const SHARE = 1.5;
/** What shares no word is at least so near. */
const LEAST_COSINE = 0.4;
/** Less of it changes nothing. */
const LEAST_SHARE = 0.3;

/** The units in the order of words and meaning, the best first. @param scored in the order of words */
export async function rateUnits(
  question: string,
  scored: readonly ScoredUnit[],
  similarity: Similarity | null,
): Promise<readonly RatedUnit[]> {
  const [best] = scored;
  const share = best === undefined ? 0 : SHARE * (1 - best.covered - best.around);
  const texts = share < LEAST_SHARE ? [] : comparedTexts(scored);
  const cosines = texts.length === 0 || similarity === null ? null : await similarity(question, texts);
  if (cosines === null)
    return scored.map((one) => ({ ...one, rating: one.score, isNear: sharesWords(one), cosine: null }));
  const known = new Map(texts.map((text, at) => [text, cosines[at] ?? 0]));
  const least = Math.min(...cosines);
  return scored
    .map((one) => {
      const cosine = known.get(comparedText(one)) ?? null;
      const isNear = sharesWords(one) || (cosine ?? 0) >= LEAST_COSINE;
      return { ...one, rating: one.score + share * (cosine ?? least), isNear, cosine };
    })
    .sort((one, other) => other.rating - one.rating);
}

function sharesWords({ covered, around, beside }: ScoredUnit): boolean {
  return covered + around + beside > 0;
}

/** Each once. */
function comparedTexts(scored: readonly ScoredUnit[]): readonly string[] {
  const texts = new Set<string>();
  let bytes = 0;
  for (const one of scored.slice(0, MOST_COMPARED)) {
    const text = comparedText(one);
    if (texts.has(text)) continue;
    bytes += Buffer.byteLength(text);
    if (bytes > MOST_COMPARED_BYTES) break;
    texts.add(text);
  }
  return [...texts];
}

function comparedText({ unit: { text, headings, parents } }: ScoredUnit): string {
  const { heading, parent, unit } = MOST_COMPARED_LENGTH;
  const above = [headings.at(-1)?.text.slice(0, heading), parents.at(-1)?.slice(0, parent)];
  return [...above, text.slice(0, unit)].filter((one) => one !== undefined).join(': ');
}
