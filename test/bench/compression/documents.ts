import { corpus } from '../platform/session.ts';

/** A document without its headings, and the words its author headed it with: what a summary should still be about. */
export interface HeadedDocument {
  /** In parts of a leaf's size. */
  readonly leaves: readonly string[];
  readonly headingTerms: readonly string[];
}

const LEAF_CHARACTERS = 17_000;
const MINIMUM_CHARACTERS = 6_000;
const MINIMUM_TERMS = 8;
const STOP_WORDS = new Set(
  'and are for from has have how into its not out that the their there these they this was what when where which who why will with you your'.split(
    ' ',
  ),
);

/** Every long document of the corpus with enough headings whose words its text has as well. */
export function headedDocuments(maximumBytes: number, count: number): HeadedDocument[] {
  const documents: HeadedDocument[] = [];
  for (const { path, text } of corpus(maximumBytes)) {
    if (!/\.mdx?$/i.test(path) || text.length < MINIMUM_CHARACTERS) continue;
    const { body, headings } = withoutHeadings(text);
    const said = new Set(terms(body));
    const headingTerms = [...new Set(terms(headings))].filter((term) => said.has(term));
    if (headingTerms.length < MINIMUM_TERMS) continue;
    const leaves: string[] = [];
    for (let start = 0; start < body.length; start += LEAF_CHARACTERS) {
      leaves.push(body.slice(start, start + LEAF_CHARACTERS).toWellFormed());
    }
    documents.push({ leaves, headingTerms });
    if (documents.length === count) break;
  }
  return documents;
}

/** Share of `wanted` that `summary` says, with plain words: neither method's own idea of a term decides. */
export function coverage(summary: string, wanted: readonly string[]): number {
  const said = new Set(terms(summary));
  return wanted.filter((term) => said.has(term)).length / wanted.length;
}

function withoutHeadings(text: string): { readonly body: string; readonly headings: string } {
  const body: string[] = [];
  const headings: string[] = [];
  let inCode = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    if (!inCode && /^#{1,6}\s/.test(line)) headings.push(line);
    else body.push(line);
  }
  return { body: body.join('\n'), headings: headings.join('\n') };
}

function terms(text: string): string[] {
  return (text.toLowerCase().match(/[a-z0-9]{3,}/g) ?? []).filter((term) => !STOP_WORDS.has(term));
}
