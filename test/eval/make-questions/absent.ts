import type { Random } from '../../support/random.ts';
import { askByName, type MadeQuestion, type NamedKind } from './ask.ts';
import type { Fact, PackageDocument } from './fact.ts';

const MOVED: ReadonlySet<string> = new Set(['default', 'purpose', 'returns', 'error', 'variable', 'flag']);
const RECOMBINED: ReadonlySet<string> = new Set(['default', 'flag', 'error', 'variable', 'purpose']);
const LEAST_NAME_CHARACTERS = 6;

/** Near misses: names and versions that the documents make one expect, each looked for and not found. */
export class NearMisses {
  readonly #facts: readonly Fact[];
  /** Of each document all letters and digits in lower case, so that no way to write a name hides it. */
  readonly #squeezed: readonly { readonly packageName: string; readonly text: string }[];

  constructor(documents: readonly PackageDocument[], facts: readonly Fact[]) {
    this.#facts = facts;
    this.#squeezed = documents.map(({ packageName, text }) => ({ packageName, text: squeezed(text) }));
  }

  /** Questions that the documents do not answer, in random order. */
  ask(random: Random, count: number): MadeQuestion[] {
    const makers = [this.#moved, this.#recombined, this.#moved, this.#neverReleased];
    const made: MadeQuestion[] = [];
    for (let tries = 0; made.length < count && tries < count * 30; tries++) {
      const question = makers[tries % makers.length]?.call(this, random);
      if (question != null) made.push(question);
    }
    return made;
  }

  /** A name of one package, asked of another one that has such things but not this one. */
  #moved(random: Random): MadeQuestion | null {
    const fact = this.#pick(MOVED, random);
    const other = fact === null ? null : this.#pick(new Set([fact.kind]), random);
    if (fact === null || other === null || fact.subject.length < LEAST_NAME_CHARACTERS) return null;
    // `avvio.close` tells whose it is.
    if (fact.subject.includes('.')) return null;
    const { packageName } = other.document;
    if (packageName === fact.document.packageName) return null;
    // A document about both could say it of the other one.
    if (
      this.#anyHolds(
        (text, of) =>
          text.includes(squeezed(fact.subject)) && (of === packageName || text.includes(squeezed(packageName))),
      )
    )
      return null;
    return unanswerable(fact.kind as NamedKind, fact.subject, packageName, random);
  }

  /** A name of which one part is that of another name of the same package. */
  #recombined(random: Random): MadeQuestion | null {
    const fact = this.#pick(RECOMBINED, random);
    if (fact === null) return null;
    const { packageName } = fact.document;
    const siblings = this.#facts.filter(
      ({ kind, document }) => kind === fact.kind && document.packageName === packageName,
    );
    const subject = recombined(fact.subject, random.pick(siblings).subject, random);
    if (subject === null || this.#anyHolds((text) => text.includes(squeezed(subject)))) return null;
    return unanswerable(fact.kind as NamedKind, subject, packageName, random);
  }

  /** A version next to one that there is. */
  #neverReleased(random: Random): MadeQuestion | null {
    const fact = this.#pick(new Set(['release']), random);
    if (fact === null) return null;
    const parts = fact.subject.split('.').map(Number);
    const place = random.pick([1, 2]);
    const subject = parts
      .map((part, at) => (at < place ? part : at === place ? part + 1 + random.below(3) : 0))
      .join('.');
    const { packageName } = fact.document;
    const isThere = this.#squeezed.some(
      (one) => one.packageName === packageName && one.text.includes(squeezed(subject)),
    );
    return isThere ? null : unanswerable('release', subject, packageName, random);
  }

  /** A kind first: there are ten times as many options as flags. */
  #pick(kinds: ReadonlySet<string>, random: Random): Fact | null {
    const there = [...kinds].filter((kind) => this.#facts.some((fact) => fact.kind === kind));
    if (there.length === 0) return null;
    const kind = random.pick(there);
    return random.pick(this.#facts.filter((fact) => fact.kind === kind));
  }

  #anyHolds(isHeld: (text: string, packageName: string) => boolean): boolean {
    return this.#squeezed.some(({ packageName, text }) => isHeld(text, packageName));
  }
}

function unanswerable(kind: NamedKind, subject: string, packageName: string, random: Random): MadeQuestion {
  const question = askByName(kind, subject, packageName, random);
  return { question, category: 'unanswerable', answer: null, gold: [], packageNames: [packageName] };
}

/** Letters and digits in lower case; the dots of versions stay, or 1.11.0 would be 11.1.0. */
function squeezed(text: string): string {
  return text.toLowerCase().replace(/(?<!\d)\.|\.(?!\d)|[^\p{L}\p{N}.]/gu, '');
}

/** `keepAliveTimeout` and `bodyLimit`: `keepAliveLimit`, with the last or the first part of the other; null for names of one part. */
function recombined(name: string, other: string, random: Random): string | null {
  const [own, others] = [partsOf(name), partsOf(other)];
  const isLast = random.chance(0.5);
  const [mine, theirs] = isLast ? [own.at(-1), others.at(-1)] : [own[0], others[0]];
  if (own.length < 2 || others.length < 2 || mine === undefined || theirs === undefined) return null;
  if (mine.toLowerCase() === theirs.toLowerCase()) return null;
  return isLast ? [...own.slice(0, -1), theirs].join('') : [theirs, ...own.slice(1)].join('');
}

/** `--no-create`: `--no`, `-create`; `keepAlive`: `keep`, `Alive`. */
function partsOf(name: string): string[] {
  return name.split(/(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z\d])(?=[_-])/);
}
