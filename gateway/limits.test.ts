import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitRule } from './limits.ts';

const schema = buildSchema('type Query { a: Query b: Int }');
const check = (text: string): string[] =>
  validate(schema, parse(text), [limitRule({ maxDepth: 3, maxAliases: 3, maxTokens: 1_000 })]).map(
    ({ message }) => message,
  );

describe('limitRule', () => {
  it('allows what is just within the limits', () => {
    expect(check('{ a { a { b } } one: b two: b three: b }')).toEqual([]);
  });

  it('counts the depth through inline fragments and fragments of fragments', () => {
    expect(check('{ a { a { a { b } } } }')).toHaveLength(1);
    expect(check('{ a { ... { a { ... { a { b } } } } } }')).toHaveLength(1);
    expect(check('{ a { ...F } } fragment F on Query { a { ...G } } fragment G on Query { a { b } }')).toHaveLength(1);
  });

  it('counts aliases in fragments and of __typename', () => {
    expect(check('{ x: __typename ...F } fragment F on Query { y: b z: b w: b }')).toHaveLength(1);
  });

  it('ends on fragments in a circle and is quick on fragments that multiply', () => {
    check('{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }');
    const doubling = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(
      ' ',
    );
    expect(check(`{ ...F0 } ${doubling} fragment F40 on Query { b }`)).toEqual([]);
  });
});
