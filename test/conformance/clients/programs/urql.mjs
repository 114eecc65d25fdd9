// urql with the exchanges of its documentation, and its own idea of when a query goes by GET.
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { countRequests, print } from './program.mjs';

const [url, sessionId] = process.argv.slice(2);
const requests = countRequests();
const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
const client = new Client({
  url,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ ...request, query: request.query ?? '' }, sink) }),
      }),
    }),
  ],
});

const SESSION = gql`query Session($id: ID!) { session(id: $id) { id title revision } }`;
const APPEND = gql`
  mutation Append($input: AppendContextInput!) {
    appendContext(input: $input) { session { id revision } userErrors { code } }
  }
`;
const SEARCH = gql`query Search($id: ID!, $query: String!) { session(id: $id) { search(query: $query, first: 1) { score } } }`;
const GENERATE = gql`
  subscription Generate($input: AskInput!) {
    generate(input: $input) { sequence ... on TokenDelta { text } ... on GenerationCompleted { generation { id text } } }
  }
`;

const first = await client.query(SESSION, { id: sessionId });
const again = await client.query(SESSION, { id: sessionId });
const beforeAppend = requests.methods.slice();
const input = { sessionId, idempotencyKey: 'urql', items: [{ text: { text: 'Written by urql.' } }] };
const appended = await client.mutation(APPEND, { input });
// The document cache drops what has a type that the mutation changed.
const changed = await client.query(SESSION, { id: sessionId });
const long = await client.query(SEARCH, { id: sessionId, query: 'ledger '.repeat(1_000) });
const refused = await client.query(gql`query { sessions(first: 0) { edges { cursor } } }`, {});
const events = [];
await new Promise((resolve, reject) => {
  const variables = { input: { sessionId, prompt: 'Which port has the ledger?' } };
  const { unsubscribe } = client.subscription(GENERATE, variables).subscribe(({ data, error, hasNext }) => {
    if (error) reject(error);
    if (data) events.push(data.generate);
    if (data?.generate.generation !== undefined || hasNext === false) {
      resolve();
      setImmediate(() => unsubscribe());
    }
  });
});
await sockets.dispose();

print({
  query: first.data?.session,
  error: first.error?.message,
  isSame: first.data === again.data,
  beforeAppend,
  appended: appended.data?.appendContext,
  revisions: [first.data?.session.revision, changed.data?.session.revision],
  isFound: long.data?.session.search.length === 1,
  refused: refused.error?.graphQLErrors.map(({ extensions }) => extensions.code),
  sequences: events.map(({ sequence }) => sequence),
  streamed: events.map(({ text }) => text ?? '').join(''),
  answer: events.at(-1).generation?.text,
  methods: requests.methods,
  statuses: requests.statuses,
});
