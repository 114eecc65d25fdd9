import { ApolloGateway } from '@apollo/gateway';
import { getOperationAST, print } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { forbidApolloTelemetry } from '../config.ts';
import { composeFixture } from '../fixtures/gateway.ts';
import { SchemaState } from '../schema-state.ts';
import { type FilledKeys, fillKeys, type KeyedOperation, keyOperation } from './fill-keys.ts';

let state: SchemaState;

beforeAll(async () => {
  forbidApolloTelemetry();
  const supergraphSdl = composeFixture();
  const gateway = new ApolloGateway({ supergraphSdl });
  const { schema } = await gateway.load();
  state = new SchemaState(schema, supergraphSdl, {
    maxDocumentBytes: 10_000,
    maxDepth: 20,
    maxAliases: 20,
    maxFields: 200,
    maxTokens: 1_000,
    maxCost: 1_000,
  });
  await gateway.stop();
});

function key(text: string): KeyedOperation | undefined {
  const { document, errors } = state.admit(text);
  expect(errors).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return keyOperation({ state, text, document, operation });
}

function fill(text: string, variables: Record<string, unknown> = {}, seed = 'seed'): FilledKeys {
  const keyed = key(text);
  if (keyed === undefined) throw new Error('no field takes a key');
  return fillKeys(keyed, variables, seed);
}

const AUTO = expect.stringMatching(/^auto-[0-9a-f]{64}$/);

describe('the key of a field with an effect', () => {
  it.each([
    ['a literal without it', 'subscription { begin(input: { to: 1 }) { sequence } }', {}],
    ['a literal with null', 'subscription { begin(input: { to: 1, key: null }) { sequence } }', {}],
    [
      'a literal with variables in it',
      'subscription ($n: Int!, $k: String) { begin(input: { to: $n, key: $k }) { sequence } }',
      { n: 1 },
    ],
    ['a variable', 'subscription ($i: BeginInput!) { begin(input: $i) { sequence } }', { i: { to: 1 } }],
    [
      'a variable with null',
      'subscription ($i: BeginInput!) { begin(input: $i) { sequence } }',
      { i: { to: 1, key: null } },
    ],
    ['the default of a variable', 'subscription ($i: BeginInput! = { to: 1 }) { begin(input: $i) { sequence } }', {}],
    [
      'a fragment',
      'subscription { ...F } fragment F on Subscription { ... { begin(input: { to: 1 }) { sequence } } }',
      {},
    ],
  ])('is derived where the argument is %s', (_what, text, variables) => {
    const { variables: filled, isComplete } = fill(text, variables);
    expect(filled).toMatchObject({ ...variables, keyed0__: { to: 1, everyMs: 0, key: AUTO } });
    expect(isComplete).toBe(true);
    expect(print(key(text)?.document ?? { kind: 'Document' as never, definitions: [] })).toContain(
      'begin(input: $keyed0__)',
    );
  });

  it.each([
    ['a literal', 'subscription { begin(input: { to: 1, key: "mine" }) { sequence } }', {}],
    ['a variable', 'subscription ($i: BeginInput!) { begin(input: $i) { sequence } }', { i: { to: 1, key: 'mine' } }],
    ['a default', 'subscription ($k: String = "mine") { begin(input: { to: 1, key: $k }) { sequence } }', {}],
  ])('stays that of the client where it is in %s', (_what, text, variables) => {
    expect(fill(text, variables)).toMatchObject({ variables: { keyed0__: { key: 'mine' } }, isComplete: true });
  });

  it('is the same for the same seed, and one of its own for each field of an operation', () => {
    const text = 'mutation { a: put(input: { text: "t" }) b: put(input: { text: "t" }) }';
    const keys = (seed: string) =>
      Object.values(fill(text, {}, seed).variables).map((input) => (input as { key: string }).key);
    expect(keys('one')).toEqual(keys('one'));
    expect(new Set([...keys('one'), ...keys('two')]).size).toBe(4);
  });

  it('is one where a field is selected twice', () => {
    const text = 'subscription { begin(input: { to: 1 }) { sequence } begin(input: { to: 1 }) { cursor } }';
    expect(Object.keys(fill(text).variables)).toEqual(['keyed0__']);
  });

  it('is not looked for in other fields', () => {
    expect(key('subscription { plain(to: 1) { sequence } }')).toBeUndefined();
    expect(key('mutation { bump }')).toBeUndefined();
  });

  it('refuses variables that are not those of the operation', () => {
    const text = 'subscription ($i: BeginInput!) { begin(input: $i) { sequence } }';
    for (const variables of [{}, { i: null }, { i: { to: 'many' } }, { i: 5 }]) {
      expect(() => fill(text, variables)).toThrow('$i');
    }
  });
});
