import { expect, it } from 'vitest';
import { seededRandom } from '../../../support/random.ts';
import { wordsOf } from '../../shown.ts';
import { makeConversation } from './conversation.ts';
import { manualFacts } from './manuals.ts';

it('makes the same conversation of the same seed, whose questions are answered by what was said last', () => {
  const one = makeConversation(seededRandom(7));
  expect(makeConversation(seededRandom(7))).toEqual(one);
  const textOf = new Map(one.items.map(({ id, text }) => [id, text]));
  for (const { answer, evidence, category } of one.questions) {
    expect(answer === null).toBe(category === 'never said');
    for (const id of evidence) expect(textOf.get(id)).toContain(answer);
  }
  expect(new Set(one.questions.map(({ category }) => category))).toEqual(new Set(['said', 'said anew', 'never said']));
});

it('never speaks of what is said to be never spoken of', () => {
  const { items, questions } = makeConversation(seededRandom(3));
  const said = items.map(({ text }) => wordsOf(text));
  const ports = questions.filter(({ question, answer }) => answer === null && /port\b/.test(question));
  expect(ports.length).toBeGreaterThan(0);
  for (const { question } of ports) {
    const project =
      question
        .match(/[A-Z][a-z]+/g)
        ?.at(-1)
        ?.toLowerCase() ?? 'none';
    expect(said.some((words) => words.includes(project) && words.includes('port'))).toBe(false);
  }
});

it('reads what stands under a heading that is a name', () => {
  const text =
    '# Config\n\n#### `fetch-retries`\n\n* Default: 2\n* Type: Number\n\nThe "retries" config for the retry module to use.\n\n';
  const facts = manualFacts({ packageName: 'kiln', path: 'kiln/config.md', text });
  expect(facts.map(({ kind, subject, answer }) => [kind, subject, answer])).toEqual([
    ['default', 'fetch-retries', '2'],
    ['purpose', 'fetch-retries', 'The "retries" config for the retry module to use.'],
  ]);
  for (const { passage } of facts) expect(text).toContain(passage);
});
