import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkShape, checkText, type Limits } from './document-limits.ts';

const LIMITS: Limits = {
  maxDocumentBytes: 10_000,
  maxTokens: 1_000,
  maxDepth: 3,
  maxAliases: 3,
  maxFields: 50,
  maxCost: 100,
};

const shapeOf = (text: string) => () => checkShape(parse(text), LIMITS);
const textOf =
  (text: string, limits: Partial<Limits> = {}) =>
  () =>
    checkText(text, { ...LIMITS, ...limits });
const refused = (message: string) =>
  expect.objectContaining({
    message: expect.stringContaining(message),
    code: 'REQUEST_TOO_COMPLEX',
  });

describe('checkShape', () => {
  it('allows what is just within the limits', () => {
    expect(shapeOf('{ a { a { b } } one: b two: b three: b }')).not.toThrow();
  });

  it.each([
    ['fields', '{ a { a { a { b } } } }'],
    ['inline fragments', '{ a { ... { a { ... { a { b } } } } } }'],
    ['fragments of fragments', '{ a { ...F } } fragment F on Q { a { ...G } } fragment G on Q { a { b } }'],
  ])('counts the depth through %s', (_through, text) => {
    expect(shapeOf(text)).toThrow(refused('deeper than 3 levels'));
  });

  it('counts aliases in fragments and of __typename', () => {
    expect(shapeOf('{ x: __typename ...F } fragment F on Q { y: b z: b w: b }')).toThrow(refused('3 aliases'));
  });

  it('counts fields as often as their fragments are spread, without writing them out', () => {
    const doubling = (last: number) =>
      `{ ...F0 } ${Array.from({ length: last }, (_, i) => `fragment F${i} on Q { ...F${i + 1} ...F${i + 1} }`).join(' ')}
       fragment F${last} on Q { b }`;
    expect(shapeOf(doubling(5))).not.toThrow();
    expect(shapeOf(doubling(6))).toThrow(refused('50 fields'));
    expect(shapeOf(doubling(60))).toThrow(refused('50 fields'));
  });

  it('measures fragments that no operation spreads', () => {
    const chain = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Q { ... { ...F${i + 1} } }`).join(' ');
    expect(shapeOf(`{ b } ${chain} fragment F60 on Q { b }`)).toThrow(refused('nested deeper'));
  });

  it('refuses a chain of fragments from whichever end it is met', () => {
    const backwards = Array.from({ length: 60 }, (_, i) => `fragment F${i + 1} on Q { ... { ...F${i} } }`).join(' ');
    expect(shapeOf(`fragment F0 on Q { b } ${backwards} { ...F60 }`)).toThrow(refused('nested deeper'));
  });

  it('ends on fragments in a circle, which validation refuses', () => {
    expect(shapeOf('{ ...F } fragment F on Q { ...G } fragment G on Q { ...F }')).not.toThrow();
  });

  it('refuses more fragments and operations than a document has use for', () => {
    const fragments = Array.from({ length: 101 }, (_, i) => `fragment F${i} on Q { b }`).join(' ');
    expect(shapeOf(`{ b } ${fragments}`)).toThrow(refused('100 fragments'));
    const operations = Array.from({ length: 51 }, (_, i) => `query O${i} { b }`).join(' ');
    expect(shapeOf(operations)).toThrow(refused('50 operations'));
  });
});

describe('checkText', () => {
  it('counts bytes, not characters', () => {
    expect(textOf(`{ a(b: "${'é'.repeat(4_990)}") }`)).not.toThrow();
    expect(textOf(`{ a(b: "${'é'.repeat(5_000)}") }`)).toThrow(refused('10000 bytes'));
  });

  it.each([
    ['selections', '{ a '.repeat(4_000)],
    ['lists', `{ a(b: ${'['.repeat(4_000)}`],
    ['objects', `{ a(b: ${'{ c: '.repeat(4_000)}`],
    ['brackets that are closed', `{ a(b: ${'['.repeat(101)}${']'.repeat(101)}) }`],
  ])('refuses %s nested deeper than a parser can go', (_what, text) => {
    expect(textOf(text, { maxDocumentBytes: 1e6, maxTokens: 1e6 })).toThrow(refused('nested deeper than 100'));
  });

  it('counts brackets that are open at once, not all there are', () => {
    expect(textOf(`{ ${'a(b: [1]) '.repeat(100)} }`)).not.toThrow();
  });

  it('does not take a bracket in a string or a comment for one', () => {
    expect(textOf(`{ a(b: "${'{'.repeat(500)}") } # ${'['.repeat(500)}`)).not.toThrow();
  });

  it('refuses too many tokens and names no error could repeat', () => {
    expect(textOf(`{ ${'a '.repeat(1_000)} }`)).toThrow(refused('1000 tokens'));
    expect(textOf(`{ ${'x'.repeat(257)} }`)).toThrow(refused('256 characters'));
  });
});
