import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

let page: string | undefined;

/** GraphiQL with all of its assets inlined, so that it works without Internet. 9 MB, rendered once. */
export function graphiqlPage(): string {
  page ??= renderGraphiQL({
    title: 'Supercontext: GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: '{\n  sessions(first: 5) {\n    edges { node { id title tokens } }\n  }\n}\n',
  });
  return page;
}
