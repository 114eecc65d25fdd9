import { type Segment, tokens } from '@supercontext/contract';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';

/**
 * What one more segment costs beyond its own tokens when segments are joined by a blank line: the line itself and what the
 * tokens on both sides of it may grow by.
 */
export const JOIN_TOKENS = 3;

/** A segment as it is offered. */
export type NewSegment = Omit<Segment, 'tokens'> & {
  /** Left out when the text must still be counted. */
  readonly tokens?: number;
};

/** Keeps the account of one working set: what is in it never costs more than the budget. */
export class Ledger {
  readonly segments: Segment[] = [];
  readonly budgetTokens: number;
  #spent = 0;

  constructor(budgetTokens: number) {
    this.budgetTokens = budgetTokens;
  }

  /** Tokens spent, joints included. */
  get spentTokens(): number {
    return this.#spent;
  }

  /** What the text of one more segment may cost. */
  get leftTokens(): number {
    return Math.max(0, this.budgetTokens - this.#spent - this.#joint());
  }

  /** Adds a segment at the end, or leaves everything as it is and says false when it does not fit. */
  add(segment: NewSegment): boolean {
    const count = segment.tokens ?? countTokens(segment.text);
    if (count === 0 || count > this.leftTokens) return false;
    this.#spent += count + this.#joint();
    this.segments.push({ ...segment, tokens: tokens(count) });
    return true;
  }

  #joint(): number {
    return this.segments.length === 0 ? 0 : JOIN_TOKENS;
  }
}
