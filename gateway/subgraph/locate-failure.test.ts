import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { locateFailure } from './locate-failure.ts';

const failure = new GraphQLError('store does not answer', { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });

const pathsOf = (query: string, variables: Record<string, unknown> = {}) =>
  locateFailure(failure, { query, variables }).errors?.map(({ path }) => path);

it('names each root field by the name that the client knows it by', () => {
  expect(pathsOf('query { __typename mine: session(id: 1) { id } models { id } }')).toEqual([['mine'], ['models']]);
});

it('names each field of each entity, through fragments, once', () => {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Session { __typename stored: storage { tokens } ...More } ... on Turn { stored: tokens } } }
    fragment More on Session { fragments { edges { cursor } } }`;
  const representations = [{ __typename: 'Session' }, { __typename: 'Session' }];
  expect(pathsOf(query, { representations })).toEqual([
    ['_entities', 0, 'stored'],
    ['_entities', 0, 'fragments'],
    ['_entities', 1, 'stored'],
    ['_entities', 1, 'fragments'],
  ]);
});

it('says why with each, and no more than a hundred', () => {
  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Turn { a b } } }';
  const { errors } = locateFailure(failure, { query, variables: { representations: Array(5_000).fill({}) } });
  expect(errors).toHaveLength(100);
  expect(errors?.[0]).toMatchObject({ message: failure.message, extensions: failure.extensions });
});
