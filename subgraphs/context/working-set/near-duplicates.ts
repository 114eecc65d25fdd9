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

/** Remembers what has been said, so that it is not said twice in nearly the same words. */
export class NearDuplicates {
  readonly #shingles = new Set<number>();

  /** Whether half of what `text` says has been said; otherwise it counts as said from now on. */
  isRepeated(text: string): boolean {
    const own = shinglesOf(text);
    let known = 0;
    for (const shingle of own) if (this.#shingles.has(shingle)) known++;
    if (own.size > 0 && known >= own.size * SAME) return true;
    for (const shingle of own) this.#shingles.add(shingle);
    return false;
  }
}

/** Hashes of each run of four words; of the words there are, when there are fewer. */
function shinglesOf(text: string): Set<number> {
  const { hashes, sizes } = wordsOf(normalize(text));
  const shingles = new Set<number>();
  let end = 0;
  let size = 0;
  for (let at = 0; at < hashes.length; at++) {
    while (end < hashes.length && size < SHINGLE) size += sizes[end++] as number;
    if (size < SHINGLE && at > 0) break;
    let shingle = 17;
    for (let word = at; word < end; word++) shingle = (Math.imul(shingle, 31) + (hashes[word] as number)) | 0;
    shingles.add(shingle);
    size -= sizes[at] as number;
  }
  return shingles;
}

interface Words {
  readonly hashes: number[];
  /** How much of a word each is. */
  readonly sizes: number[];
}

/** Runs of letters and digits, without case and accents; each character by itself in scripts without blanks between words. */
function wordsOf(text: string): Words {
  const { kinds, folded } = characterTable();
  const words: Words = { hashes: [], sizes: [] };
  let hash = 0;
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
    } else if (kind !== MARK) {
      if (hash !== 0) push(words, hash, WORD);
      hash = 0;
      if (kind === IDEOGRAPH) push(words, hashed(0, sign), IDEOGRAPH_SHARE);
      else if (kind === SYLLABLE) push(words, hashed(0, sign), SYLLABLE_SHARE);
    }
  }
  if (hash !== 0) push(words, hash, WORD);
  return words;
}

function push({ hashes, sizes }: Words, hash: number, size: number): void {
  hashes.push(hash);
  sizes.push(size);
}

/** FNV-1a; 0 is no word yet. */
function hashed(hash: number, sign: number): number {
  return Math.imul((hash === 0 ? 0x811c9dc5 : hash) ^ sign, 0x01000193) || 1;
}
