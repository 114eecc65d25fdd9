import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { describe, expect, it } from 'vitest';
import type { Hit } from '../calls/store.ts';
import type { LogEntry } from '../log/session-log.ts';
import { chooseEvidence } from './choose-evidence.ts';
import { Coverage } from './coverage.ts';
import { Ledger } from './ledger.ts';
import { leastShare, sharesOf } from './shares.ts';

const BUDGET_TOKENS = 1_000;
const TEXTS = [
  'Kingfisher is a release of the billing service.',
  'Spring brought Kingfisher to three harbours at once.',
  'Nobody asked who had painted Kingfisher on that wall.',
  'A violin maker named his workshop Kingfisher.',
  'Glaciers were seen from the deck of Kingfisher.',
  'Her first printing press was called Kingfisher.',
  'Bees do not mind a Kingfisher near their hives.',
  'The Kingfisher inn closed its kitchen early.',
  'Old saddles hung in the hall at Kingfisher farm.',
];

function hits(scores: readonly number[]): Hit[] {
  return scores.map((score, position) => ({
    hash: position.toString(16).padStart(32, '0'),
    position,
    score,
    text: TEXTS[position] as string,
    tokens: 12,
    name: null,
  }));
}

function entryAt(position: number): LogEntry {
  const place = { position, chatTokensBefore: 0, turn: null, isAnswer: false };
  return { ...place, hash: '', tokens: 12, role: 'document', kind: 'file', facts: null };
}

async function shown(scores: readonly number[], budgetTokens = BUDGET_TOKENS): Promise<number[]> {
  const ledger = new Ledger(budgetTokens);
  const { passageTokens, relevance } = sharesOf(budgetTokens);
  const draft = {
    sessionId: 'ses_0123456789abcdef01234567',
    ledger,
    coverage: new Coverage(Withdrawn.NONE),
    modelNodes: new Set<string>(),
  };
  await chooseEvidence(draft, {
    question: 'What is Kingfisher?',
    candidates: hits(scores).map((hit) => ({ hit, entry: entryAt(hit.position) })),
    leaves: [],
    passageTokens,
    relevance,
  });
  return ledger.segments.map(({ from }) => from);
}

describe('evidence under a small budget', () => {
  it('is no longer the more lesser hits there are', async () => {
    const few = [1, 0.8, 0.7];
    expect(await shown(few)).toEqual([0, 1, 2]);
    expect(await shown([...few, 0.68, 0.66, 0.65, 0.64, 0.62, 0.61])).toEqual([0, 1, 2, 3]);
  });

  it('leaves out noise even when little else was found', async () => {
    expect(await shown([1, 0.5])).toEqual([0]);
  });

  it('shows all that is as good as the best', async () => {
    expect(await shown(Array(9).fill(1))).toHaveLength(9);
  });
});

it('is all that is no noise when the budget is large', async () => {
  expect(await shown([1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.26, 0.2], 8_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('needs a higher score with each passage after the first ones, never more than the best', () => {
  const relevance = { least: 0.5, firstPassages: 2, rise: 0.2 };
  const needed = [0, 1, 2, 3, 4, 5, 6].map((shown) => Number(leastShare(relevance, shown).toFixed(6)));
  expect(needed).toEqual([0.5, 0.5, 0.7, 0.9, 1, 1, 1]);
});
