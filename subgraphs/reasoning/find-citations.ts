import { sentenceEnd } from '@supercontext/text/sentences.ts';
import { termSetOf, termWeights } from '@supercontext/text/terms.ts';

/** Evidence an answer rests on, by its number. */
export interface FoundCitation {
  readonly number: number;
  /** Whether the answer itself names the number; otherwise the evidence was found by the terms it shares with the answer. */
  readonly named: boolean;
}

/** [2], [1, 3], [1][2], [1 and 2]; other brackets, as in code, stay what they are. */
const BRACKET = /\[(\s*\d{1,3}(?:\s*(?:,|;|&|and)\s*\d{1,3})*\s*)\]/g;

/** Unnamed evidence has to hold this share of the weight of the answer's terms. */
const MINIMUM_SHARE = 0.3;
/** Further evidence counts when it supports nearly as much as the best. */
const NEARLY_BEST_RATIO = 0.85;
const MAXIMUM_UNNAMED = 2;

/**
 * The evidence that `answer` names, in the order of the numbers; when it names none, the evidence that holds most of its terms,
 * weighed by rarity. Numbers that no evidence has are no citations.
 * @param evidence texts of the evidence [1], [2], …
 * @param mustCarry Whether a number counts only where its text says what the sentence does: small models write numbers by chance
 */
export function findCitations(
  answer: string,
  evidence: readonly string[],
  { mustCarry = false }: { readonly mustCarry?: boolean } = {},
): readonly FoundCitation[] {
  const there = namedNumbers(answer).filter((number) => number >= 1 && number <= evidence.length);
  const named = mustCarry ? there.filter((number) => isCarried(answer, number, evidence)) : there;
  if (named.length > 0) return named.map((number) => ({ number, named: true }));
  return supportingNumbers(mustCarry ? answer.replaceAll(BRACKET, ' ') : answer, evidence).map((number) => ({
    number,
    named: false,
  }));
}

/** Whether the text of a number has its share of what the sentences say that name it. */
function isCarried(answer: string, number: number, evidence: readonly string[]): boolean {
  const names = new RegExp(`\\[[^\\]\\n]*\\b${number}\\b[^\\]\\n]*\\]`);
  const naming = sentencesOf(answer).filter((sentence) => names.test(sentence));
  const said = termSetOf(naming.join('\n').replaceAll(BRACKET, ' '));
  if (said.size === 0) return false;
  const termsOfEach = evidence.map((text) => termSetOf(text));
  const weightOf = termWeights(termsOfEach);
  const sum = (terms: Iterable<string>) => Iterator.from(terms).reduce((total, term) => total + weightOf(term), 0);
  return sum(said.intersection(termsOfEach[number - 1] ?? new Set())) >= MINIMUM_SHARE * sum(said);
}

/** A number may stand behind the mark that ends the sentence it is about. */
function sentencesOf(answer: string): readonly string[] {
  const sentences: string[] = [];
  for (let from = 0; from < answer.length; ) {
    const to = sentenceEnd(answer, from, answer.length);
    const sentence = answer.slice(from, to);
    const isOnlyNumbers = termSetOf(sentence.replaceAll(BRACKET, ' ')).size === 0;
    if (isOnlyNumbers && sentences.length > 0) sentences[sentences.length - 1] += sentence;
    else sentences.push(sentence);
    from = to;
  }
  return sentences;
}

function namedNumbers(answer: string): readonly number[] {
  const numbers = [...answer.matchAll(BRACKET)].flatMap(([, inside = '']) => (inside.match(/\d+/g) ?? []).map(Number));
  return [...new Set(numbers)].sort((one, other) => one - other);
}

function supportingNumbers(answer: string, evidence: readonly string[]): readonly number[] {
  const wanted = termSetOf(answer);
  if (wanted.size === 0) return [];
  const termsOfEach = evidence.map((text) => termSetOf(text));
  const weightOf = termWeights(termsOfEach);
  const sum = (terms: Iterable<string>) => Iterator.from(terms).reduce((total, term) => total + weightOf(term), 0);
  const total = sum(wanted);
  const shares = termsOfEach.map((terms) => sum(wanted.intersection(terms)) / total);
  const best = Math.max(0, ...shares);
  if (best < MINIMUM_SHARE) return [];
  return shares
    .map((share, index) => ({ share, number: index + 1 }))
    .filter(({ share }) => share >= best * NEARLY_BEST_RATIO)
    .sort((one, other) => other.share - one.share || one.number - other.number)
    .slice(0, MAXIMUM_UNNAMED)
    .map(({ number }) => number)
    .sort((one, other) => one - other);
}
