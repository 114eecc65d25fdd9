import type { Quote } from './quote-unit.ts';
import type { PartReading, Reading } from './read-answer.ts';

const STATED_LATER = 'Said before:';
const UNSURE = 'The closest passage, which may not answer this:';
const ALSO_NEAR = 'Also near:';
/** What was read is what the search showed: more than that nobody knows. */
const NOT_SAID = 'No answer was found in your documents.';
const NEAREST = 'Nearest to it:';
const NO_WORD_SHARED = 'Nothing in the evidence at hand speaks of this.';

/** A text that is quoted, with its number and where it is from, as the caller writes them. */
export type CiteQuote = (quote: Quote, text: string) => string;

/** A reading in words: what is quoted, how sure that is, and nothing else. */
export function tellReading({ parts }: Reading, cite: CiteQuote): string {
  if (parts.length === 1) return parts.map((part) => tellPart(part, cite)).join('');
  return parts.map((part) => `${part.question} ${tellPart(part, cite)}`).join('\n\n');
}

function tellPart({ certainty, quote, earlier, nearest }: PartReading, citeText: CiteQuote): string {
  if (quote === null) return `${NOT_SAID} ${NO_WORD_SHARED}`;
  const cite = (one: Quote) => citeText(one, one.around?.text ?? one.text);
  if (certainty === 'not-said') return [NOT_SAID, NEAREST, ...[quote, ...nearest].map(cite)].join(' ');
  const said = [cite(quote), ...(earlier.length === 0 ? [] : [STATED_LATER, ...earlier.map(cite)])].join(' ');
  if (certainty === 'stated') return said;
  return [UNSURE, said, ...(nearest.length === 0 ? [] : [ALSO_NEAR, ...nearest.map(cite)])].join(' ');
}

/** The quotes that are told, in the order in which they are. */
export function toldQuotes({ parts }: Reading): readonly ToldQuote[] {
  return parts
    .flatMap(({ certainty, quote, earlier, nearest }) => {
      if (quote === null) return [];
      return certainty === 'not-said' ? [quote, ...nearest] : [quote, ...earlier, ...nearest];
    })
    .map((quote) => ({ quote, stretches: quote.around?.stretches ?? quote.stretches }));
}

/** A quote, and what is told of it as its passage has it. */
export interface ToldQuote {
  readonly quote: Quote;
  readonly stretches: readonly string[];
}
