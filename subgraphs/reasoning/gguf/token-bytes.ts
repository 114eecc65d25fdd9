import { bytesOfToken } from './byte-alphabet.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Token ids back to the bytes they stand for; a control token stands for none. */
export class TokenBytes {
  readonly #tokens: readonly string[];
  readonly #control: ReadonlySet<number>;

  constructor(vocabulary: Pick<Vocabulary, 'tokens' | 'control'>) {
    this.#tokens = vocabulary.tokens;
    this.#control = new Set(vocabulary.control);
  }

  bytes(id: number): Uint8Array {
    return this.#control.has(id) ? new Uint8Array(0) : bytesOfToken(this.#tokens[id] ?? '');
  }

  /** The text of a whole sequence. */
  decode(ids: readonly number[]): string {
    return Buffer.concat(ids.map((id) => this.bytes(id))).toString('utf8');
  }
}
