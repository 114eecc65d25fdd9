import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { KnownDocuments } from './known-documents.ts';

const schema = buildSchema('type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }');

describe('known documents', () => {
  it('are examined once for each text', () => {
    const documents = new KnownDocuments(schema);
    const first = documents.find('{ a }', undefined);
    expect(first).toBeDefined();
    expect(documents.find('{ a }', undefined)).toBe(first);
  });

  it.each([
    ['a syntax error', '{ a', undefined],
    ['an unknown field', '{ z }', undefined],
    ['a subscription', 'subscription { c }', undefined],
    ['no operation of that name', 'query One { a }', 'Two'],
    ['several operations and no name', 'query One { a } query Two { a }', undefined],
    ['more tokens than a stage would send', `{ ${'a '.repeat(20_000)} }`, undefined],
  ])('do not include one with %s', (_what, text, name) => {
    const documents = new KnownDocuments(schema);
    expect(documents.find(text, name)).toBeUndefined();
    expect(documents.find(text, name)).toBeUndefined();
  });

  it('include the named one of several operations', () => {
    expect(new KnownDocuments(schema).find('query One { a } mutation Two { b }', 'Two')).toBeDefined();
  });
});
