import { expect, it } from 'vitest';
import { rememberedTexts } from './remembered-texts.ts';

const text = (at: number, length: number) => String(at).padStart(length, '0');

it('forgets what was unused for longest when there are too many', () => {
  const texts = rememberedTexts<{ at: number }>();
  for (let at = 0; at < 1_000; at++) texts.set(text(at, 4), { at });
  expect(texts.get(text(0, 4))).toEqual({ at: 0 });
  texts.set('one more', { at: -1 });
  expect(texts.get(text(0, 4))).toEqual({ at: 0 });
  expect(texts.get(text(1, 4))).toBeUndefined();
});

it('stays within its characters, however few texts that are', () => {
  const texts = rememberedTexts<{ at: number }>();
  for (let at = 0; at < 50; at++) texts.set(text(at, 399_999), { at });
  expect(texts.size).toBe(10);
  expect(texts.get(text(49, 399_999))).toEqual({ at: 49 });
});

it('does not keep a text that would put out too many others', () => {
  const texts = rememberedTexts<{ at: number }>();
  texts.set('short', { at: 1 });
  texts.set(text(0, 600_000), { at: 2 });
  expect([texts.has('short'), texts.size]).toEqual([true, 1]);
});
