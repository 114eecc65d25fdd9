import { expect, it } from 'vitest';
import { wordEmbedder } from '../../fixtures/word-embedder.ts';
import { QuestionVectors } from './question-vectors.ts';

it('embeds both ends of a long question, as it stands in between words, and a short one whole', async () => {
  const embedder = wordEmbedder();
  const questions = new QuestionVectors({ waitMs: 1_000 });
  const pasted = 'harbour tide 🚢 '.repeat(500);
  await questions.of(embedder, `Which doctor wrote this? ${pasted}`);
  await questions.of(embedder, `${pasted} Which surgeon wrote this?`);
  await questions.of(embedder, 'Which kitten?');
  const [first = '', last = '', short] = embedder.asked;
  expect(first).toMatch(/^Which doctor wrote this\? harbour/);
  expect(last).toMatch(/ Which surgeon wrote this\?$/);
  expect(short).toBe('Which kitten?');
  for (const text of [first, last]) {
    expect(text.length).toBeLessThanOrEqual(1_201);
    expect(text.length).toBeGreaterThan(1_000);
    expect(text.replace(/harbour|tide|🚢|Which (?:doctor|surgeon) wrote this\?/gu, '').trim()).toBe('');
  }
});

it('tells two long questions apart that only end differently', async () => {
  const questions = new QuestionVectors({ waitMs: 1_000 });
  const pasted = 'harbour '.repeat(500);
  const embedder = wordEmbedder();
  const one = await questions.of(embedder, `${pasted} doctor`);
  expect(await questions.of(embedder, `${pasted} kitten`)).not.toEqual(one);
});
