import { ApolloGateway } from '@apollo/gateway';
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { forbidApolloTelemetry } from '../config.ts';
import { composeFixture } from '../fixtures/gateway.ts';
import { SchemaState } from '../schema-state.ts';
import { planSubscription, type SubscriptionPlan } from './plan.ts';

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

  it('has no way to continue a stream without the directive', () => {
    expect(plan('subscription { plain(to: 1) { sequence } }').resume).toBeUndefined();
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
