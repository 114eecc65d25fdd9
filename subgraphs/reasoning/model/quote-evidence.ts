import { isQuestion } from '@supercontext/text/questions.ts';
import { termSetOf, termWeights } from '@supercontext/text/terms.ts';

/** A sentence of the evidence and the number it is cited by. */
export interface Quote {
  readonly number: number;
  readonly sentence: string;
}

const MAXIMUM_QUOTES = 3;
const MAXIMUM_SENTENCE_CHARACTERS = 400;
/** Segmenting is quadratic in places: it never sees more at once. */
const MAXIMUM_SEGMENTED_CHARACTERS = 2_048;
/** A further sentence has to add this share of what the first one brought. */
const MINIMUM_GAIN_RATIO = 0.3;
/** What says no more than the question counts as much beside what does. */
const REPEATING_SHARE = 0.5;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * The 1-3 sentences that together hold most of the question's terms, weighed by their rarity in the evidence, in the order
 * of the evidence; none when no sentence shares a term with the question.
 */
export function quoteEvidence(question: string, evidence: readonly string[]): readonly Quote[] {
  const asked = termSetOf(question);
  const candidates = evidence
    .flatMap((text, index) =>
      sentencesOf(text).map((sentence, place) => ({
        number: index + 1,
        place,
        sentence,
        terms: termSetOf(sentence),
      })),
    )
    .filter(({ sentence }) => !isQuestion(sentence));
  const weightOf = termWeights(candidates.map(({ terms }) => terms));
  const missing = new Set(asked);
  const chosen: typeof candidates = [];
  let firstGain = 0;
  while (chosen.length < MAXIMUM_QUOTES) {
    let best: (typeof candidates)[number] | null = null;
    let bestGain = 0;
    for (const candidate of candidates) {
      let gain = 0;
      for (const term of candidate.terms) if (missing.has(term)) gain += weightOf(term);
      // A long sentence holds many terms by chance.
      gain /= Math.sqrt(candidate.terms.size + 6);
      if (candidate.terms.isSubsetOf(asked)) gain *= REPEATING_SHARE;
      if (gain > bestGain) [best, bestGain] = [candidate, gain];
    }
    if (best === null || bestGain < firstGain * MINIMUM_GAIN_RATIO) break;
    firstGain ||= bestGain;
    chosen.push(best);
    for (const term of best.terms) missing.delete(term);
  }
  return chosen
    .sort((one, other) => one.number - other.number || one.place - other.place)
    .map(({ number, sentence }) => ({ number, sentence: shorten(sentence) }));
}

/** Sentences of prose, lines of anything else. */
export function sentencesOf(text: string): readonly string[] {
  return unwrap(text)
    .flatMap((line) => {
      const sentences: string[] = [];
      for (let at = 0; at < line.length; at += MAXIMUM_SEGMENTED_CHARACTERS) {
        for (const { segment } of segmenter.segment(line.slice(at, at + MAXIMUM_SEGMENTED_CHARACTERS))) {
          sentences.push(segment.toWellFormed().trim());
        }
      }
      return sentences;
    })
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** Joins the lines of hard-wrapped prose: a line that goes on in lower case after one without an end. */
function unwrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const last = lines.at(-1);
    if (
      last !== undefined &&
      /[\p{L}\p{N},)`'"]$/u.test(last) &&
      /^[\p{Ll}(`]/u.test(line) &&
      !/[{};=]/.test(last + line)
    ) {
      lines[lines.length - 1] = `${last} ${line}`;
    } else if (line !== '') lines.push(line);
  }
  return lines;
}

function shorten(sentence: string): string {
  if (sentence.length <= MAXIMUM_SENTENCE_CHARACTERS) return sentence;
  const cut = sentence.slice(0, MAXIMUM_SENTENCE_CHARACTERS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MAXIMUM_SENTENCE_CHARACTERS / 2)).toWellFormed()} …`;
}
