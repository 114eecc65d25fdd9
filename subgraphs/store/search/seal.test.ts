import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allSteps, mergeSegments, sealTail } from './seal.ts';
import { openSegment } from './segment.ts';
import { Tail } from './tail.ts';
import { Tokenizer } from './tokenize.ts';

const tokenizer = new Tokenizer();

function tailOf(texts: readonly string[]): Tail {
  const tail = new Tail();
  for (const text of texts) {
    tokenizer.read(text);
    tail.add(tokenizer);
  }
  return tail;
}

const text = fc
  .array(fc.constantFrom('red', 'green', 'blue', 'fooBar', 'a.b.c'), { maxLength: 8 })
  .map((words) => words.join(' '));
const texts = fc.array(text, { maxLength: 20 });

describe('sealing', () => {
  it('makes the same bytes of two merged segments as of both stretches sealed together', () => {
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const merged = allSteps(mergeSegments(allSteps(sealTail(tailOf(first))), allSteps(sealTail(tailOf(second)))));
        expect(merged.bytes).toEqual(allSteps(sealTail(tailOf([...first, ...second]))).bytes);
      }),
    );
  });

  it('lists the documents of a term as the open end does, ascending', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('red', 'green', 'foo', 'nowhere'), (given, word) => {
        const tail = tailOf(given);
        const sealed = allSteps(sealTail(tail));
        tokenizer.read(word);
        const term = tokenizer.terms[0] as number;
        const holding = Array.from(given.keys()).filter((document) => sealed.holds(term, document));
        expect([...tail.documentsOf(term)]).toEqual(holding);
        expect([...sealed.documentsOf(term)]).toEqual(holding);
      }),
    );
  });

  it('rests between steps that take well under a millisecond of work each', () => {
    const many = Array.from({ length: 1_024 }, (_, at) => `a${at} b${at * 7} c${at * 13} d${at * 17}`);
    const steps = sealTail(tailOf(many));
    let count = 0;
    while (steps.next().done !== true) count++;
    expect(count).toBeGreaterThan(1);
  });

  it('opens its own bytes again without a change, also from the middle of a larger buffer', () => {
    const segment = allSteps(sealTail(tailOf(['red green', 'blue'])));
    const offset = new Uint8Array(segment.bytes.length + 3);
    offset.set(segment.bytes, 3);
    for (const bytes of [segment.bytes.slice(), offset.subarray(3)]) {
      expect(openSegment(bytes)?.bytes).toEqual(segment.bytes);
    }
  });

  it('refuses bytes of another version, of another size and of no segment at all', () => {
    const { bytes } = allSteps(sealTail(tailOf(['red green', 'blue'])));
    const otherVersion = bytes.slice();
    otherVersion[4] = 99;
    expect(openSegment(otherVersion)).toBeNull();
    expect(openSegment(bytes.slice(0, -1))).toBeNull();
    expect(openSegment(new Uint8Array(0))).toBeNull();
    expect(openSegment(new Uint8Array(200))).toBeNull();
  });
});
