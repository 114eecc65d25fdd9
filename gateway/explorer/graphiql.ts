import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Page } from './page.ts';
import { inlineScripts, pagePolicy } from './page-policy.ts';

let page: Page | undefined;

/** GraphiQL with all of its assets inlined, so that it works without Internet. 9 MB, rendered once. */
export function graphiqlPage(): Page {
  page ??= render();
  return page;
}

function render(): Page {
  const text = renderGraphiQL({
    title: 'Supercontext: GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: '{\n  sessions(first: 5) {\n    edges { node { id title tokens } }\n  }\n}\n',
  });
  // A browser takes hashes of what it has parsed, in which every line ends alike.
  const scripts = inlineScripts(text.replaceAll(/\r\n?/g, '\n'));
  return {
    body: Buffer.from(text),
    // Its editor writes its styles as it goes, and works in workers made of blobs.
    policy: pagePolicy({
      'script-src': scripts,
      'style-src': "'unsafe-inline'",
      'font-src': 'data:',
      'worker-src': 'blob:',
    }),
  };
}
