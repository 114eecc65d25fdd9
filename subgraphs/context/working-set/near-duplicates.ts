const WORDS_A_SHINGLE = 4;
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
  const hashes: number[] = [];
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) hashes.push(hashOf(word));
  const shingles = new Set<number>();
  const size = Math.min(WORDS_A_SHINGLE, hashes.length);
  for (let at = 0; size > 0 && at + size <= hashes.length; at++) {
    let shingle = 17;
    for (let word = at; word < at + size; word++) shingle = (Math.imul(shingle, 31) + (hashes[word] as number)) | 0;
    shingles.add(shingle);
  }
  return shingles;
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash;
}
