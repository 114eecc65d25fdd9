// Types and documents by graphql-codegen's client preset, used with graphql-request as its documentation shows.
import { request } from 'graphql-request';
import { graphql } from './gql/gql.js';
import type { AppendContextInput } from './gql/graphql.js';

const [, , url = '', sessionId = ''] = process.argv;

const Session = graphql(`
  query Session($id: ID!) {
    session(id: $id) {
      id
      title
      turns(last: 1) {
        edges {
          node {
            prompt
          }
        }
      }
    }
  }
`);
const Append = graphql(`
  mutation Append($input: AppendContextInput!) {
    appendContext(input: $input) {
      session {
        id
        revision
      }
      userErrors {
        __typename
        code
        ... on RevisionConflict {
          currentRevision
        }
      }
    }
  }
`);

const { session } = await request(url, Session, { id: sessionId });
const title: string | null | undefined = session?.title;
const input: AppendContextInput = {
  sessionId,
  idempotencyKey: 'client-preset',
  baseRevision: 0,
  items: [{ text: { text: 'Written with the client preset.' } }],
};
const { appendContext } = await request(url, Append, { input });
const [conflict] = appendContext.userErrors;
const currentRevision: number | undefined =
  conflict?.__typename === 'RevisionConflict' ? conflict.currentRevision : undefined;

process.stdout.write(JSON.stringify({ title, code: conflict?.code, currentRevision }));
