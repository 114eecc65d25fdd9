// What relay-compiler reads; `relay.mjs` runs what it makes of it.
import { graphql } from 'relay-runtime';

graphql`
  query sessionQuery($id: ID!, $first: Int, $last: Int) {
    session(id: $id) {
      ...session_fragments @arguments(first: $first, last: $last)
    }
  }
`;

graphql`
  fragment session_fragments on Session
  @refetchable(queryName: "sessionFragmentsQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "Cursor" }
    last: { type: "Int" }
    before: { type: "Cursor" }
  ) {
    title
    revision
    fragments(first: $first, after: $after, last: $last, before: $before) @connection(key: "session_fragments") {
      edges {
        node {
          text
        }
      }
    }
  }
`;

graphql`
  mutation sessionAppendMutation($input: AppendContextInput!) {
    appendContext(input: $input) {
      session {
        revision
      }
      userErrors {
        code
      }
    }
  }
`;

graphql`
  subscription sessionGenerateSubscription($input: AskInput!) {
    generate(input: $input) {
      sequence
      ... on TokenDelta {
        text
      }
      ... on GenerationCompleted {
        generation {
          text
        }
      }
    }
  }
`;
