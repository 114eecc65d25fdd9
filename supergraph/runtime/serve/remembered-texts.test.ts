import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DocumentNode, parse } from 'graphql';
import { expect, it } from 'vitest';
import { rememberedTexts, sizeOfDocument } from './remembered-texts.ts';

const text = (at: number, length: number) => String(at).padStart(length, '0');

it('forgets what was unused for longest when there are too many', () => {
  const texts = rememberedTexts<{ at: number }>(() => 0);
  for (let at = 0; at < 1_000; at++) texts.set(text(at, 4), { at });
  expect(texts.get(text(0, 4))).toEqual({ at: 0 });
  texts.set('one more', { at: -1 });
  expect(texts.get(text(0, 4))).toEqual({ at: 0 });
  expect(texts.get(text(1, 4))).toBeUndefined();
});

it('stays within its memory, by what the texts are and by what was made of them', () => {
  const long = rememberedTexts<{ at: number }>(() => 0);
  for (let at = 0; at < 20; at++) long.set(text(at, 4_000_000), { at });
  expect(long.size).toBe(8);
  const deep = rememberedTexts<{ at: number }>(() => 8_000_000);
  for (let at = 0; at < 20; at++) deep.set(text(at, 10), { at });
  expect(deep.size).toBe(8);
  expect(deep.get(text(19, 10))).toEqual({ at: 19 });
});

it('does not keep a text that would put out too many others', () => {
  const texts = rememberedTexts<{ at: number }>(({ at }) => at);
  texts.set('short', { at: 1 });
  texts.set('large', { at: 9_000_000 });
  expect([texts.has('short'), texts.size]).toEqual([true, 1]);
});

it('takes a document for at least half of the bytes that it is', () => {
  const text = `{ ${'id '.repeat(5_000)} }`;
  const before = heapBytes();
  const documents = Array.from({ length: 20 }, () => parse(text));
  const each = (heapBytes() - before) / documents.length;
  expect(sizeOfDocument(documents[0] as DocumentNode)).toBeGreaterThan(each / 2);
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
