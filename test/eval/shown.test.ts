import { expect, it } from 'vitest';
import { shownShare, wordLine } from './shown.ts';

const TEN = 'one two three four five six seven eight nine ten';

it.each([
  ['the whole text', TEN, [TEN], 1],
  ['the text with other signs and capitals', TEN, ['One, two - THREE: four (five) six `seven` eight; nine/ten!'], 1],
  ['a run of eight words of ten', TEN, ['zero one two three four five six seven eight zero'], 0.8],
  [
    'two runs of eight that overlap',
    TEN,
    ['one two three four five six seven eight', 'three four five six seven eight nine ten'],
    1,
  ],
  ['seven words in a row, one too few', TEN, ['one two three four five six seven'], 0],
  ['all words in another order', TEN, ['ten nine eight seven six five four three two one'], 0],
  ['a run that goes over from one text to the next', TEN, ['one two three four', 'five six seven eight nine ten'], 0],
  ['a short text in a row', 'port is 7443', ['The port is 7443.'], 1],
  ['a short text of which a word is missing', 'port is 7443', ['The port was 7443.'], 0],
  ['a word that is the beginning of another one', 'port is 7443', ['The port is 74435.'], 0],
  ['a text without words', '---', ['---'], 0],
  ['nothing', TEN, [], 0],
])('of a gold text, when shown is %s', (_, gold, texts, share) => {
  expect(shownShare(gold, texts.map(wordLine))).toBeCloseTo(share);
});

it('counts words that two runs have in common once', () => {
  const gold = Array.from({ length: 20 }, (_, at) => `w${at}`);
  const lines = [gold.slice(0, 9), gold.slice(4, 13)].map((run) => wordLine(run.join(' ')));
  expect(shownShare(gold.join(' '), lines)).toBeCloseTo(13 / 20);
});
