import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';

/** Which positions of a log a working set covers, and how many tokens they have. A position counts once, one that is withdrawn never. */
export class Coverage {
  readonly #withdrawn: Withdrawn;
  readonly #ranges: { readonly from: number; readonly through: number }[] = [];
  fragments = 0;
  tokens = 0;

  constructor(withdrawn: Withdrawn) {
    this.#withdrawn = withdrawn;
  }

  /** Adds what a segment stands for. A part of the summary tree lies in another or apart from it, never across its border. */
  add(range: { readonly from: number; readonly through: number }, tokens: number): void {
    if (this.includes(range)) return;
    this.#ranges.push(range);
    this.fragments += range.through - range.from + 1 - this.#withdrawn.countIn(range);
    this.tokens += tokens;
  }

  includes({ from, through }: { readonly from: number; readonly through: number }): boolean {
    return this.#ranges.some((range) => range.from <= from && range.through >= through);
  }

  touches({ from, through }: { readonly from: number; readonly through: number }): boolean {
    return this.#ranges.some((range) => range.from <= through && range.through >= from);
  }
}
