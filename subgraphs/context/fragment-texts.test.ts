import { describe, expect, it } from 'vitest';
import { fragmentTexts } from './fragment-texts.ts';

describe('texts of fragments', () => {
  it('lets the least recently used go when the memory is spent', () => {
    const texts = fragmentTexts(80);
    for (const hash of ['a', 'b', 'c', 'd']) texts.set(hash, { text: hash.repeat(10), name: null });
    expect(texts.get('a')?.text).toBe('a'.repeat(10));
    texts.set('e', { text: 'e'.repeat(10), name: null });
    expect([texts.get('b')?.text, texts.get('a')?.text, texts.get('e')?.text]).toEqual([
      undefined,
      'a'.repeat(10),
      'e'.repeat(10),
    ]);
  });

  it('counts a text that comes again once', () => {
    const texts = fragmentTexts(80);
    for (let times = 0; times < 100; times++) texts.set('a', { text: 'a'.repeat(10), name: null });
    texts.set('b', { text: 'b'.repeat(10), name: null });
    expect(texts.get('a')?.text).toBeDefined();
  });

  it('does not empty itself for one text that is too long', () => {
    const texts = fragmentTexts(80);
    texts.set('a', { text: 'a'.repeat(10), name: null });
    texts.set('b', { text: 'b'.repeat(30), name: null });
    expect([texts.get('a')?.text, texts.get('b')?.text]).toEqual(['a'.repeat(10), undefined]);
  });
});
