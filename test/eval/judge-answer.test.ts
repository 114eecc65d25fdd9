import { describe, expect, it } from 'vitest';
import { type GivenAnswer, isCarried, judge, type WantedAnswer } from './judge-answer.ts';

const PASSAGE = 'The books are closed at ten in the evening by the youngest clerk.';
const WANTED: WantedAnswer = { answer: 'ten in the evening', gold: [{ itemId: 'docs/close.md', text: PASSAGE }] };
const groupOf = (id: string) => id.split('/')[0] ?? id;
const cited = (itemId: string | null, text = PASSAGE, quotes: readonly string[] = []) => ({ itemId, text, quotes });
const given = (text: string, certainty: string | null, ...citations: GivenAnswer['citations']): GivenAnswer => ({
  text,
  certainty,
  citations,
});

describe('judge', () => {
  it.each([
    ['right, stated', given(`“${PASSAGE}” [1]`, 'STATED', cited('docs/close.md'))],
    ['right, unsure', given('The closest passage: “closed at ten in the evening”', 'UNSURE')],
    ['right, stated', given('At ten in the evening.', null)],
    ['wrong but stated', given('“The mill is closed at noon.” [1]', 'STATED', cited('docs/mill.md'))],
    ['wrong, unsure', given('“The mill is closed at noon.” [1]', 'UNSURE', cited('docs/mill.md'))],
    ['refused', given('No answer was found in your documents. Nearest to it: “ten in the evening”', 'NOT_SAID')],
    ['refused', given('The text does not mention when the books are closed.', null)],
    ['wrong but stated', given('“At noon.” Said before: “at ten in the evening”', 'STATED')],
  ] as const)('calls it %s', (verdict, answer) => {
    expect(judge(WANTED, answer, groupOf)).toBe(verdict);
  });

  it('takes a short value only from a document of the same group', () => {
    const wanted = {
      answer: '7443',
      gold: [{ itemId: 'docs/ports.md', text: 'The port of the ledger is 7443, they say.' }],
    };
    expect(judge(wanted, given('“7443”', 'STATED', cited('docs/other.md', '7443')), groupOf)).toBe('right, stated');
    expect(judge(wanted, given('“7443”', 'STATED', cited('mill/ports.md', '7443')), groupOf)).toBe('wrong but stated');
  });

  it('has no right answer for a question that nothing answers', () => {
    expect(judge({ answer: null, gold: [] }, given('“Ten.”', 'STATED'), groupOf)).toBe('wrong but stated');
    expect(judge({ answer: null, gold: [] }, given('', 'NOT_SAID'), groupOf)).toBe('refused');
  });

  it('takes a part of the passage only where it has what is wanted', () => {
    const answer = (quote: string) => given('…', 'STATED', cited('docs/close.md', PASSAGE, [quote]));
    expect(judge(WANTED, answer('closed at ten in the evening'), groupOf)).toBe('right, stated');
    expect(judge(WANTED, answer('by the youngest clerk'), groupOf)).toBe('wrong but stated');
  });
});

it('says whether what is cited has what is wanted', () => {
  expect(isCarried(WANTED, given('', 'STATED', cited('docs/close.md')))).toBe(true);
  expect(isCarried(WANTED, given('', 'STATED', cited('docs/close.md', 'closed at ten in the evening')))).toBe(true);
  expect(isCarried(WANTED, given('', 'STATED', cited('docs/close.md', 'The mill is closed at noon.')))).toBe(false);
  expect(isCarried(WANTED, given('', 'STATED'))).toBe(false);
});
