import { type RememberedTexts, rememberedTexts } from '@supercontext/runtime/serve/remembered-texts.ts';

/** What a plan takes for each character of its document, at most: a field of two characters becomes some nodes of a tree. */
const BYTES_A_CHARACTER = 256;

/** What was made of an operation of a document: enough to know it again. */
interface Planned {
  readonly text: string;
  readonly operationName: string | undefined;
}

/**
 * What was made of each operation under one supergraph. Kept here and not by the supergraph's state, which need not know who
 * makes what of it, and forgotten together with that state.
 */
export class PlanCache<Plan extends object> {
  readonly #plans = new WeakMap<object, RememberedTexts<Plan>>();

  /** The plan of an operation under `state`; `make` makes it when it is not remembered. Throws what `make` throws. */
  get(state: object, { text, operationName }: Planned, make: () => Plan): Plan {
    const plans = this.#plansOf(state);
    const key = `${operationName ?? ''}\0${text}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = make();
    plans.set(key, plan);
    return plan;
  }

  #plansOf(state: object): RememberedTexts<Plan> {
    const known = this.#plans.get(state);
    if (known !== undefined) return known;
    const plans = rememberedTexts<Plan>((_plan, text) => text.length * BYTES_A_CHARACTER);
    this.#plans.set(state, plans);
    return plans;
  }
}
