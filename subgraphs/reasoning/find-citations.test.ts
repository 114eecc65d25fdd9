import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCitations } from './find-citations.ts';

const EVIDENCE = [
  'The default timeout of a request is 300 seconds.',
  'Undici keeps at most 10 connections per origin open.',
  'A pipelining factor of 1 means no pipelining at all.',
];

describe('findCitations', () => {
  it('reads one number, several in one bracket and several brackets, each once and in order', () => {
    const answer = 'It is ten [2]. No pipelining [3, 1] and again [2][3], see [1 and 2].';
    expect(findCitations(answer, EVIDENCE)).toEqual([
      { number: 1, named: true },
      { number: 2, named: true },
      { number: 3, named: true },
    ]);
  });

  it('leaves out numbers that no evidence has', () => {
    expect(findCitations('Surely [0] [4] [999] and [2].', EVIDENCE)).toEqual([{ number: 2, named: true }]);
  });

  it('takes brackets of code for what they are', () => {
    const found = findCitations('Pipelining is off: options[key] and list[i + 1] are read.', EVIDENCE);
    expect(found.every(({ named }) => !named)).toBe(true);
  });

  it('finds the evidence that supports an answer which names none', () => {
    expect(findCitations('There are 10 connections open for each origin.', EVIDENCE)).toEqual([
      { number: 2, named: false },
    ]);
  });

  it('drops a number of a small model whose text does not carry the sentence', () => {
    const answer = 'The default timeout of a request is 300 seconds [1]. A factor of 1 means no pipelining at all. [2]';
    expect(findCitations(answer, EVIDENCE, { mustCarry: true })).toEqual([{ number: 1, named: true }]);
    expect(findCitations(answer, EVIDENCE)).toHaveLength(2);
    expect(findCitations('[1] [2] [3]', EVIDENCE, { mustCarry: true })).toEqual([]);
  });

  it('finds nothing for an answer the evidence does not support', () => {
    expect(findCitations('Bananas grow in warm countries near the sea.', EVIDENCE)).toEqual([]);
    expect(findCitations('', EVIDENCE)).toEqual([]);
    expect(findCitations('Ten.', [])).toEqual([]);
  });

  it('never cites what is not there, each number once and in order, whatever is said', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '1', '2', '9', ',', ' ', 'origin', 'timeout', '.') }),
        fc.array(fc.constantFrom(...EVIDENCE), { maxLength: 5 }),
        (answer, evidence) => {
          const numbers = findCitations(answer, evidence).map(({ number }) => number);
          expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
          expect(numbers.every((number) => number >= 1 && number <= evidence.length)).toBe(true);
        },
      ),
    );
  });
});
