import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';

/** A stretch that is covered, with what it adds. */
interface Covered extends Stretch {
  readonly fragments: number;
  readonly tokens: number;
}

/** Which positions of a log a working set covers, and how many tokens they have. A position counts once, one that is withdrawn never. */
export class Coverage {
  readonly #withdrawn: Withdrawn;
  /** Most of what is covered are single fragments, and there may be very many. */
  readonly #positions = new Map<number, Covered>();
  #ranges: Covered[] = [];
  fragments = 0;
  tokens = 0;

  constructor(withdrawn: Withdrawn) {
    this.#withdrawn = withdrawn;
  }

  /** Adds what a segment stands for. A part of the summary tree lies in another or apart from it, never across its border. */
  add(range: Stretch, tokens: number): void {
    const known = range.from === range.through ? this.#positions.get(range.from) : undefined;
    if (known !== undefined && known.tokens < tokens) {
      // A passage of it was shown, now more of it is.
      this.tokens += tokens - known.tokens;
      this.#positions.set(range.from, { ...known, tokens });
    }
    if (this.includes(range)) return;
    const fragments = range.through - range.from + 1 - this.#withdrawn.countIn(range);
    for (const within of this.#within(range)) {
      this.fragments -= within.fragments;
      this.tokens -= within.tokens;
    }
    const covered = { ...range, fragments, tokens };
    if (range.from === range.through) this.#positions.set(range.from, covered);
    else {
      this.#ranges = this.#ranges.filter((one) => !isWithin(one, range));
      this.#ranges.push(covered);
      for (const { from } of this.#positions.values())
        if (isWithin({ from, through: from }, range)) this.#positions.delete(from);
    }
    this.fragments += fragments;
    this.tokens += tokens;
  }

  includes(range: Stretch): boolean {
    if (range.from === range.through && this.#positions.has(range.from)) return true;
    return this.#ranges.some((one) => isWithin(range, one));
  }

  touches({ from, through }: Stretch): boolean {
    if (this.#ranges.some((range) => range.from <= through && range.through >= from)) return true;
    return this.#within({ from, through }).length > 0;
  }

  #within(range: Stretch): Covered[] {
    if (range.from === range.through) return [];
    const covered = [...this.#ranges, ...this.#positions.values()];
    return covered.filter((one) => isWithin(one, range));
  }
}

function isWithin(one: Stretch, other: Stretch): boolean {
  return other.from <= one.from && other.through >= one.through;
}
