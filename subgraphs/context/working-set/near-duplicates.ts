import {
  characterTable,
  DIGIT,
  IDEOGRAPH,
  kindOfCharacter,
  LETTER,
  MARK,
  SURROGATE,
  SYLLABLE,
} from '@supercontext/text/characters.ts';
import { normalize } from '@supercontext/text/normalize.ts';

/** A word counts this much; where no blanks part them, two ideographs or four letters count as one. */
const WORD = 4;
const IDEOGRAPH_SHARE = 2;
const SYLLABLE_SHARE = 1;
/** Four words. */
const SHINGLE = 4 * WORD;
const SAME = 0.5;
const ALL = 0.8;

/** Words that deny; those of scripts without blanks are characters. */
const NEGATIONS =
  'not no never none nor neither cannot without nothing nobody nicht kein keine keinen keiner nie niemals ohne pas jamais aucun aucune sans sin nunca ningún ninguna non mai nessun senza não nem sem не нет ни никогда без 不 没 沒 無 无 未 非';

/** Of a text that has no place in the log. */
const NOWHERE = -1;

/** Whether a text says something new, the same as another, or the same but for what tells: a number, or a denial. */
export type News =
  | { readonly state: 'new'; readonly like: null }
  /** `like` is the position of the text that it is most alike. */
  | { readonly state: 'differs'; readonly like: number }
  /** 0.5-1: how much of it has been said. */
  | { readonly state: 'repeated'; readonly like: number; readonly said: number };

/**
 * Remembers what has been said, so that it is not said twice in nearly the same words. What says another number, or denies what was
 * said, says something else however many words it shares.
 */
export class NearDuplicates {
  /** Shingle -> where it was said last. */
  readonly #shingles = new Map<number, number>();
  readonly #telling = new Set<number>();
  /** The words before and behind a negation that was said, as if they stood together. */
  readonly #denied = new Set<number>();
  /** Neighbours that were said as they stand. */
  readonly #pairs = new Set<number>();

  /** Whether half of what `text` says has been said, and all that it tells; otherwise it counts as said from now on. */
  isRepeated(text: string): boolean {
    return this.look(text, NOWHERE).state === 'repeated';
  }

