import { NearDuplicates, saysAllOf } from './near-duplicates.ts';
import { worth } from './offers.ts';
import { type Passage, passageOf } from './passages.ts';

/** Less than this holds no sentence. */
const SMALLEST_TOKENS = 16;

/** Where less of a text is new it says nothing new. */
const LEAST_NEWS = 0.2;

/** What says much that has been said, and what it is worth for the rest. */
interface PutAside {
  readonly passage: Passage;
  readonly worth: number;
}

interface Chosen {
  passage: Passage;
  score: number;
  /** Positions of what it shows, and of what it took the place of. */
  readonly standsFor: Set<number>;
}

/** The evidence of one working set in the making: takes what is offered if it fits and says something new. */
export class Selection {
  readonly #roomTokens: number;
  readonly #said = new NearDuplicates();
  readonly #chosen: Chosen[] = [];
  /** Of the fragments that are, or were, among them. */
  readonly #hashes = new Set<string>();
  /** The most worth first. */
  #aside: PutAside[] = [];
  #spentTokens = 0;

  constructor(roomTokens: number) {
    this.#roomTokens = roomTokens;
  }

  get leftTokens(): number {
    return this.#roomTokens - this.#spentTokens;
  }

  get hasRoom(): boolean {
    return this.leftTokens >= SMALLEST_TOKENS;
  }

  /** What was taken, the best first, of equals the newer; the parts of a message together, in their order. */
  get passages(): Passage[] {
    const chosen = [...this.#chosen].sort((one, other) => other.score - one.score || newest(other) - newest(one));
    return chosen.map(({ passage, score }) => ({ ...passage, score }));
  }

  /** To be offered by worth, the most worth first. */
  offer(offered: Passage): void {
    this.#takeAside(worth(offered));
    const passage = this.#without(offered);
    if (passage.shown.length === 0 || passage.tokens > this.leftTokens) return;
    const news = passage.shown.map((shown) => this.#said.look(shown.wholeText, shown.entry.position));
    const saids = news.flatMap((one) => (one.state === 'repeated' ? one.said : []));
    if (saids.length < news.length) this.#take(passage, news[0]?.state === 'differs' ? news[0].like : null);
    else if (!this.#renew(passage, news[0]?.like ?? null)) this.#putAside(passage, saids);
  }

  /** Says that nothing more is offered. */
  end(): void {
    this.#takeAside(0);
  }

  /** @param saids Of each part, how much of it has been said */
  #putAside(passage: Passage, saids: readonly number[]): void {
    const news = 1 - saids.reduce((sum, said) => sum + said, 0) / saids.length;
    if (news < LEAST_NEWS) return;
    this.#aside.push({ passage, worth: worth(passage) * Math.sqrt(news) });
    this.#aside.sort((one, other) => other.worth - one.worth);
  }

  /** What was put aside is shown as well, for what it says beside what has been said, where that is worth more than what comes next. */
  #takeAside(thanWorth: number): void {
    while ((this.#aside[0]?.worth ?? 0) > thanWorth) {
      const { passage } = this.#aside.shift() as PutAside;
      const left = this.#without(passage);
      if (left.shown.length === 0 || left.tokens > this.leftTokens) continue;
      for (const { wholeText, entry } of left.shown) this.#said.say(wholeText, entry.position);
      this.#take(left, null);
    }
  }

  /** The log may list a fragment at several places, as the beginning of two messages: it is shown at one of them. */
  #without(passage: Passage): Passage {
    const shown = passage.shown.filter(({ entry }) => !this.#hashes.has(entry.hash));
    return shown.length === passage.shown.length ? passage : passageOf(shown, passage.score);
  }

  #take(passage: Passage, like: number | null): void {
    const taken: Chosen = { passage, score: passage.score, standsFor: new Set() };
    const earlier = this.#holding(like);
    // Of two that say the same of a matter but for a number or a denial, the newer holds: it comes first, the older behind it.
    if (earlier !== undefined) {
      const isNewer = newest(taken) > newest(earlier);
      const score = isNewer ? Math.max(taken.score, earlier.score) : Math.min(taken.score, earlier.score);
      taken.score = score;
    }
    this.#chosen.push(taken);
    this.#note(taken);
    this.#spentTokens += passage.tokens;
  }

  /** What is newer takes the place of what was said before where it says all of it: whether it did. */
  #renew(passage: Passage, like: number | null): boolean {
    const earlier = this.#holding(like);
    const isSingle = passage.shown.length === 1 && earlier?.passage.shown.length === 1;
    if (earlier === undefined || !isSingle || newest({ passage }) <= newest(earlier)) return false;
    const [text, before] = [passage.shown[0]?.wholeText ?? '', earlier.passage.shown[0]?.wholeText ?? ''];
    if (!saysAllOf(text, before)) return false;
    const spentTokens = this.#spentTokens + passage.tokens - earlier.passage.tokens;
    if (spentTokens > this.#roomTokens) return false;
    this.#spentTokens = spentTokens;
    earlier.passage = passage;
    this.#note(earlier);
    return true;
  }

  #note({ passage, standsFor }: Chosen): void {
    for (const { entry } of passage.shown) {
      this.#hashes.add(entry.hash);
      standsFor.add(entry.position);
    }
  }

  #holding(position: number | null): Chosen | undefined {
    return position === null ? undefined : this.#chosen.find(({ standsFor }) => standsFor.has(position));
  }
}

function newest({ passage }: Pick<Chosen, 'passage'>): number {
  return passage.shown.at(-1)?.entry.position ?? -1;
}
