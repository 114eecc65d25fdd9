/** The longest piece whose repetition is noticed. */
const LONGEST_TOKENS = 48;
/** An answer may well say a thing some times over, as a table does. */
const LEAST_TIMES = 8;
const LEAST_TOKENS = 96;

/** Notices when an answer says the same piece again and again and nothing else: a model does not come out of that by itself. */
export class Repetition {
  readonly #tokens: number[] = [];
  /** For each length of a piece, by how many tokens the answer's end is like what stands so far before it. */
  readonly #alike = new Int32Array(LONGEST_TOKENS + 1);

  /** Takes the next token; true once the answer ends in at least 8 times the same piece of 48 tokens at most, and in 96 tokens of it. */
  push(token: number): boolean {
    const tokens = this.#tokens;
    let isEndless = false;
    for (let length = 1; length <= Math.min(LONGEST_TOKENS, tokens.length); length++) {
      const alike = tokens[tokens.length - length] === token ? (this.#alike[length] ?? 0) + 1 : 0;
      this.#alike[length] = alike;
      isEndless ||= alike + length >= Math.max(LEAST_TOKENS, LEAST_TIMES * length);
    }
    tokens.push(token);
    if (tokens.length > LONGEST_TOKENS) tokens.shift();
    return isEndless;
  }
}
