import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';

/** A stretch that is covered, with what it adds. */
interface Covered extends Stretch {
  readonly fragments: number;
  readonly tokens: number;
}

/** Which positions of a log a working set covers, and how many tokens they have. A position counts once, one that is withdrawn never. */
export class Coverage {
  readonly #withdrawn: Withdrawn;
  #ranges: Covered[] = [];
  fragments = 0;
  tokens = 0;

  constructor(withdrawn: Withdrawn) {
    this.#withdrawn = withdrawn;
  }

  /** Adds what a segment stands for. A part of the summary tree lies in another or apart from it, never across its border. */
  add(range: Stretch, tokens: number): void {
    if (this.includes(range)) return;
    const fragments = range.through - range.from + 1 - this.#withdrawn.countIn(range);
    const isWithin = ({ from, through }: Covered) => range.from <= from && range.through >= through;
    for (const within of this.#ranges.filter(isWithin)) {
      this.fragments -= within.fragments;
      this.tokens -= within.tokens;
    }
    this.#ranges = this.#ranges.filter((one) => !isWithin(one));
    this.#ranges.push({ ...range, fragments, tokens });
    this.fragments += fragments;
    this.tokens += tokens;
  }

  includes({ from, through }: { readonly from: number; readonly through: number }): boolean {
    return this.#ranges.some((range) => range.from <= from && range.through >= through);
  }

  touches({ from, through }: { readonly from: number; readonly through: number }): boolean {
    return this.#ranges.some((range) => range.from <= through && range.through >= from);
  }
}
