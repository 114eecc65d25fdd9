import { emptySegment, type Segment } from './segment.ts';
import type { Tail } from './tail.ts';

/** Work between two rests of a sealing: well under a millisecond. */
const TERMS_A_STEP = 2_048;

/** Work done in steps: between two of them whoever runs it may serve somebody else. */
export type Steps<T> = Generator<void, T>;

/** Runs all steps at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Makes the segment that holds what `tail` holds. The tail must not change meanwhile; it stays searchable. */
export function* sealTail(tail: Tail): Steps<Segment> {
  const { documents, words, termCount, postingCount } = tail;
  const segment = emptySegment({ documents, words, terms: termCount, postings: postingCount });
  segment.lengths.set(tail.lengths.subarray(0, documents));
  // Numbers of terms in the order of their hashes. Sorting hashes and finding each number again is faster than a comparator.
  segment.terms.set(tail.terms.subarray(0, termCount));
  segment.terms.sort();
  yield;
  let start = 0;
  for (let at = 0; at < termCount; at++) {
    const number = tail.find(segment.terms[at] as number);
    segment.starts[at] = start;
    start += tail.frequencies[number] as number;
    // The tail lists postings newest first; a segment has them in order.
    let place = start;
    for (let posting = tail.newest[number] as number; posting >= 0; posting = tail.older[posting] as number) {
      place--;
      segment.postingDocuments[place] = tail.postingDocuments[posting] as number;
      segment.frequencies[place] = tail.postingFrequencies[posting] as number;
    }
    if (at % TERMS_A_STEP === TERMS_A_STEP - 1) yield;
  }
  segment.starts[termCount] = start;
  return segment;
}

/** Makes one segment of two neighbours, byte for byte the one that sealing both stretches together would have made. */
export function* mergeSegments(first: Segment, second: Segment): Steps<Segment> {
  const merged = emptySegment({
    documents: first.documents + second.documents,
    words: first.words + second.words,
    terms: countUnion(first.terms, second.terms),
    postings: first.postingDocuments.length + second.postingDocuments.length,
  });
  merged.lengths.set(first.lengths);
  merged.lengths.set(second.lengths, first.documents);
  yield;
  let place = 0;
  let inFirst = 0;
  let inSecond = 0;
  for (let at = 0; at < merged.terms.length; at++) {
    const one = first.terms[inFirst] ?? Number.POSITIVE_INFINITY;
    const two = second.terms[inSecond] ?? Number.POSITIVE_INFINITY;
    merged.terms[at] = Math.min(one, two);
    merged.starts[at] = place;
    if (one <= two) place = copyPostings(first, inFirst++, merged, place, 0);
    if (two <= one) place = copyPostings(second, inSecond++, merged, place, first.documents);
    if (at % TERMS_A_STEP === TERMS_A_STEP - 1) yield;
  }
  merged.starts[merged.terms.length] = place;
  return merged;
}

function copyPostings(from: Segment, term: number, to: Segment, place: number, shift: number): number {
  const end = from.starts[term + 1] as number;
  let at = place;
  for (let posting = from.starts[term] as number; posting < end; posting++, at++) {
    to.postingDocuments[at] = (from.postingDocuments[posting] as number) + shift;
    to.frequencies[at] = from.frequencies[posting] as number;
  }
  return at;
}

function countUnion(first: Float64Array, second: Float64Array): number {
  let both = 0;
  let inSecond = 0;
  for (const term of first) {
    while (inSecond < second.length && (second[inSecond] as number) < term) inSecond++;
    if (second[inSecond] === term) both++;
  }
  return first.length + second.length - both;
}
