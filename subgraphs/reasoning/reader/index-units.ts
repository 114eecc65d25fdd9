import { termsOf } from '@supercontext/text/terms.ts';
import { boundsInWords } from './question-terms.ts';
import { datesAsIso } from './read-dates.ts';
import type { ReadingUnit } from './reading-unit.ts';

/** A unit with its terms, once for all questions about its passage. */
export interface IndexedUnit extends ReadingUnit {
  /** Place of its passage, the best first. */
  readonly rank: number;
  /** Where its passage is from. */
  readonly about: string;
  /** Whether nothing but headings stands between it and the heading above. */
  readonly isFirst: boolean;
  readonly terms: readonly string[];
  readonly own: Words;
  readonly context: Words;
  /** Those beside it in its block. */
  readonly neighbours: readonly Words[];
  readonly passage: Words;
}

/** A text and its terms. */
export interface Words {
  readonly text: string;
  readonly terms: ReadonlySet<string>;
}

/** The units of one passage with their terms. @param about Where it is from: its words are around each of its units. */
export function indexUnits(units: readonly ReadingUnit[], about: string, rank: number): IndexedUnit[] {
  const lists = units.map(({ text }) => termsOf(datesAsIso(boundsInWords(text))));
  const texts = units.map(({ text }, at) => ({ text, terms: new Set(lists[at]) }));
  const origin = termsOf(about);
  const all = new Set(origin);
  for (const { terms } of texts) for (const term of terms) all.add(term);
  const passage = { text: [about, ...units.map(({ text }) => text)].join('\n'), terms: all };
  const contexts = new Map<string, Words>();
  return units.map((unit, at) => {
    const above = [about, ...unit.headings.map(({ text }) => text), ...unit.parents, unit.first ?? ''].join('\n');
    const context = contexts.get(above) ?? { text: above, terms: new Set(termsOf(datesAsIso(above))) };
    contexts.set(above, context);
    const neighbours = [at - 1, at + 1].flatMap((other) => {
      const neighbour = texts[other];
      return neighbour !== undefined && units[other]?.block === unit.block ? [neighbour] : [];
    });
    const before = units[at - 1];
    const isFirst =
      before === undefined
        ? false
        : before.kind === 'heading' || (before.kind === 'code' && units[at - 2]?.kind === 'heading');
    return {
      ...unit,
      rank,
      about,
      isFirst,
      terms: lists[at] ?? [],
      own: texts[at] as Words,
      context,
      neighbours,
      passage,
    };
  });
}
