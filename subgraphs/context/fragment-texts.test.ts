import { describe, expect, it } from 'vitest';
import { FragmentTexts } from './fragment-texts.ts';

describe('FragmentTexts', () => {
  it('lets the least recently used go when the memory is spent', () => {
    const texts = new FragmentTexts(80);
    for (const hash of ['a', 'b', 'c', 'd']) texts.set(hash, hash.repeat(10));
    expect(texts.get('a')).toBe('a'.repeat(10));
    texts.set('e', 'e'.repeat(10));
    expect([texts.get('b'), texts.get('a'), texts.get('e')]).toEqual([null, 'a'.repeat(10), 'e'.repeat(10)]);
  });

  it('counts a text that comes again once', () => {
    const texts = new FragmentTexts(80);
    for (let times = 0; times < 100; times++) texts.set('a', 'a'.repeat(10));
    texts.set('b', 'b'.repeat(10));
    expect(texts.get('a')).not.toBeNull();
  });

  it('does not empty itself for one text that is too long', () => {
    const texts = new FragmentTexts(80);
    texts.set('a', 'a'.repeat(10));
    texts.set('b', 'b'.repeat(30));
    expect([texts.get('a'), texts.get('b')]).toEqual(['a'.repeat(10), null]);
  });
});
