// Apollo Client with the links and the cache of its documentation: queries, mutations, what the cache makes of them, lists that
// grow at both ends, a subscription.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { countRequests, print } from './program.mjs';

const [url, sessionId] = process.argv.slice(2);
const requests = countRequests();
const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: url }),
  ),
  cache: new InMemoryCache({
    possibleTypes: { GenerationEvent: ['GenerationStarted', 'TokenDelta', 'GenerationCompleted'] },
    typePolicies: { Session: { fields: { fragments: relayStylePagination() } } },
  }),
});

const SESSION = gql`query Session($id: ID!) { session(id: $id) { id title revision } }`;
const FRAGMENTS = gql`
  query Fragments($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
    session(id: $id) {
      id
      fragments(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id text } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;
const APPEND = gql`
  mutation Append($input: AppendContextInput!) {
    appendContext(input: $input) { session { id revision } userErrors { code } }
  }
`;
const GENERATE = gql`
  subscription Generate($input: AskInput!) {
    generate(input: $input) { sequence ... on TokenDelta { text } ... on GenerationCompleted { generation { id text } } }
  }
`;

const variables = { id: sessionId };
const first = await client.query({ query: SESSION, variables });
const afterFirst = requests.count;
const again = await client.query({ query: SESSION, variables });
const fromCache = requests.count === afterFirst;

const seen = [];
const watching = client.watchQuery({ query: SESSION, variables }).subscribe(({ data, dataState }) => {
  if (dataState === 'complete') seen.push(data.session.revision);
});
const input = { sessionId, idempotencyKey: 'apollo-client', items: [{ text: { text: 'Written by Apollo Client.' } }] };
const { data: appended } = await client.mutate({ mutation: APPEND, variables: { input } });
await new Promise((resolve) => setTimeout(resolve, 50));
watching.unsubscribe();

/** Lengths of the list after each page, and its texts in the end, as a component that watches it would show them. */
async function pages(begin, more) {
  const query = client.watchQuery({ query: FRAGMENTS, variables: { ...variables, ...begin } });
  const shown = [];
  let show;
  const watching = query.subscribe(({ data, loading }) => {
    if (loading) return;
    shown.push(data.session.fragments);
    show?.();
  });
  const next = async () => {
    if (shown.length === 0) await new Promise((resolve) => (show = resolve));
    return more(shown.at(-1).pageInfo);
  };
  for (let place = await next(); place !== undefined; place = await next()) {
    const isShown = new Promise((resolve) => (show = resolve));
    await query.fetchMore({ variables: { first: undefined, last: undefined, ...place } });
    await isShown;
  }
  watching.unsubscribe();
  return { lengths: shown.map(({ edges }) => edges.length), texts: shown.at(-1).edges.map(({ node }) => node.text) };
}
const forward = await pages({ first: 3 }, ({ hasNextPage, endCursor }) =>
  hasNextPage ? { first: 3, after: endCursor } : undefined,
);
await client.clearStore();
const backward = await pages({ last: 3 }, ({ hasPreviousPage, startCursor }) =>
  hasPreviousPage ? { last: 3, before: startCursor } : undefined,
);

const refused = await client
  .query({ query: gql`query { sessions(first: 0) { edges { cursor } } }` })
  .catch((error) => ({ name: error.name, code: error.errors?.[0]?.extensions?.code }));

const events = [];
await new Promise((resolve, reject) => {
  client
    .subscribe({ query: GENERATE, variables: { input: { sessionId, prompt: 'Which port has the ledger?' } } })
    .subscribe({
      next: ({ data, error }) => (error ? reject(error) : events.push(data.generate)),
      error: reject,
      complete: resolve,
    });
});
client.stop();
await sockets.dispose();

print({
  query: first.data.session,
  isSame: first.data === again.data || JSON.stringify(first.data) === JSON.stringify(again.data),
  fromCache,
  userErrors: appended.appendContext.userErrors,
  seen,
  forward,
  backward,
  refused,
  sequences: events.map(({ sequence }) => sequence),
  streamed: events.map(({ text }) => text ?? '').join(''),
  answer: events.at(-1).generation.text,
  methods: requests.methods,
});
