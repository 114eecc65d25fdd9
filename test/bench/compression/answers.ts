import { makeQuestions } from '../../eval/make-questions/make-set.ts';
import { readDocuments } from '../../eval/make-questions/read-documents.ts';

/** A text that answers a question, and the words of the answer. */
interface Answering {
  /** Of a leaf's size. */
  readonly leaf: string;
  readonly terms: readonly string[];
}

const QUESTIONS = 640;
const SEED = 1;
const LEAF_CHARACTERS = 17_000;
/** Of a shorter one a tenth is a sentence. */
const MINIMUM_CHARACTERS = 4_000;

/**
 * The texts of which the answers to questions about the installed documentation are: the questions that `npm run eval` makes, of which no
 * summary knows.
 * @param from a `node_modules`
 */
export function answeringLeaves(from: string): Answering[] {
  const documents = readDocuments(from, null);
  const texts = new Map(documents.map(({ path, text }) => [path, text]));
  return makeQuestions(documents, QUESTIONS, SEED).flatMap(({ answer, gold }) =>
    gold.flatMap(({ itemId, passage }) => {
      const text = texts.get(itemId) ?? '';
      const start = Math.floor(text.indexOf(passage) / LEAF_CHARACTERS) * LEAF_CHARACTERS;
      const leaf = text.slice(start, start + LEAF_CHARACTERS).toWellFormed();
      const terms = [...new Set(termsOf(answer ?? ''))];
      return start < 0 || leaf.length < MINIMUM_CHARACTERS || terms.length === 0 ? [] : [{ leaf, terms }];
    }),
  );
}

/** Of the words of the answers, the mean share that stands in what is left of their texts, and how much shorter that is. */
export function answersKept(
  answering: readonly Answering[],
  shorten: (leaf: string) => string,
): { readonly share: number; readonly ratio: number } {
  const left = new Map([...new Set(answering.map(({ leaf }) => leaf))].map((leaf) => [leaf, shorten(leaf)]));
  const said = new Map([...left].map(([leaf, text]) => [leaf, new Set(termsOf(text))]));
  const shares = answering.map(
    ({ leaf, terms }) => terms.filter((term) => said.get(leaf)?.has(term)).length / terms.length,
  );
  const characters = (texts: Iterable<string>) => [...texts].reduce((sum, text) => sum + text.length, 0);
  return {
    share: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    ratio: characters(left.keys()) / characters(left.values()),
  };
}

/** Words and numbers with what joins them, as versions, dates and names of options have it. */
function termsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._-]*/gu) ?? [];
}
