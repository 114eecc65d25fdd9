import type { BestHits } from './best-hits.ts';
import { type IndexPart, MAXIMUM_WORDS, SPOKEN } from './index-part.ts';

/** What a document gets of the scores beside it: an answer often stands beside the words of the question. */
const NEIGHBOUR_SHARE = 0.15;

/**
 * The same of what was said in a conversation: of the neighbours, and of those next to them. A message of a few words gets the
 * larger shares, since its meaning stands in what was said around it; one of more words in proportion less.
 */
const SPOKEN_SHARES = { least: 0.1, most: 0.45, next: 0.22, fewWords: 36 } as const;

/** The newest document is worth this much more, and half of it every so many documents back. */
const RECENCY_GAIN = 0.1;
const RECENCY_HALF_LIFE = 64;

/**
 * By age, from 0 for the newest document: what being recent multiplies a score with, above 1 and at most 1 + RECENCY_GAIN. What
 * is older than the table is worth 1 in a float.
 */
const RECENCY = Float64Array.from({ length: 4_096 }, (_, age) => 1 + RECENCY_GAIN * 2 ** (-age / RECENCY_HALF_LIFE));

/** What is worth less than this share of the least that is kept is not kept for being recent, either; a little less, for rounding. */
const LEAST_WORTH_A_LOOK = (1 - 1e-9) / (1 + RECENCY_GAIN);

/** Places without a document before the first and behind the last, so that none is without neighbours. */
const MARGIN = 2;

/** The scores of one query, document by document, and what each document gets of those around it. Scratch memory, used again. */
export class LentScores {
  /** A document's own score is at `OFFSET` + its position. */
  static readonly OFFSET = MARGIN;
  scores: Float64Array<ArrayBuffer> = new Float64Array(1_024);
  documents = 0;
  #lengths = new Uint16Array(1_024);

  /** Begins a query on the documents that `parts` have now. */
  clear(parts: readonly IndexPart[]): void {
    const documents = parts.reduce((sum, part) => sum + part.documents, 0);
    this.documents = documents;
    if (this.scores.length < documents + 2 * MARGIN) {
      this.scores = new Float64Array((documents + MARGIN) * 2);
      this.#lengths = new Uint16Array(documents * 2);
    }
    this.scores.fill(0, 0, documents + 2 * MARGIN);
    let from = 0;
    for (const part of parts) {
      this.#lengths.set(part.lengths.subarray(0, part.documents), from);
      from += part.documents;
    }
  }

  /** Takes its score from each document `from..through`. */
  forget({ from, through }: { readonly from: number; readonly through: number }): void {
    this.scores.fill(0, MARGIN + from, MARGIN + through + 1);
  }

  /** Takes the scores of documents that came after `clear`. */
  forgetLater(): void {
    this.scores.fill(0, MARGIN + this.documents, MARGIN + this.documents + MARGIN);
  }

  /** Offers `best` what each document `from..before` says to the query: its own score, its share of those around it, and its age. */
  offer(best: BestHits, from: number, before: number): void {
    const { scores, documents } = this;
    const lengths = this.#lengths;
    let floor = best.least * LEAST_WORTH_A_LOOK;
    let own = scores[from + MARGIN - 1] as number;
    let next = scores[from + MARGIN] as number;
    for (let position = from; position < before; position++) {
      const previous = own;
      own = next;
      next = scores[position + MARGIN + 1] as number;
      const length = lengths[position] as number;
      const said =
        length < SPOKEN ? own + NEIGHBOUR_SHARE * (previous + next) : this.#spoken(position, length & MAXIMUM_WORDS);
      // Nearly all documents end here.
      if (said <= floor) continue;
      best.add(position, said * (RECENCY[documents - 1 - position] ?? 1));
      floor = best.least * LEAST_WORTH_A_LOOK;
    }
  }

  /** What a message of so many words says. */
  #spoken(position: number, words: number): number {
    const { scores } = this;
    const { least, most, next, fewWords } = SPOKEN_SHARES;
    const at = position + MARGIN;
    const brevity = Math.min(1, fewWords / Math.max(1, words));
    const beside = (scores[at - 1] as number) + (scores[at + 1] as number);
    const further = (scores[at - 2] as number) + (scores[at + 2] as number);
    return (scores[at] as number) + (least + (most - least) * brevity) * beside + next * brevity * further;
  }
}
