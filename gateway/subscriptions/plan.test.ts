import { ApolloGateway } from '@apollo/gateway';
import { parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { forbidApolloTelemetry } from '../config.ts';
import { composeFixture } from '../fixtures/gateway.ts';
import { SchemaState } from '../schema-state.ts';
import { planSubscription, type SubscriptionPlan } from './plan.ts';
import { singleRootField } from './root-field.ts';

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

const plan = (text: string): SubscriptionPlan => planSubscription(state, text, parse(text), undefined);
const cut = (text: string, event: Record<string, unknown>) => plan(text).projection?.({ it: event });

describe('the plan of a subscription', () => {
  it('lets events of one subgraph pass through untouched', () => {
    expect(plan('subscription { plain(to: 1) { sequence words: text } }').passthrough).toBe(true);
    expect(plan('subscription { plain(to: 1) { ...F } } fragment F on Plain { sequence }').projection).toBeDefined();
  });

  it('is made once for a document', () => {
    const text = 'subscription { plain(to: 1) { sequence } }';
    expect(plan(text)).toBe(plan(text));
  });

  it('asks for the cursor of a resumable stream itself, and only where the client does not', () => {
    const without = plan('subscription { events(to: 1) { sequence } }');
    expect(without.upstream.query).toContain(`${without.resume?.cursorKey}:cursor`);
    expect(without.passthrough).toBe(false);
    const within = plan('subscription { events(to: 1) { __typename cursor } }');
    expect([within.resume?.cursorKey, within.passthrough]).toEqual(['cursor', true]);
    expect(plan('subscription { events(to: 1) { ... on Delta { cursor } } }').resume?.cursorKey).not.toBe('cursor');
  });

  it('continues by the same field with its other arguments, or by the field the directive names with the cursor alone', () => {
    const same = plan('subscription ($n: Int!, $c: String) { events(to: $n, after: $c) { cursor } }').resume;
    expect(same?.operation()).toMatchObject({ variables: ['n', 'resumeCursor__'] });
    expect(same?.operation().query).toMatch(/events\(to:\$n,? ?after:\$resumeCursor__\)/);
    const other = plan('subscription ($n: Int!) { start(to: $n) { cursor } }').resume;
    expect(other?.operation().query).toContain('start:resume(after:$resumeCursor__)');
    expect([same?.repeatable, other?.repeatable]).toEqual([true, false]);
  });

  it('takes names for the cursor that the document does not use', () => {
    const within = plan(
      'subscription ($resumeCursor__: Int!) { events(to: $resumeCursor__) { resumeCursor___: sequence } }',
    );
    expect(within.upstream.query).toContain('resumeCursor____:cursor');
    expect(within.resume?.operation().variables).toEqual(['resumeCursor__', 'resumeCursor____']);
  });

  it('has no way to continue a stream without the directive', () => {
    expect(plan('subscription { plain(to: 1) { sequence } }').resume).toBeUndefined();
  });
});

describe('the one root field of a subscription', () => {
  const fields = (text: string) => plan(text).upstream.query.replace(/^.*?plain\(to:1\)/, '');

  it.each([
    ['twice', 'subscription { plain(to: 1) { sequence } plain(to: 1) { text } }'],
    [
      'in two fragments',
      'subscription { ...A ...B } fragment A on Subscription { plain(to: 1) { sequence } } fragment B on Subscription { plain(to: 1) { text } }',
    ],
    [
      'in fragments of fragments, with and without a type',
      'subscription { ... { ...A } ... on Subscription { ... { plain(to: 1) { text } } } } fragment A on Subscription { ... { plain(to: 1) { sequence } } }',
    ],
    [
      'in one fragment that is spread twice',
      'subscription { ...A ...A ... { ...A plain(to: 1) { text } } } fragment A on Subscription { plain(to: 1) { sequence } }',
    ],
  ])('%s is one field with all that is selected', (_where, text) => {
    expect(fields(text)).toBe('{sequence text}}');
    expect(plan(text).passthrough).toBe(true);
  });

  it('merges what is selected below it, too', () => {
    const { upstream, eventPlan } = plan(
      'subscription { plain(to: 1) { book { id } } plain(to: 1) { text book { title } } }',
    );
    expect(upstream.query).toContain('book{__typename id}');
    expect(eventPlan.queryPlan.node).toMatchObject({ kind: 'Sequence', nodes: [{}, {}] });
  });

  it.each([
    ['@skip on the field', 'subscription { idle @skip(if: true) { text } }'],
    ['@include on the field', 'subscription { idle @include(if: false) { text } }'],
    ['an inline fragment', 'subscription { ... @include(if: false) { idle { text } } }'],
    ['a spread', 'subscription { ...F @skip(if: true) } fragment F on Subscription { idle { text } }'],
    [
      'a field in a fragment',
      'subscription { ...F } fragment F on Subscription { ... { idle @skip(if: true) { text } } }',
    ],
    ['a variable', 'subscription ($a: Boolean!) { ... on Subscription @include(if: $a) { idle { text } } }'],
    ['a condition that holds', 'subscription { idle @include(if: true) { text } }'],
    ['one of two selections', 'subscription { idle { text } idle @skip(if: true) { sequence } }'],
  ])('is refused with a condition at the root: %s', (_where, text) => {
    expect(state.admit(text).errors).toMatchObject([
      { message: expect.stringContaining('@skip or @include'), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });

  it('may have conditions below', () => {
    const text = 'subscription { idle { text @skip(if: true) ... @include(if: false) { sequence } book { id } } }';
    expect(state.admit(text).errors).toEqual([]);
  });

  it.each([
    ['two fields', 'subscription { a: idle { text } b: idle { text } }'],
    [
      'another field in a fragment',
      'subscription { idle { text } ...F } fragment F on Subscription { plain(to: 1) { text } }',
    ],
    ['__typename beside it', 'subscription { __typename idle { text } }'],
    ['the same key for two fields', 'subscription { idle { text } idle: plain(to: 1) { text } }'],
    ['other arguments', 'subscription { plain(to: 1) { text } plain(to: 2) { text } }'],
  ])('is refused with %s', (_what, text) => {
    expect(state.admit(text).errors[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  it('is found through a chain of fragments that is longer than the stack is deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `fragment F${i} on Subscription { ...F${i + 1} }`).join(' ');
    const text = `subscription { ...F0 } ${chain} fragment F20000 on Subscription { idle { text } }`;
    expect(validate(state.apiSchema, parse(text), [singleRootField])).toEqual([]);
    const conditional = text.replace('idle', 'idle @skip(if: true)');
    expect(validate(state.apiSchema, parse(conditional), [singleRootField])).toHaveLength(1);
  });
});

describe('the projection of an event', () => {
  const text =
    'subscription { it: events(to: 1) { ... on Delta { sequence text } ... on Cited { sequence book { id title } } } }';

  it('keeps what was selected for the type of the event and nothing else', () => {
    const event = { __typename: 'Delta', sequence: 1, text: 't', resumeCursor__: 'c' };
    expect(cut(text, event)).toEqual({ it: { sequence: 1, text: 't' } });
  });

  it('leaves an event alone that lacks what another subgraph has', () => {
    const book = { __typename: 'Book', id: 'b' };
    expect(cut(text, { __typename: 'Cited', sequence: 1, book })).toBeUndefined();
    expect(cut(text, { __typename: 'Cited', sequence: 1, book: { ...book, title: 'T' } })).toEqual({
      it: { sequence: 1, book: { id: 'b', title: 'T' } },
    });
  });

  it('is not tried on selections it could get wrong', () => {
    expect(
      plan('subscription ($a: Boolean!) { plain(to: 1) { sequence @include(if: $a) } }').projection,
    ).toBeUndefined();
    const twice = 'subscription { plain(to: 1) { book { id } ... { book { title } } } }';
    expect(plan(twice).projection).toBeUndefined();
  });
});
