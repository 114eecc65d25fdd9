import { expect, it } from 'vitest';
import { splitCitations } from './split-citations.ts';

it('cuts an answer at the numbers that are cited', () => {
  expect(splitCitations('One [1], two [2].', new Set([1, 2]))).toEqual([
    { kind: 'text', text: 'One ', at: 0 },
    { kind: 'citation', number: 1, at: 5 },
    { kind: 'text', text: ', two ', at: 7 },
    { kind: 'citation', number: 2, at: 14 },
    { kind: 'text', text: '.', at: 16 },
  ]);
});

it('takes each number of a bracket with several', () => {
  const numbersOf = (text: string) =>
    splitCitations(text, new Set([1, 2, 3])).flatMap((part) => (part.kind === 'citation' ? [part.number] : []));
  expect(numbersOf('As [1, 3] and [1 and 2] say.')).toEqual([1, 3, 1, 2]);
  expect(numbersOf('As [1, 9] says.')).toEqual([]);
});

it('leaves other brackets as text', () => {
  const text = 'array[0] and [7] and [x]';
  expect(splitCitations(text, new Set([1]))).toEqual([{ kind: 'text', text, at: 0 }]);
  expect(splitCitations('', new Set([1]))).toEqual([]);
});
