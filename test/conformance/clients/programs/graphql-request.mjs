// graphql-request as in the first lines of its documentation.
import { ClientError, GraphQLClient, gql, request } from 'graphql-request';
import { countRequests, print } from './program.mjs';

const [url, sessionId] = process.argv.slice(2);
const requests = countRequests();
const SESSION = gql`query Session($id: ID!) { session(id: $id) { id title revision } }`;
const APPEND = gql`
  mutation Append($input: AppendContextInput!) {
    appendContext(input: $input) { session { id revision } userErrors { code } }
  }
`;

const { session } = await request(url, SESSION, { id: sessionId });
const client = new GraphQLClient(url);
const input = {
  sessionId,
  idempotencyKey: 'graphql-request',
  items: [{ text: { text: 'Written by graphql-request.' } }],
};
const { appendContext } = await client.request(APPEND, { input });
const { status, data } = await client.rawRequest(SESSION, { id: sessionId });
const batch = await client.request(SESSION, { id: 'ses_none' }).then(
  () => 'answered',
  (error) => error.message,
);

async function failure(document) {
  const error = await client.request(document).catch((thrown) => thrown);
  const [first] = error.response?.errors ?? [];
  return { isClientError: error instanceof ClientError, status: error.response?.status, code: first?.extensions.code };
}

const byGet = new GraphQLClient(url, { method: 'GET' });

print({
  query: session,
  appended: appendContext,
  raw: { status, revision: data.session.revision },
  unknown: batch,
  wrongField: await failure('{ nothing }'),
  wrongArgument: await failure('{ sessions(first: 0) { edges { cursor } } }'),
  byGet: await byGet.request(SESSION, { id: sessionId }),
  methods: requests.methods,
});
