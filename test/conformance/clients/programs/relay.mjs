// Relay's runtime with a network as its documentation has it. What a component would read by usePaginationFragment is read from
// the store the same way: the fragment, and the query that relay-compiler made of it for further pages.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import runtime from 'relay-runtime';
import { WebSocket } from 'ws';
import { countRequests, print } from './program.mjs';

const { commitMutation, createOperationDescriptor, Environment, fetchQuery, getSingularSelector } = runtime;
const { Network, Observable, RecordSource, requestSubscription, Store } = runtime;

const [url, sessionId, artifacts] = process.argv.slice(2);
const requests = countRequests();
const load = createRequire(join(artifacts, 'relay.cjs'));
const artifact = (name) => load(`./${name}.graphql.js`);
const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });

/** A document by its text, or, where relay-compiler has put that into a file, by its id. */
const named = ({ id, text }) => (text === null ? { query: '', doc_id: id } : { query: text });

async function fetchRelay(params, variables) {
  const { query, ...id } = named(params);
  const body = JSON.stringify({ ...(query === '' ? id : { query }), variables });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body })).json();
}

const subscribeRelay = (params, variables) =>
  Observable.create((sink) => sockets.subscribe({ ...named(params), variables, operationName: params.name }, sink));

function environment() {
  return new Environment({ network: Network.create(fetchRelay, subscribeRelay), store: new Store(new RecordSource()) });
}

/** The list of a session as it is in the store after each page, until there are no more in this direction. */
async function pages(relay, size, hasMore, next) {
  const operation = createOperationDescriptor(artifact('sessionQuery'), { id: sessionId, ...size });
  await fetchQuery(relay, artifact('sessionQuery'), { id: sessionId, ...size }).toPromise();
  const { dispose } = relay.retain(operation);
  const read = () => {
    const { session } = relay.lookup(operation.fragment).data;
    return relay.lookup(getSingularSelector(artifact('session_fragments'), session)).data;
  };
  const lengths = [read().fragments.edges.length];
  while (hasMore(read().fragments.pageInfo)) {
    const variables = { id: sessionId, ...size, ...next(read().fragments.pageInfo) };
    await fetchQuery(relay, artifact('sessionFragmentsQuery'), variables).toPromise();
    lengths.push(read().fragments.edges.length);
  }
  const { title, revision, fragments } = read();
  dispose();
  return { title, revision, lengths, texts: fragments.edges.map(({ node }) => node.text) };
}

const forward = await pages(
  environment(),
  { first: 3 },
  ({ hasNextPage }) => hasNextPage,
  ({ endCursor }) => ({ after: endCursor }),
);
const backward = await pages(
  environment(),
  { last: 3 },
  ({ hasPreviousPage }) => hasPreviousPage,
  ({ startCursor }) => ({ before: startCursor }),
);

const relay = environment();
const appended = await new Promise((onCompleted, onError) => {
  const idempotencyKey = `relay ${artifacts}`.slice(0, 128);
  const input = { sessionId, idempotencyKey, items: [{ text: { text: 'Written by Relay.' } }] };
  commitMutation(relay, { mutation: artifact('sessionAppendMutation'), variables: { input }, onCompleted, onError });
});
const events = [];
await new Promise((onCompleted, onError) => {
  requestSubscription(relay, {
    subscription: artifact('sessionGenerateSubscription'),
    variables: { input: { sessionId, prompt: 'Which port has the ledger?' } },
    onNext: ({ generate }) => events.push(generate),
    onCompleted,
    onError,
  });
});
await sockets.dispose();

print({
  forward,
  backward,
  appended: appended.appendContext,
  sequences: events.map(({ sequence }) => sequence),
  streamed: events.map(({ text }) => text ?? '').join(''),
  answer: events.at(-1).generation?.text,
  isPersisted: artifact('sessionQuery').params.text === null,
  statuses: requests.statuses,
});
