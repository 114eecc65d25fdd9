import { expect, it } from 'vitest';
import { clauseOf, participle, past, thirdPerson } from './verbs.ts';

it.each([
  ['add', 'adds', 'added', 'adding'],
  ['skip', 'skips', 'skipped', 'skipping'],
  ['pass', 'passes', 'passed', 'passing'],
  ['apply', 'applies', 'applied', 'applying'],
  ['remove', 'removes', 'removed', 'removing'],
  ['filter', 'filters', 'filtered', 'filtering'],
  ['set', 'sets', 'set', 'setting'],
  ['throw', 'throws', 'threw', 'throwing'],
  ['open', 'opens', 'opened', 'opening'],
  ['develop', 'develops', 'developed', 'developing'],
  ['drop', 'drops', 'dropped', 'dropping'],
  ['hand back', 'hands back', 'handed back', 'handing back'],
])('inflects %s', (verb, third, before, ongoing) => {
  expect([thirdPerson(verb), past(verb), participle(verb)]).toEqual([third, before, ongoing]);
});

it.each([
  ['Saves to a file instead of writing to stdout.', null],
  ['Returns the length of the list.', { verb: 'return', rest: 'the length of the list' }],
  ['Add `x` support (thanks to all)', { verb: 'add', rest: '`x` support' }],
  ['Removed the old parser', { verb: 'remove', rest: 'the old parser' }],
  ['The length of the list.', null],
  ['Adds it.', null],
  ['Sets the limit; the default is 4', null],
])('reads what is done in "%s"', (sentence, clause) => {
  expect(clauseOf(sentence)).toEqual(clause);
});
