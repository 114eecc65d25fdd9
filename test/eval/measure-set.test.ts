import { expect, it } from 'vitest';
import type { LoggedFragment, ShownText } from './graph-session.ts';
import { type AskedSession, measureSet, type QuestionFigures } from './measure-set.ts';
import { rank as fts5 } from './peers/fts5.ts';
import type { EvalItem, EvalQuestion, QuestionSet } from './question-set.ts';

const SENTENCE = 'The books are closed at ten in the evening by the youngest clerk.';
const MESSAGE = 'My sister paints boats, most of them blue, down at the old harbour.';
const FRAGMENTS: readonly LoggedFragment[] = [
  { itemId: 'close.md', text: `# Closing\n\n${SENTENCE}\n` },
  { itemId: 'close.md', text: 'Nobody opens them before dawn.\n' },
  { itemId: 'copy.md', text: `${SENTENCE}\n` },
  { itemId: 'said', text: MESSAGE },
];
const ITEMS: readonly EvalItem[] = [...Map.groupBy(FRAGMENTS, ({ itemId }) => itemId)].map(([id, fragments]) => ({
  id,
  group: '1',
  role: id === 'said' ? 'USER' : null,
  occurredAt: null,
  path: id === 'said' ? null : id,
  text: fragments.map(({ text }) => text).join(''),
}));
const CLOSING = { itemId: 'close.md', text: SENTENCE };

/** A session whose working set shows these texts, whatever it is asked, and whose search finds these positions. */
function sessionOf(shown: readonly Omit<ShownText, 'score'>[], hits: readonly number[] = []): AskedSession {
  const texts = shown.map(({ text }) => text);
  return {
    log: async () => [...FRAGMENTS],
    search: async () => [...hits],
    workingSet: async () => ({
      tokens: 10,
      durationMs: 1,
      shown: shown.map((one) => ({ ...one, score: null })),
      texts,
      foreignTexts: 0,
      numbers: {},
    }),
  };
}

async function measured(session: AskedSession, gold: EvalQuestion['gold'], budget = 256): Promise<QuestionFigures> {
  const question: EvalQuestion = {
    question: 'When does the youngest clerk close?',
    category: 'c',
    gold,
    answer: null,
    half: 'fit',
  };
  const set: QuestionSet = { name: 'books', items: ITEMS, questions: [question] };
  const options = { peers: [{ name: 'fts5', rank: fts5 }], budgets: [budget], onAsked: () => {} };
  const [figures] = await measureSet(set, session, options);
  if (figures === undefined) throw new Error('not asked');
  return figures;
}

it.each([
  ['in an excerpt of its document', [{ position: 0, text: `… ${SENTENCE}` }], 1, 1],
  ['by nine of its thirteen words', [{ position: 0, text: 'books are closed at ten in the evening by' }], 0, 0],
  ['by eleven of its thirteen words', [{ position: 0, text: SENTENCE.slice(0, -' youngest clerk.'.length) }], 1, 0],
  ['in another document that says the same', [{ position: 2, text: SENTENCE }], 0, 0],
  ['nowhere', [], 0, 0],
])('a passage of a document shown %s', async (_, shown, recall, whole) => {
  const { budgets } = await measured(sessionOf(shown), [CLOSING]);
  expect([budgets[0]?.recall, budgets[0]?.whole]).toEqual([recall, whole]);
});

it('a message counts as shown wherever its words stand, and of two gold texts half may be shown', async () => {
  const said = { itemId: 'said', text: MESSAGE };
  const { budgets } = await measured(sessionOf([{ position: 1, text: MESSAGE }]), [said, CLOSING]);
  expect(budgets[0]?.recall).toBe(0.5);
});

it('a hit is one that holds the passage, and for a message any fragment of it', async () => {
  const said = { itemId: 'said', text: MESSAGE };
  const recall = async (hits: readonly number[], gold: EvalQuestion['gold']) =>
    (await measured(sessionOf([], hits), gold)).recallAt10;
  expect(await recall([1, 2], [CLOSING])).toBe(0);
  expect(await recall([1, 0], [CLOSING])).toBe(1);
  expect(await recall([3], [said])).toBe(1);
});

it('a peer packs fragments of documents, and is held to the same passage', async () => {
  const { peersAt10, budgets } = await measured(sessionOf([]), [CLOSING]);
  expect(peersAt10).toEqual({ fts5: 1 });
  expect(budgets[0]?.peers).toEqual({ fts5: 1 });
  const small = await measured(sessionOf([]), [CLOSING], 5);
  expect(small.budgets[0]?.peers).toEqual({ fts5: 0 });
});

it('what is unanswerable has no recall, and what is over its budget is said', async () => {
  const { recallAt10, peersAt10, budgets } = await measured(sessionOf([{ position: 0, text: SENTENCE }]), [], 5);
  expect([recallAt10, peersAt10, budgets[0]?.recall, budgets[0]?.peers]).toEqual([
    null,
    { fts5: null },
    null,
    { fts5: null },
  ]);
  expect(budgets[0]?.isOverBudget).toBe(true);
});
