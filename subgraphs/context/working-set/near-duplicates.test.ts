import { describe, expect, it } from 'vitest';
import { NearDuplicates } from './near-duplicates.ts';

const text = 'The quick brown fox jumps over the lazy dog, and then it sleeps until the evening comes.';

describe('NearDuplicates', () => {
  it('knows what has been said, in nearly the same words too', () => {
    const said = new NearDuplicates();
    expect(said.isRepeated(text)).toBe(false);
    expect(said.isRepeated(text)).toBe(true);
    expect(said.isRepeated(text.replace('lazy', 'sleepy'))).toBe(true);
    expect(said.isRepeated(text.toUpperCase())).toBe(true);
  });

  it('lets pass what only shares some words', () => {
    const said = new NearDuplicates();
    said.isRepeated(text);
    expect(said.isRepeated('The lazy dog is brown, and the fox is quick; both eat at noon and rest after that.')).toBe(
      false,
    );
  });

  it('knows short texts and texts without words', () => {
    const said = new NearDuplicates();
    expect([said.isRepeated('yes'), said.isRepeated('no'), said.isRepeated('Yes!')]).toEqual([false, false, true]);
    expect([said.isRepeated('---'), said.isRepeated('---')]).toEqual([false, false]);
  });
});
