import { expect, it } from 'vitest';
import { segmentOf, workingSetOf } from '../../test/support/working-sets.ts';
import { mergeParts, planSearch } from './ask-in-parts.ts';

const QUESTION = 'Which port has the ledger, and who closes the books?';
const evidenceOf = (letter: string, text: string) =>
  segmentOf({ reason: 'evidence', id: `ses_${'0'.repeat(24)}.${letter.repeat(32)}`, text });

it('looks for the parts of a question within its budget, and for the whole where there are none or little room', () => {
  const { wholeTokens, parts, partTokens } = planSearch(QUESTION, 4_096);
  expect(parts).toEqual(['Which port has the ledger?', 'who closes the books?']);
  expect(wholeTokens + parts.length * partTokens).toBeLessThanOrEqual(4_096);
  expect(planSearch('Which port has the ledger?', 4_096)).toMatchObject({ wholeTokens: 4_096, parts: [] });
  expect(planSearch(QUESTION, 600)).toMatchObject({ wholeTokens: 600, parts: [] });
});

it('shows what was found for the parts once, counts it, and tells whose it is', () => {
  const both = evidenceOf('a', 'The ledger has port 7443.');
  const clerk = evidenceOf('b', 'The youngest clerk closes the books.');
  const plan = planSearch(QUESTION, 4_096);
  const whole = workingSetOf([both], { omitted: { fragments: 9, tokens: 900 as never } });
  const found = [workingSetOf([both], { confidence: 0.7 }), workingSetOf([clerk])];
  const { workingSet, parts } = mergeParts(whole, found, plan, 4_096);
  expect(workingSet.segments).toEqual([both, clerk]);
  expect(workingSet.tokens).toBe(whole.tokens + clerk.tokens + 1);
  expect(workingSet).toMatchObject({ budgetTokens: 4_096, omitted: { fragments: 8 } });
  expect(parts).toMatchObject([
    { question: 'Which port has the ledger?', evidence: [both], confidence: 0.7 },
    { question: 'who closes the books?', evidence: [clerk, both] },
  ]);
});