  /** What a text at a position of the log adds to what has been said. Unless it is repeated, it counts as said from now on. */
  look(text: string, position: number): News {
    const words = wordsOf(normalize(text));
    const own = shinglesOf(words);
    const { telling, denied } = tellingOf(words);
    const pairs = pairsOf(words);
    const { known, like } = this.#alike(own);
    const isAlike = own.size > 0 && known >= own.size * SAME;
    if (isAlike && telling.isSubsetOf(this.#telling) && !this.#contradicts(pairs)) {
      return { state: 'repeated', like, said: known / own.size };
    }
    this.#say({ own, telling, denied, pairs }, position);
    return isAlike ? { state: 'differs', like } : { state: 'new', like: null };
  }

  /** Counts a text as said, whether it is repeated or not. */
  say(text: string, position: number): void {
    const words = wordsOf(normalize(text));
    this.#say({ own: shinglesOf(words), ...tellingOf(words), pairs: pairsOf(words) }, position);
  }

  #say({ own, telling, denied, pairs }: Said, position: number): void {
    for (const shingle of own) this.#shingles.set(shingle, position);
    for (const [said, more] of [
      [this.#telling, telling],
      [this.#denied, denied],
      [this.#pairs, pairs],
    ] as const) {
      for (const hash of more) said.add(hash);
    }
  }

  /** How many of the shingles were said, and where most of them. */
  #alike(own: ReadonlySet<number>): { readonly known: number; readonly like: number } {
    const places = new Map<number, number>();
    let known = 0;
    let like = NOWHERE;
    for (const shingle of own) {
      const place = this.#shingles.get(shingle);
      if (place === undefined) continue;
      known++;
      const count = (places.get(place) ?? 0) + 1;
      places.set(place, count);
      if (count > (places.get(like) ?? 0)) like = place;
    }
    return { known, like };
  }

  #contradicts(pairs: readonly number[]): boolean {
    return this.#denied.size > 0 && pairs.some((pair) => this.#denied.has(pair) && !this.#pairs.has(pair));
  }
}

/** What a text says. */
interface Said {
  readonly own: ReadonlySet<number>;
  readonly telling: ReadonlySet<number>;
  readonly denied: ReadonlySet<number>;
  readonly pairs: readonly number[];
}

/** Whether `text` says all that `other` says, but for a few words. */
export function saysAllOf(text: string, other: string): boolean {
  const [words, others] = [wordsOf(normalize(text)), wordsOf(normalize(other))];
  const [own, wanted] = [shinglesOf(words), shinglesOf(others)];
  let said = 0;
  for (const shingle of wanted) if (own.has(shingle)) said++;
  return said >= wanted.size * ALL && tellingOf(others).telling.isSubsetOf(tellingOf(words).telling);
}

function pairsOf({ hashes }: Words): number[] {
  return hashes.slice(1).map((hash, at) => together(hashes[at] as number, hash));
}

/** What tells a text from one of nearly the same words: its numbers, and what it denies. */
function tellingOf({ hashes, numbers }: Words): { readonly telling: Set<number>; readonly denied: Set<number> } {
  const telling = new Set(numbers);
  const denied = new Set<number>();
  for (const [at, hash] of hashes.entries()) {
    if (!negationsOnce().has(hash)) continue;
    const behind = hashes[at + 1] ?? 0;
    telling.add(together(hash, behind));
    denied.add(together(hashes[at - 1] ?? 0, behind));
  }
  return { telling, denied };
}

let negations: ReadonlySet<number> | null = null;

function negationsOnce(): ReadonlySet<number> {
  negations ??= new Set(NEGATIONS.split(' ').flatMap((word) => wordsOf(normalize(word)).hashes));
  return negations;
}

function together(one: number, other: number): number {
  return (Math.imul(one, 31) + other) | 0;
}

/** Hashes of each run of four words; of the words there are, when there are fewer. */
function shinglesOf({ hashes, sizes }: Words): Set<number> {
  const shingles = new Set<number>();
  let end = 0;
  let size = 0;
  for (let at = 0; at < hashes.length; at++) {
    while (end < hashes.length && size < SHINGLE) size += sizes[end++] as number;
    if (size < SHINGLE && at > 0) break;
    let shingle = 17;
    for (let word = at; word < end; word++) shingle = together(shingle, hashes[word] as number);
    shingles.add(shingle);
    size -= sizes[at] as number;
  }
  return shingles;
}

interface Words {
  readonly hashes: number[];
  /** How much of a word each is. */
  readonly sizes: number[];
  /** Of those that have a digit. */
  readonly numbers: number[];
}

/** Runs of letters and digits, without case and accents; each character by itself in scripts without blanks between words. */
function wordsOf(text: string): Words {
  const { kinds, folded } = characterTable();
  const words: Words = { hashes: [], sizes: [], numbers: [] };
  let hash = 0;
  let hasDigit = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let kind = kinds[unit] as number;
    let sign = folded[unit] as number;
    if (kind === SURROGATE) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      kind = kindOfCharacter(character);
      sign = character.codePointAt(0) ?? 0;
      at += character.length - 1;
    }
    if (kind >= LETTER && kind <= DIGIT) {
      hash = hashed(hash, sign);
      hasDigit ||= kind === DIGIT;
    } else if (kind !== MARK) {
      if (hash !== 0) push(words, hash, WORD);
      if (hasDigit) words.numbers.push(hash);
      hash = 0;
      hasDigit = false;
      if (kind === IDEOGRAPH) push(words, hashed(0, sign), IDEOGRAPH_SHARE);
      else if (kind === SYLLABLE) push(words, hashed(0, sign), SYLLABLE_SHARE);
    }
  }
  if (hash !== 0) push(words, hash, WORD);
  if (hasDigit) words.numbers.push(hash);
  return words;
}

function push({ hashes, sizes }: Omit<Words, 'numbers'>, hash: number, size: number): void {
  hashes.push(hash);
  sizes.push(size);
}

/** FNV-1a; 0 is no word yet. */
function hashed(hash: number, sign: number): number {
  return Math.imul((hash === 0 ? 0x811c9dc5 : hash) ^ sign, 0x01000193) || 1;
}
