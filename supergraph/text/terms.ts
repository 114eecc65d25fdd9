import { TermScanner } from './scan-terms.ts';
import { STOP_WORDS } from './stop-words.ts';

class TermStrings extends TermScanner {
  found: string[] = [];

  read(text: string): string[] {
    this.found = [];
    this.scan(text);
    return this.found;
  }

  protected take(from: number, to: number): void {
    this.found.push(String.fromCharCode.apply(null, this.units.subarray(from, to) as unknown as number[]));
  }
}

let scanner: TermStrings | null = null;
let stops: ReadonlySet<string> | null = null;

function scannerOnce(): TermStrings {
  scanner ??= new TermStrings();
  return scanner;
}

/** Stop words as terms are: folded and stemmed. */
function stopTerms(): ReadonlySet<string> {
  stops ??= new Set(STOP_WORDS.flatMap((word) => scannerOnce().read(word)));
  return stops;
}

/**
 * The terms of a text, in order and with repetitions, without stop words. Linear in its length. The same as an index has of
 * it, as strings.
 */
export function termsOf(text: string): string[] {
  const isStop = stopTerms();
  return scannerOnce()
    .read(text)
    .filter((term) => !isStop.has(term) && !isLetter(term));
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
