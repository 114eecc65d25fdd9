import { expect, test } from 'vitest';
import type { Sampling } from './language-model.ts';
import { Sampler } from './sampler.ts';

const logits = (): Float32Array => Float32Array.of(1, 3, 2, -1, 2.5);
const plain: Sampling = { temperature: 1, topP: 1, repetitionPenalty: 1, seed: 42 };

function draw(sampling: Sampling, count: number, from = logits): number[] {
  const sampler = new Sampler(sampling);
  return Array.from({ length: count }, () => sampler.next(from()));
}

test('temperature 0 always takes the likeliest token', () => {
  expect(draw({ ...plain, temperature: 0 }, 5)).toEqual([1, 1, 1, 1, 1]);
});

test('the same seed draws the same tokens, another seed others', () => {
  expect(draw(plain, 50)).toEqual(draw(plain, 50));
  expect(draw({ ...plain, seed: 43 }, 50)).not.toEqual(draw(plain, 50));
});

test('tokens are drawn as often as their probabilities say', () => {
  const tokens = draw(plain, 20_000);
  const weights = [...logits()].map(Math.exp);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  weights.forEach((weight, token) => {
    const share = tokens.filter((drawn) => drawn === token).length / tokens.length;
    expect(Math.abs(share - weight / sum)).toBeLessThan(0.015);
  });
});

test('top-p draws from the smallest set that reaches it', () => {
  expect(new Set(draw({ ...plain, topP: 0.7 }, 500))).toEqual(new Set([1, 4]));
  expect(new Set(draw({ ...plain, topP: 0.01 }, 100))).toEqual(new Set([1]));
});

test('the repetition penalty turns the answer away from what it has said', () => {
  expect(draw({ ...plain, temperature: 0, repetitionPenalty: 1.5 }, 4)).toEqual([1, 4, 1, 1]);
  const negative = (): Float32Array => Float32Array.of(-1, -1.2);
  expect(draw({ ...plain, temperature: 0, repetitionPenalty: 1.5 }, 2, negative)).toEqual([0, 1]);
});

test('logits without a finite maximum fail instead of becoming a token', () => {
  const broken = (): Float32Array => new Float32Array(5).fill(Number.NaN);
  expect(() => draw(plain, 1, broken)).toThrow(expect.objectContaining({ code: 'MODEL_FAILED' }));
});

test('logits that are no numbers are a fault of the model, wherever they stand', () => {
  for (const at of [0, 2, 4]) {
    const broken = (value: number) => (): Float32Array =>
      logits().map((logit, index) => (index === at ? value : logit));
    expect(() => draw(plain, 1, broken(Number.NaN))).toThrow(/no finite logits/);
    expect(() => draw({ ...plain, temperature: 0 }, 1, broken(Number.NaN))).toThrow(/no finite logits/);
    expect(() => draw(plain, 1, broken(Number.POSITIVE_INFINITY))).toThrow(/no finite logits/);
    expect(draw({ ...plain, temperature: 0 }, 1, broken(Number.NEGATIVE_INFINITY))).toHaveLength(1);
  }
});
