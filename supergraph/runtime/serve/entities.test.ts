import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkEntities } from './entities.ts';

const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { a: Int }
  type Book @key(fields: "id") { id: ID! }
  type Seat @key(fields: "hall { id } row") @key(fields: "code") { hall: Hall! row: Int! code: String }
  type Hall { id: ID! }
  type Plain { id: ID! }
`);
const seen: unknown[] = [];
const remember = (reference: object) => {
  seen.push(reference);
  return reference;
};
const resolvers = { Book: { __resolveReference: remember }, Seat: { __resolveReference: remember } };
const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
checkEntities(schema);
const document = parse('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }');

async function ask(...r: unknown[]) {
  seen.length = 0;
  const { data, errors = [] } = await execute({ schema, document, variableValues: { r } });
  const codes = errors.map(({ path, originalError }) => [path?.[1], (originalError as { code?: string } | null)?.code]);
  return { entities: data?._entities as unknown[] | undefined, codes };
}

describe('representations of entities', () => {
  it('with their keys reach the stage, ids as strings', async () => {
    const { entities, codes } = await ask({ __typename: 'Book', id: 5 }, { __typename: 'Book', id: 'b', more: [1] });
    expect([codes, entities?.length]).toEqual([[], 2]);
    expect(seen).toMatchObject([{ id: '5' }, { id: 'b', more: [1] }]);
  });

  it('may use any of several keys', async () => {
    const { codes } = await ask(
      { __typename: 'Seat', hall: { __typename: 'Hall', id: 1 }, row: 2 },
      { __typename: 'Seat', code: null },
      { __typename: 'Seat', hall: { id: 'h' } },
    );
    expect(codes).toEqual([[2, 'INPUT_INVALID']]);
    expect(seen).toMatchObject([{ hall: { id: '1' }, row: 2 }, { code: null }]);
  });

  it.each([
    ['a number', 5],
    ['a text', 'Book'],
    ['a list', [{ __typename: 'Book', id: 'b' }]],
    ['nothing', {}],
    ['no __typename', { id: 'b' }],
    ['a __typename that is no text', { __typename: 5, id: 'b' }],
    ['an unknown type', { __typename: 'Ghost', id: 'b' }],
    ['a type that is no entity', { __typename: 'Plain', id: 'b' }],
    ['a root type', { __typename: 'Query' }],
    ['a name of every object', { __typename: '__proto__', id: 'b' }],
    ['no key', { __typename: 'Book' }],
    ['a key of null', { __typename: 'Book', id: null }],
    ['a key of another type', { __typename: 'Book', id: { a: 1 } }],
    ['a key that is a list', { __typename: 'Book', id: ['b'] }],
    ['a key that is a fraction', { __typename: 'Book', id: 1.5 }],
  ])('that are %s are a typed error at their place, and others are answered', async (_what, representation) => {
    const good = { __typename: 'Book', id: 'b' };
    const { entities, codes } = await ask(good, representation, good);
    expect(codes).toEqual([[1, 'INPUT_INVALID']]);
    expect(entities).toEqual([{ __typename: 'Book' }, null, { __typename: 'Book' }]);
  });
});
