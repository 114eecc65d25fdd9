import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { namesIn } from '@supercontext/text/names.ts';
import { STOP_WORDS } from '@supercontext/text/stop-words.ts';
import type { IndexPart } from './index-part.ts';
import { rarity } from './rank.ts';
import type { Steps } from './seal.ts';
import { sourceMark, Tokenizer } from './tokenize.ts';

/** How well a session knows the names of a question. */
export interface NamesFound {
  /** 0-1: of all names, each by its rarity, how rare the rarest other one is that stands in one place with it, beside the rarest there is. */
  readonly together: number;
  /** 0-1: the share of them, by rarity, that stand anywhere. */
  readonly there: number;
}

/** Names are looked for in so much of a query: what is longer is a document. */
const MAXIMUM_QUERY_LENGTH = 8_192;
/** A word of the question that so few documents have in their source's name is one, too. */
const MOST_SOURCES_SHARE = 0.2;
const MOST_SOURCE_WORDS = 16;
/** A name that sources have stands in other documents only as somebody's mention, or by its parts. */
const MENTION = 0.5;

interface Name {
  readonly terms: readonly number[];
  /** Whether it only counts beside others. */
  readonly isWord: boolean;
}

/** A name and where it is met. */
interface PlacedName extends Name {
  readonly rarity: number;
  /** 0-1 for each document: how surely it is about the name. */
  readonly at: Float32Array;
}

/**
 * Looks for the names of a question: one that stands nowhere, or never beside the others, is a near miss, however much of the rest is
 * found. It tells questions without an answer where `coverage` does not, since names are not said in other words.
 */
export class NameFinder {
  readonly #tokenizer = new Tokenizer();
  readonly #stopWords: ReadonlySet<number>;

  constructor() {
    this.#stopWords = new Set(this.#termsOf(STOP_WORDS.join(' ')));
  }

  /** Null for a question without names. One document after another in steps, so that others may be served between them. */
  *find(parts: readonly IndexPart[], query: string, withdrawn: Withdrawn = Withdrawn.NONE): Steps<NamesFound | null> {
    const documents = parts.reduce((sum, part) => sum + part.documents, 0);
    const names = this.#namesOf(parts, query.slice(0, MAXIMUM_QUERY_LENGTH), documents);
    if (names.every(({ isWord }) => isWord)) return null;
    const placed: PlacedName[] = [];
    for (const name of names) {
      placed.push(place(parts, name, documents, withdrawn));
      yield;
    }
    let [sum, together, there] = [0, 0, 0];
    for (const name of placed.filter(({ isWord }) => !isWord)) {
      const others = placed.filter((other) => other !== name);
      sum += name.rarity;
      if (name.at.some((share) => share > 0)) there += name.rarity;
      together += name.rarity * bestCompany(name, others);
      yield;
    }
    return { together: together / sum, there: there / sum };
  }

  #namesOf(parts: readonly IndexPart[], query: string, documents: number): Name[] {
    const own = namesIn(query)
      .map((text): Name => ({ terms: this.#termsOf(text).filter((term) => !this.#stopWords.has(term)), isWord: false }))
      .filter(({ terms }) => terms.length > 0);
    const taken = new Set(own.flatMap(({ terms }) => terms));
    const words: Name[] = [];
    for (const term of this.#termsOf(query)) {
      if (words.length === MOST_SOURCE_WORDS) break;
      if (taken.has(term) || this.#stopWords.has(term)) continue;
      taken.add(term);
      const sources = frequencyOf(parts, sourceMark(term));
      if (sources > 0 && sources < documents * MOST_SOURCES_SHARE) words.push({ terms: [term], isWord: true });
    }
    return [...own, ...words];
  }

  #termsOf(text: string): number[] {
    this.#tokenizer.read(text);
    return [...new Set(this.#tokenizer.terms.subarray(0, this.#tokenizer.count))];
  }
}

function frequencyOf(parts: readonly IndexPart[], term: number): number {
  return parts.reduce((sum, part) => sum + part.documentFrequency(term), 0);
}

/** Counts the terms of a name in each document, and those of its source. */
function place(parts: readonly IndexPart[], name: Name, documents: number, withdrawn: Withdrawn): PlacedName {
  const { terms } = name;
  const rarest = Math.max(...terms.map((term) => rarity(documents, Math.min(documents, frequencyOf(parts, term)))));
  const at = new Float32Array(documents);
  if (terms.some((term) => frequencyOf(parts, term) === 0)) return { ...name, rarity: rarest, at };
  const inText = counted(parts, terms, documents);
  const inSource = counted(parts, terms.map(sourceMark), documents);
  for (const { from, through } of withdrawn.within({ from: 0, through: documents - 1 }))
    inText.fill(0, from, through + 1);
  const isHeld = (document: number) => (inText[document] as number) === terms.length;
  const isSource = (document: number) => (inSource[document] as number) === terms.length;
  let isOfSources = false;
  for (let document = 0; document < documents && !isOfSources; document++)
    isOfSources = isHeld(document) && isSource(document);
  for (let document = 0; document < documents; document++)
    if (isHeld(document)) at[document] = isOfSources && !isSource(document) ? MENTION : 1;
  return { ...name, rarity: rarest, at };
}

/** How many of `terms` each document has: without a base and a slope a term is worth its weight, however often it is there. */
function counted(parts: readonly IndexPart[], terms: readonly number[], documents: number): Float64Array {
  const counts = new Float64Array(documents);
  let from = 0;
  for (const part of parts) {
    // What a tail has taken since is beyond the end, where an array takes nothing.
    for (const term of terms) part.addScores(term, { weight: 1, lengthBase: 0, lengthSlope: 0 }, counts, from);
    from += part.documents;
  }
  return counts;
}

/** 0-1: the best that one document has beside the name, by rarity. Of a name without others, whether it is there. */
function bestCompany(name: PlacedName, others: readonly PlacedName[]): number {
  const rarest = Math.max(0, ...others.map((other) => other.rarity));
  if (rarest === 0) return name.at.some((share) => share > 0) ? 1 : 0;
  let best = 0;
  for (const other of others) {
    const worth = other.rarity / rarest;
    if (worth <= best) continue;
    for (let document = 0; document < name.at.length; document++)
      best = Math.max(best, (name.at[document] as number) * (other.at[document] as number) * worth);
  }
  return best;
}
