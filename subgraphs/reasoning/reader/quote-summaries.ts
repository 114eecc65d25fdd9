import type { Quote } from './quote-unit.ts';
import { indexPassages, type Passage } from './read-question.ts';
import { Resting } from './resting.ts';

const MOST_QUOTES = 6;
const SHORTEST_LENGTH = 40;

/** The first sentences of summaries, one of each and then the next, in the order of the summaries: what an account of all is quoted from. */
export async function quoteSummaries(summaries: readonly Passage[], signal?: AbortSignal): Promise<readonly Quote[]> {
  const units = await indexPassages(summaries, new Resting(signal));
  const telling = units.filter(
    ({ kind, text }) => kind !== 'heading' && kind !== 'code' && text.length >= SHORTEST_LENGTH,
  );
  const turns = new Map<number, number>();
  const placed = telling.map((unit) => {
    const turn = turns.get(unit.rank) ?? 0;
    turns.set(unit.rank, turn + 1);
    return { unit, turn };
  });
  return placed
    .sort((one, other) => one.turn - other.turn || one.unit.rank - other.unit.rank)
    .slice(0, MOST_QUOTES)
    .sort((one, other) => one.unit.rank - other.unit.rank || one.turn - other.turn)
    .map(({ unit }) => ({
      passage: unit.rank,
      text: unit.text,
      stretches: [summaries[unit.rank]?.text.slice(unit.from, unit.to) ?? ''],
      around: null,
    }));
}
