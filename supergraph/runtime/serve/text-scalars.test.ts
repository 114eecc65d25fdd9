import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readScalarsAsText } from './text-scalars.ts';

const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar Cursor
  type Query { from(after: Cursor): Cursor }
`);
const resolvers = { Query: { from: (_: unknown, { after }: { after?: string }) => after } };
const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
readScalarsAsText(schema, typeDefs);
const document = parse('query ($after: Cursor) { from(after: $after) }');

describe('a scalar of a stage', () => {
  it.each([['text'], [''], [null]])('takes %j', async (after) => {
    expect(await execute({ schema, document, variableValues: { after } })).toEqual({ data: { from: after } });
  });

  it.each([[5], [true], [{ a: 1 }], [[[['text']]]], [['text']]])('refuses the variable %j', async (after) => {
    const { data, errors } = await execute({ schema, document, variableValues: { after } });
    expect([data, errors?.[0]?.message]).toEqual([undefined, expect.stringContaining('Cursor has to be a text')]);
  });

  it.each([['5'], ['{ a: 1 }'], ['["text"]'], ['text']])('refuses the literal %s', (literal) => {
    const [error] = validate(schema, parse(`{ from(after: ${literal}) }`));
    expect(error?.message).toContain('Cursor has to be a text');
  });
});
