import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** Texts that a peer finds and packs, with what they cost. */
export class Packing {
  readonly #tokens: readonly number[];

  constructor(texts: readonly string[]) {
    this.#tokens = texts.map((text) => countTokens(text));
  }

  /** The places of `order` that fit `budgetTokens`, taken one after the other; what does not fit any more is passed over. */
  pack(order: readonly number[], budgetTokens: number): number[] {
    let spent = 0;
    return order.filter((place) => {
      const cost = this.#tokens[place] ?? Number.POSITIVE_INFINITY;
      if (spent + cost > budgetTokens) return false;
      spent += cost;
      return true;
    });
  }
}
