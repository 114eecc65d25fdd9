import { describe, expect, it } from 'vitest';
import { gist } from './gist.ts';

describe('the gist of a question', () => {
  it('is the question, where that is short', () => {
    expect(gist('Who keeps the lighthouse?')).toBe('Who keeps the lighthouse?');
  });

  it('is both ends of a long one, with no word parted', () => {
    const words = Array.from({ length: 3_000 }, (_, at) => `keyword${at}x`);
    const read = gist(words.join(' ')).split(' ').filter(Boolean);
    expect(read[0]).toBe(words[0]);
    expect(read.at(-1)).toBe(words.at(-1));
    expect(new Set(read).isSubsetOf(new Set(words))).toBe(true);
    expect(read.length).toBeLessThan(400);
  });

  it('parts no family', () => {
    const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';
    expect(gist(family.repeat(2_000)).replaceAll(family, '').trim()).toBe('');
  });
});
