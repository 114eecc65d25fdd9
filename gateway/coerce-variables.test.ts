import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { coerceVariables } from './coerce-variables.ts';

const schema = buildSchema(`
  type Query { ask(input: Input): Int }
  input Input { text: String!, role: Role! = USER, count: Int, ratio: Float, is: Boolean, ids: [ID!], at: Moment, more: [Input!] }
  enum Role { USER TOOL }
  scalar Moment
`);
const document = parse('query ($input: Input, $n: Int, $list: [Input]) { ask(input: $input) }');
const operation = document.definitions[0] as OperationDefinitionNode;
const coerce = (variables: Record<string, unknown>) => coerceVariables(schema, operation, variables);
const LONG = 'x'.repeat(5_000_000);

describe('variables', () => {
  it.each([
    { input: { text: LONG } },
    {
      input: {
        text: LONG,
        role: 'TOOL',
        count: 3,
        ratio: 1,
        is: true,
        ids: ['a', 1],
        at: 'now',
        more: [{ text: 'b' }],
      },
    },
    { input: null, n: null, list: null },
    { input: { text: 'a', ids: 'a', more: { text: LONG } }, list: { text: 'a' } },
    { other: LONG },
  ])('that fit are coerced, whatever their length (%#)', (variables) => {
    const { errors, coerced } = coerce(variables);
    expect(errors).toBeUndefined();
    if (variables.input) expect(coerced?.input).toMatchObject({ text: variables.input.text });
  });

  it.each([
    ['a key nobody knows', { input: { text: 'a', [LONG]: 1 } }, 'input has a field that Input has not'],
    ['an enum', { input: { text: 'a', role: LONG } }, 'input.role has to be Role'],
    ['a whole number', { n: '\n'.repeat(5_000_000) }, 'n has to be Int'],
    ['a number', { input: { text: 'a', ratio: LONG } }, 'input.ratio has to be Float'],
    ['a truth', { input: { text: 'a', is: LONG } }, 'input.is has to be Boolean'],
    ['a list in place of an object', { input: ['\u0001'.repeat(5_000_000)] }, 'input has to be an object'],
    ['an object in place of a text', { input: { text: { a: LONG } } }, 'input.text has to be String'],
    ['an object without what it needs', { list: [{ more: [{ text: LONG }] }] }, 'list[0].text is missing'],
    ['null in a list', { input: { text: LONG, ids: [null] } }, 'input.ids[0] is missing'],
  ])('that do not fit and are large are refused without being read: %s', (_what, variables, why) => {
    const { errors } = coerce(variables);
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
    expect(errors?.[0]?.message.length).toBeLessThan(100);
  });

  it('that do not fit and are small are told as graphql-js tells them, with what may have been meant', () => {
    const [error] = coerce({ input: { text: 'a', roel: 'USER' } }).errors ?? [];
    expect(error?.message).toContain('Did you mean "role"');
  });
});
