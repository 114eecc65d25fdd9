import { type Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
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
  /** The documents that have it, ascending. */
  readonly at: readonly number[];
  /** 0-1 for each of these: how surely it is about the name. */
  readonly shares: readonly number[];
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
      if (name.at.length > 0) there += name.rarity;
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

/** Finds the documents that have all terms of a name, and of these the ones whose source has. */
function place(parts: readonly IndexPart[], name: Name, documents: number, withdrawn: Withdrawn): PlacedName {
  const { terms } = name;
  const frequencies = terms.map((term) => Math.min(documents, frequencyOf(parts, term)));
  const rarest = Math.max(...frequencies.map((frequency) => rarity(documents, frequency)));
  const at: number[] = [];
  const isSource: boolean[] = [];
  const gone = withdrawn.within({ from: 0, through: documents - 1 });
  let nextGone = 0;
  let from = 0;
  for (const part of frequencies.includes(0) ? [] : parts) {
    const sources = holdersOf(part, terms.map(sourceMark));
    let next = 0;
    for (const document of holdersOf(part, terms)) {
      const position = from + document;
      // The last part may have taken more since.
      if (position >= documents) break;
      while (nextGone < gone.length && (gone[nextGone] as Stretch).through < position) nextGone++;
      if (position >= (gone[nextGone]?.from ?? documents)) continue;
      while (next < sources.length && (sources[next] as number) < document) next++;
      at.push(position);
      isSource.push(sources[next] === document);
    }
    from += part.documents;
  }
  const isOfSources = isSource.includes(true);
  return { ...name, rarity: rarest, at, shares: isSource.map((is) => (isOfSources && !is ? MENTION : 1)) };
}

/** The documents of a part that hold all of `terms`, ascending. */
function holdersOf(part: IndexPart, terms: readonly number[]): Uint16Array {
  const lists = terms.map((term) => part.documentsOf(term)).sort((one, two) => one.length - two.length);
  return lists.reduce(inBoth);
}

function inBoth(few: Uint16Array, many: Uint16Array): Uint16Array {
  const both = new Uint16Array(few.length);
  let count = 0;
  let next = 0;
  for (const document of few) {
    while (next < many.length && (many[next] as number) < document) next++;
    if (many[next] === document) both[count++] = document;
  }
  return both.subarray(0, count);
}

/** 0-1: the best that one document has beside the name, by rarity. Of a name without others, whether it is there. */
function bestCompany(name: PlacedName, others: readonly PlacedName[]): number {
  const rarest = Math.max(0, ...others.map((other) => other.rarity));
  if (rarest === 0) return name.at.length > 0 ? 1 : 0;
  let best = 0;
  for (const other of others) {
    const worth = other.rarity / rarest;
    if (worth > best) best = Math.max(best, together(name, other) * worth);
  }
  return best;
}

/** 0-1: how surely the surest document is about both. */
function together(one: PlacedName, other: PlacedName): number {
  let best = 0;
  let next = 0;
  for (let at = 0; at < one.at.length; at++) {
    const position = one.at[at] as number;
    while (next < other.at.length && (other.at[next] as number) < position) next++;
    if (other.at[next] === position) best = Math.max(best, (one.shares[at] as number) * (other.shares[next] as number));
  }
  return best;
}
