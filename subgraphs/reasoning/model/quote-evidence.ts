import { ColumnTerms } from '@supercontext/text/column-terms.ts';
import { isQuestion } from '@supercontext/text/questions.ts';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import { showRow } from '@supercontext/text/show-row.ts';
import type { TableRow } from '@supercontext/text/table-rows.ts';
import { termSetOf, termWeights } from '@supercontext/text/terms.ts';
import { inOneLine, splitUnits, withWholeRows } from '@supercontext/text/units.ts';

/** A sentence of the evidence and the number it is cited by. */
export interface Quote {
  readonly number: number;
  readonly sentence: string;
}

const MAXIMUM_QUOTES = 3;
const MAXIMUM_SENTENCE_CHARACTERS = 400;
/** A further sentence has to add this share of what the first one brought. */
const MINIMUM_GAIN_RATIO = 0.3;
/** What says no more than the question counts as much beside what does. */
const REPEATING_SHARE = 0.5;

/** A sentence or line that may be quoted. */
interface Candidate {
  readonly number: number;
  readonly place: number;
  readonly sentence: string;
  readonly terms: ReadonlySet<string>;
  /** The evidence that it is a row of a table of. */
  readonly table: { readonly text: string; readonly row: TableRow } | null;
}

/**
 * The 1-3 sentences that together hold most of the question's terms, weighed by their rarity in the evidence, in the order
 * of the evidence; none when no sentence shares a term with the question. A row of a table is quoted below its header, of a long
 * one the cells that fit.
 */
export function quoteEvidence(question: string, evidence: readonly string[]): readonly Quote[] {
  const asked = termSetOf(question);
  const candidates = evidence
    .flatMap((text, index) => candidatesOf(text, index + 1, asked))
    .filter(({ sentence }) => !isQuestion(sentence));
  const weightOf = termWeights(candidates.map(({ terms }) => terms));
  const missing = new Set(asked);
  const chosen: Candidate[] = [];
  let firstGain = 0;
  while (chosen.length < MAXIMUM_QUOTES) {
    let best: Candidate | null = null;
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
    .map((candidate) => ({ number: candidate.number, sentence: shorten(shown(candidate, asked, weightOf)) }));
}

/** Sentences of prose, lines of anything else. */
function candidatesOf(text: string, number: number, asked: ReadonlySet<string>): Candidate[] {
  const units = withWholeRows(splitUnits(text));
  const headers = new Set(units.map(({ row }) => row?.header?.from ?? null));
  const columnTerms = new ColumnTerms(text, (term) => asked.has(term));
  return units
    .filter(({ row }) => row === null || !headers.has(row.from))
    .map((unit, place) => {
      const { row } = unit;
      const sentence = inOneLine(text, unit).toWellFormed();
      const terms = termSetOf(sentence).union(columnTerms.of(row));
      return { number, place, sentence, terms, table: row === null ? null : { text, row } };
    })
    .filter(({ sentence }) => /\p{L}/u.test(sentence));
}

function shown({ sentence, table }: Candidate, asked: ReadonlySet<string>, weightOf: (term: string) => number): string {
  if (table === null) return sentence;
  const weights = new Map([...asked].map((term) => [term, weightOf(term)]));
  const room = { maximum: MAXIMUM_SENTENCE_CHARACTERS, measure: (text: string) => text.length };
  return showRow(table.text, table.row, weights, room).toWellFormed();
}

function shorten(sentence: string): string {
  if (sentence.length <= MAXIMUM_SENTENCE_CHARACTERS) return sentence;
  return `${sentence.slice(0, safeCut(sentence, MAXIMUM_SENTENCE_CHARACTERS, 0)).trimEnd()} …`;
}
