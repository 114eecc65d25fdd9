import { describe, expect, it } from 'vitest';
import { claimOf, findCited } from './find-cited.ts';

const TEXT = [
  '# The orchard',
  '',
  'It lies on the north slope. The oldest pear tree, called Old Bess, was planted in 1797 by Thomas Greel.',
  'Its pears are small.',
  '',
  '| tree | year |',
  '|---|---|',
  '| Young Tom | 1902 |',
].join('\n');

const cited = (claim: string, shown = TEXT) => {
  const found = findCited(TEXT, shown, claim);
  return found === null ? null : TEXT.slice(found.from, found.to);
};

describe('the sentence that is cited', () => {
  it('is the one that says most of what the answer says of it', () => {
    expect(cited('Old Bess was planted in 1797 [1].')).toBe(
      'The oldest pear tree, called Old Bess, was planted in 1797 by Thomas Greel.',
    );
    expect(cited('Young Tom is from 1902.')).toContain('Young Tom | 1902');
  });

  it('is one that the model saw', () => {
    expect(cited('Old Bess, planted 1797, has small pears.', 'Its pears are small.')).toBe('Its pears are small.');
  });

  it('is none where no word is in both', () => {
    expect(cited('Quite another matter.')).toBeNull();
    expect(cited('')).toBeNull();
  });
});

describe('what an answer says about a citation', () => {
  const answer = 'Old Bess is from 1797 [1]. It bears pears [2, 3]. All is well. [4]';

  it('is the sentence that names its number', () => {
    expect(claimOf(answer, 1)).toBe('Old Bess is from 1797 [1].');
    expect(claimOf(answer, 3)).toBe('It bears pears [2, 3].');
  });

  it('is the sentence before a number that stands alone', () => {
    expect(claimOf(answer, 4)).toContain('All is well.');
  });

  it('is all of it when no sentence names the number', () => {
    expect(claimOf(answer, 9)).toBe(answer);
    expect(claimOf('', 1)).toBe('');
  });
});
