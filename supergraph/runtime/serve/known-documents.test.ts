import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ALL_OPERATIONS, KnownDocuments, QUERIES_AND_MUTATIONS } from './known-documents.ts';

const schema = buildSchema(
  'type Query { a(n: [Int]): Int q: Query } type Mutation { b: Int } type Subscription { c: Int }',
);
const chain = Array.from({ length: 2_400 }, (_, i) => `fragment F${i} on Query{...F${i + 1}}`).join('');

describe('known documents', () => {
  it('are examined once for each text', () => {
    const documents = new KnownDocuments(schema);
    const first = documents.find('{ a }', null, QUERIES_AND_MUTATIONS);
    expect(first.document).not.toBeNull();
    expect(documents.find('{ a }', null, QUERIES_AND_MUTATIONS)).toBe(first);
  });

  it.each([
    ['a syntax error', '{ a', null, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ z }', null, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', 'subscription { c }', null, 'BAD_REQUEST'],
    ['no operation of that name', 'query One { a }', 'Two', 'OPERATION_RESOLUTION_FAILURE'],
    ['an empty name', 'query One { a }', '', 'OPERATION_RESOLUTION_FAILURE'],
    ['several operations and no name', 'query One { a } query Two { a }', null, 'OPERATION_RESOLUTION_FAILURE'],
    ['more tokens than a stage would send', `{ ${'a '.repeat(20_000)} }`, null, 'GRAPHQL_PARSE_FAILED'],
    [
      'selections as deep as its tokens allow',
      `${'{q'.repeat(4_990)}${'}'.repeat(4_990)}`,
      null,
      'REQUEST_TOO_COMPLEX',
    ],
    [
      'lists as deep as its tokens allow',
      `{a(n:${'['.repeat(4_990)}${']'.repeat(4_990)})}`,
      null,
      'REQUEST_TOO_COMPLEX',
    ],
    ['a long chain of fragments', `{...F0}${chain}fragment F2400 on Query{a}`, null, undefined],
  ])('say what is wrong with one that has %s, each time', (_what, text, name, code) => {
    const documents = new KnownDocuments(schema);
    for (let time = 0; time < 2; time++) {
      const { errors } = documents.find(text, name, QUERIES_AND_MUTATIONS);
      const found = errors?.[0]?.extensions.code;
      if (code === undefined) expect(['GRAPHQL_PARSE_FAILED', 'REQUEST_TOO_COMPLEX', undefined]).toContain(found);
      else expect(found).toBe(code);
    }
  });

  it('include the named one of several operations, and subscriptions where they are served', () => {
    const documents = new KnownDocuments(schema);
    expect(documents.find('query One { a } mutation Two { b }', 'Two', QUERIES_AND_MUTATIONS).errors).toBeNull();
    expect(documents.find('subscription { c }', null, ALL_OPERATIONS).errors).toBeNull();
  });
});

it('keeps of documents that it refuses what is wrong with them, and not the documents', () => {
  const documents = new KnownDocuments(buildSchema('type Query { a: Int }'));
  const fields = 'id '.repeat(490);
  const refuse = (at: number) => {
    const text = Array.from({ length: 19 }, (_, operation) => `query O${at}n${operation} { ${fields} }`).join();
    return documents.find(text, 'O', ALL_OPERATIONS).errors?.length;
  };
  const before = heapBytes();
  for (let at = 0; at < 60; at++) expect(refuse(at)).toBeGreaterThan(0);
  // Their trees are 4 MiB each.
  expect(heapBytes() - before).toBeLessThan(60 * 1024 * 1024);
  expect(refuse(59)).toBeGreaterThan(0);
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
