import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config.ts';
import { OperationCosts } from './operation-cost.ts';

const DIRECTIVES = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`;
const SDL = `${DIRECTIVES}
  type Query {
    one: Thing
    few: [Thing] @listSize(assumedSize: 3)
    unknown: [Thing!]!
    page(first: Int = 20): Page @listSize(slicingArguments: ["first"], assumedSize: 7, sizedFields: ["edges"])
    search(first: Int, filter: Filter @cost(weight: 2)): [Thing] @listSize(slicingArguments: ["first"], assumedSize: 5) @cost(weight: 4)
    things(ids: [ID!]!): [Thing] @listSize(assumedSize: 512)
    dear: Dear
    matrix: [[Thing]]
    any: Node
  }
  type Page { edges: [Edge!]! total: Int }
  type Edge { node: Thing }
  interface Node { id: ID heavy: Int }
  type Thing implements Node { id: ID heavy: Int @cost(weight: 50) one: Thing page(first: Int): Page @listSize(slicingArguments: ["first"], assumedSize: 7, sizedFields: ["edges"]) }
  type Dear @cost(weight: 9) { id: ID }
  input Filter { plain: Int dear: Int @cost(weight: 30) inner: Filter }
  type Mutation { ask: Thing @cost(weight: 100) }
`;
const schema = buildSchema(SDL);
const costs = new OperationCosts(SDL, schema, 1_000);

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  return costs.of(document, getOperationAST(document) as OperationDefinitionNode, variables);
}

const isRoot = ({ name }: GraphQLObjectType) => ['Query', 'Mutation', 'Subscription'].includes(name);

/** A field, of its arguments only one id where it takes ids, and, once each, the objects right below it: what costs are reckoned of, not what can be run. */
function withWhatIsBelow({ name, type, args }: GraphQLField<unknown, unknown>): string {
  const returned = getNamedType(type);
  const asked = args.some((argument) => argument.name === 'ids') ? `${name}(ids: ["one"])` : name;
  if (!isCompositeType(returned)) return name;
  if (!isObjectType(returned) && !isInterfaceType(returned)) return `${asked} { __typename }`;
  const below = Object.values(returned.getFields()).filter((field) => isCompositeType(getNamedType(field.type)));
  return `${asked} { __typename ${below.map((field) => `${field.name} { __typename }`).join(' ')} }`;
}

describe('OperationCosts', () => {
  it.each([
    ['an object', '{ one { id } }', 1],
    ['an object twice, by alias', '{ one { id } other: one { id } }', 2],
    ['a list of an assumed size', '{ few { id } }', 3],
    ['a list nobody says anything of', '{ unknown { id } }', 10],
    ['a list of lists', '{ matrix { id } }', 10],
    ['the size of ids', '{ things(ids: ["a", "b"]) { id } }', 2],
    ['a page of the default size', '{ page { edges { node { id } } } }', 1 + 20 * 2],
    ['a page of an asked size', '{ page(first: 3) { total edges { node { id } } } }', 1 + 3 * 2],
    ['a page of a page', '{ page(first: 3) { edges { node { page(first: 4) { edges { node { id } } } } } } }', 34],
    ['a negative size', '{ page(first: -5) { edges { node { id } } } }', 1],
    ['null as the assumed size', '{ search(first: null) { id } }', 5 * 4],
    ['a weight of a field', '{ search(first: 2) { one { id } } }', 2 * (4 + 1)],
    ['a weight of a type', '{ dear { id } }', 9],
    ['a weight of a leaf', '{ one { heavy } }', 51],
    ['the dearest implementation of an interface', '{ any { heavy } }', 51],
    [
      'weights of an argument and of what is in it',
      '{ search(first: 0, filter: {dear: 1, inner: {dear: 2}}) { id } }',
      62,
    ],
    ['a mutation by its weight', 'mutation { a: ask { id } b: ask { id } }', 200],
    ['a type name as nothing', '{ one { __typename } __typename }', 1],
  ])('counts %s', (_what, text, cost) => {
    expect(costOf(text)).toBe(cost);
  });

  it('reads sizes from variables, each time anew', () => {
    const document = parse(
      'query($n: Int, $ids: [ID!]!) { page(first: $n) { edges { node { id } } } things(ids: $ids) { id } }',
    );
    const operation = getOperationAST(document) as OperationDefinitionNode;
    expect(costs.of(document, operation, { n: 3, ids: ['a'] })).toBe(1 + 6 + 1);
    expect(costs.of(document, operation, { n: 5, ids: [] })).toBe(1 + 10);
    expect(costs.of(document, operation, { n: null, ids: [] })).toBe(1 + 14);
  });

  it('counts fragments as often as they are spread, without writing them out', () => {
    const doubling = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Thing { a: one { ...F${i + 1} } b: one { ...F${i + 1} } }`,
    );
    expect(costOf(`{ one { ...F0 } } ${doubling.join(' ')} fragment F60 on Thing { id }`)).toBe(2 ** 61 - 1);
  });

  it('sizes a page whose edges stand in a fragment', () => {
    expect(costOf('{ page(first: 3) { ...P } } fragment P on Page { edges { node { id } } }')).toBe(7);
    expect(
      costOf('{ page(first: 3) { ...P } b: page(first: 5) { ...P } } fragment P on Page { edges { node { id } } }'),
    ).toBe(18);
  });

  it('lets three whole introspections pass, not four', () => {
    const whole = getIntrospectionQuery();
    expect(costOf(whole)).toBeCloseTo(333.3, 0);
    const types = '__schema { types { fields { type { fields { type { name } } } } } }';
    expect(costOf(`{ a: ${types} b: ${types} c: ${types} d: ${types} }`)).toBeGreaterThan(costOf(`{ ${types} }`) * 3.9);
  });
});

