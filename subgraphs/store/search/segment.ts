import { type IndexPart, MAXIMUM_WORDS, type Scoring } from './index-part.ts';
import { INDEX_VERSION } from './tokenize.ts';

const MAGIC = 0x31534353; // "SCS1"
const HEADER_BYTES = 32;
const NO_DOCUMENTS = new Uint16Array(0);

export interface SegmentSize {
  readonly documents: number;
  readonly terms: number;
  readonly postings: number;
  readonly words: number;
}

/**
 * A sealed, immutable stretch of a session's index. Its memory is its bytes at rest, so that opening one is a size check:
 *
 *   header       magic, index version, documents, terms, postings, 0 (u32 each), words (f64)
 *   terms        f64 each, ascending
 *   starts       u32 each, terms + 1 of them: where the postings of a term begin
 *   documents    u16 a posting, ascending within a term
 *   lengths      u16 a document: its words, and whether it was spoken
 *   frequencies  u8 a posting
 *
 * Little-endian, as every machine this runs on is.
 */
export class Segment implements IndexPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly documents: number;
  readonly words: number;
  readonly terms: Float64Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly postingDocuments: Uint16Array<ArrayBuffer>;
  readonly lengths: Uint16Array<ArrayBuffer>;
  readonly frequencies: Uint8Array<ArrayBuffer>;

  constructor(buffer: ArrayBuffer, { documents, terms, postings, words }: SegmentSize) {
    this.bytes = new Uint8Array(buffer);
    this.documents = documents;
    this.words = words;
    let at = HEADER_BYTES;
    this.terms = new Float64Array(buffer, at, terms);
    at += terms * 8;
    this.starts = new Uint32Array(buffer, at, terms + 1);
    at += (terms + 1) * 4;
    this.postingDocuments = new Uint16Array(buffer, at, postings);
    at += postings * 2;
    this.lengths = new Uint16Array(buffer, at, documents);
    at += documents * 2;
    this.frequencies = new Uint8Array(buffer, at, postings);
  }

  get sizeBytes(): number {
    return this.bytes.byteLength;
  }

  documentFrequency(term: number): number {
    const at = this.#find(term);
    return at < 0 ? 0 : (this.starts[at + 1] as number) - (this.starts[at] as number);
  }

  documentsOf(term: number): Uint16Array {
    const at = this.#find(term);
    return at < 0 ? NO_DOCUMENTS : this.postingDocuments.subarray(this.starts[at], this.starts[at + 1]);
  }

  addScores(term: number, { weight, lengthBase, lengthSlope }: Scoring, scores: Float64Array, offset: number): void {
    const at = this.#find(term);
    if (at < 0) return;
    const { postingDocuments, frequencies, lengths } = this;
    const end = this.starts[at + 1] as number;
    for (let posting = this.starts[at] as number; posting < end; posting++) {
      const document = postingDocuments[posting] as number;
      const frequency = frequencies[posting] as number;
      const length = lengthBase + lengthSlope * ((lengths[document] as number) & MAXIMUM_WORDS);
      scores[offset + document] = (scores[offset + document] as number) + (weight * frequency) / (frequency + length);
    }
  }

  holds(term: number, document: number): boolean {
    const at = this.#find(term);
    if (at < 0) return false;
    const [from, to] = [this.starts[at] as number, this.starts[at + 1] as number];
    return placeIn(this.postingDocuments, document, { from, to }) >= 0;
  }

  #find(term: number): number {
    return placeIn(this.terms, term, { from: 0, to: this.terms.length });
  }
}

/** Where in `column[from..to)`, which ascends, `value` stands; -1 for nowhere. */
function placeIn(
  column: Float64Array | Uint16Array,
  value: number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = column[middle] as number;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function sizeBytesOf({ documents, terms, postings }: Omit<SegmentSize, 'words'>): number {
  return HEADER_BYTES + terms * 8 + (terms + 1) * 4 + postings * 3 + documents * 2;
}

/** A segment with its header written and its columns still to be filled. */
export function emptySegment(size: SegmentSize): Segment {
  const buffer = new ArrayBuffer(sizeBytesOf(size));
  const header = new Uint32Array(buffer, 0, 6);
  header.set([MAGIC, INDEX_VERSION, size.documents, size.terms, size.postings, 0]);
  new Float64Array(buffer, 24, 1)[0] = size.words;
  return new Segment(buffer, size);
}

/** Opens bytes whose hash was checked; null when they are of another index version or of another size than they say. */
export function openSegment(bytes: Uint8Array): Segment | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  // Copied when it does not own its buffer: the columns need aligned places, and a pooled buffer would be kept whole.
  const owned =
    bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.byteLength ? bytes.buffer : bytes.slice().buffer;
  const buffer = owned as ArrayBuffer;
  const [magic, version, documents, terms, postings] = new Uint32Array(buffer, 0, 6);
  const words = new Float64Array(buffer, 24, 1)[0] as number;
  if (magic !== MAGIC || version !== INDEX_VERSION) return null;
  if (documents === undefined || terms === undefined || postings === undefined) return null;
  if (sizeBytesOf({ documents, terms, postings }) !== buffer.byteLength) return null;
  return new Segment(buffer, { documents, terms, postings, words });
}
