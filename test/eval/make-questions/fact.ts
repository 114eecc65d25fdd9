import { wordsOf } from '../shown.ts';

/** A text that is fed, and what it is the text of. */
export interface PackageDocument {
  readonly packageName: string;
  /** `PACKAGE/FILE`: id and path alike. */
  readonly path: string;
  readonly text: string;
}

export type FactKind =
  | 'default'
  | 'purpose'
  | 'error'
  | 'flag'
  | 'variable'
  | 'returns'
  | 'throws'
  | 'release'
  | 'change'
  | 'node'
  | 'licence';

/** Something a document says of one thing, with the passage that says it. */
export interface Fact {
  readonly kind: FactKind;
  readonly document: PackageDocument;
  /** What is asked about, as it stands there: the name of an option, a version. */
  readonly subject: string;
  /** What is said, plain. */
  readonly answer: string;
  /** As it stands in the document; everything the answer takes. */
  readonly passage: string;
  /** ISO 8601 day, of what has one. */
  readonly day?: string;
}

const PASSAGE_WORDS = { least: 2, most: 60 };
/** A name that is a common word, as `data` is, tells what is meant only where it does not stand all over the document. */
const MOST_OF_A_COMMON_WORD = 6;

/** Facts that can be asked for by their subject: each is said once, in a passage that stands once in its document. */
export function plainFacts(facts: readonly Fact[]): Fact[] {
  const groups = Map.groupBy(facts, ({ kind, subject, document }) =>
    [kind, document.packageName, subject.toLowerCase()].join('\0'),
  );
  return [...groups.values()].flatMap((group) => {
    const [fact] = group;
    return fact !== undefined && group.length === 1 && isPlain(fact) ? [fact] : [];
  });
}

function isPlain({ document, passage, subject }: Fact): boolean {
  if (/^[A-Za-z]?[a-z]+$/.test(subject) && wordCount(document.text, subject) > MOST_OF_A_COMMON_WORD) return false;
  const words = wordsOf(passage);
  if (words.length < PASSAGE_WORDS.least || words.length > PASSAGE_WORDS.most) return false;
  if (document.text.split(passage).length !== 2) return false;
  return lineOf(document).split(` ${words.join(' ')} `).length === 2;
}

function wordCount(text: string, word: string): number {
  return text.match(new RegExp(`\\b${word}\\b`, 'gi'))?.length ?? 0;
}

const lines = new WeakMap<PackageDocument, string>();

function lineOf(document: PackageDocument): string {
  const known = lines.get(document) ?? ` ${wordsOf(document.text).join(' ')} `;
  lines.set(document, known);
  return known;
}