describe('the platform’s own supergraph', () => {
  const sdl = readFileSync(new URL('../../supergraph/supergraph.graphql', import.meta.url), 'utf8');

  it('says that a question costs as much as many reads, and lists within lists more than anybody needs', async () => {
    const gateway = new ApolloGateway({ supergraphSdl: sdl, logger: console });
    const { schema: api } = await gateway.load();
    const own = new OperationCosts(sdl, api, 5_000);
    const cost = (text: string) => {
      const document = parse(text);
      return own.of(document, getOperationAST(document) as OperationDefinitionNode, {});
    };
    const asks = (n: number) =>
      `mutation { ${Array.from({ length: n }, (_, i) => `a${i}: ask(input: {sessionId: "s", prompt: "?"}) { generation { id } }`).join(' ')} }`;
    expect(cost(asks(1))).toBeLessThan(5_000);
    expect(cost(asks(20))).toBeGreaterThan(5_000);
    const nested =
      '{ session(id: "s") { turns(first: 100) { edges { node { session { turns(first: 100) { edges { node { id } } } } } } } } }';
    expect(cost(nested)).toBeGreaterThan(5_000);
    await gateway.stop();
  });

  it('lets every field be asked once, with the default limits, together with each object that stands right below it', async () => {
    const gateway = new ApolloGateway({ supergraphSdl: sdl, logger: console });
    const { schema: api } = await gateway.load();
    const own = new OperationCosts(
      sdl,
      api,
      gatewayConfig({ SUPERCONTEXT_SIGNING_KEY: 'k'.repeat(32) }).limits.maxCost,
    );
    const objects = Object.values(api.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
    const asked = (objects as GraphQLObjectType[]).flatMap((type) =>
      Object.values(type.getFields()).map((field) => {
        const inside = `... on ${type.name} { ${withWhatIsBelow(field)} }`;
        const document = parse(
          isRoot(type) ? `${type.name.toLowerCase()} { ${withWhatIsBelow(field)} }` : `{ node { ${inside} } }`,
        );
        const operation = getOperationAST(document) as OperationDefinitionNode;
        return { field: `${type.name}.${field.name}`, cost: own.of(document, operation, {}) };
      }),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter(({ cost }) => cost > 5_000)).toEqual([]);
    expect(asked).toContainEqual({ field: 'Session.digest', cost: expect.closeTo(1 + 16 * (20 + 16 + 1)) });
    await gateway.stop();
  });
});
