import { TermScanner } from './scan-terms.ts';
import { STOP_WORDS } from './stop-words.ts';
import { UnitTable } from './unit-table.ts';

/** With the strings under 10 MB. */
const MOST_KNOWN_TERMS = 65_536;

class TermStrings extends TermScanner {
  /** Units of a term -> its number in `#terms`, whose place is null for one that says nothing. Emptied when it is full. */
  readonly #numbers = new UnitTable();
  #terms: (string | null)[] = [];
  #stops: ReadonlySet<string> = new Set();
  #found: string[] = [];

  constructor() {
    super();
    // As terms are: folded and stemmed.
    this.#stops = new Set(STOP_WORDS.flatMap((word) => this.read(word)));
    this.#forget();
  }

  read(text: string): string[] {
    this.#found = [];
    this.scan(text);
    return this.#found;
  }

  protected take(from: number, to: number): void {
    const number = this.#numbers.get(this.units, from, to);
    const term = number === -1 ? this.#add(from, to) : (this.#terms[number] as string | null);
    if (term !== null) this.#found.push(term);
  }

  #add(from: number, to: number): string | null {
    if (this.#terms.length === MOST_KNOWN_TERMS) this.#forget();
    const term = String.fromCharCode.apply(null, this.units.subarray(from, to) as unknown as number[]);
    const telling = isLetter(term) || this.#stops.has(term) ? null : term;
    this.#numbers.add(this.units, from, to, this.#terms.length);
    this.#terms.push(telling);
    return telling;
  }

  #forget(): void {
    this.#numbers.clear();
    this.#terms = [];
  }
}

let scanner: TermStrings | null = null;

/**
 * The terms of a text, in order and with repetitions, without stop words. Linear in its length. The same as an index has of
 * it, as strings.
 */
export function termsOf(text: string): string[] {
  scanner ??= new TermStrings();
  return scanner.read(text);
}

/** A letter of an alphabet alone says nothing; an ideograph or a digit may. */
function isLetter(term: string): boolean {
  return term.length === 1 && term < '\u2e80' && (term < '0' || term > '9');
}

/** Each of the terms of a text once. */
export function termSetOf(text: string): Set<string> {
  return new Set(termsOf(text));
}

/** How much a term says: the rarer among `texts`, the more. Terms of no text weigh as those of one. */
export function termWeights(texts: readonly ReadonlySet<string>[]): (term: string) => number {
  const counts = new Map<string, number>();
  for (const terms of texts) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return (term) => Math.log(1 + texts.length / (counts.get(term) ?? 1));
}
