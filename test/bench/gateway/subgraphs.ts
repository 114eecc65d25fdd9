import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { LIBRARY_SDL, STREAM_SDL } from './schemas.ts';

/**
 * Two subgraphs as light as they can be, in one process, so that what is measured is the gateway in front of them:
 * node:http, graphql-js, documents parsed once. Forked by the benchmarks; tells its parent the URLs.
 */
const streamResolvers = {
  Query: { run: (_: unknown, { id }: { id: string }) => ({ id, status: 'DONE', book: { id: `b${id}` } }) },
  Subscription: {
    tokens: { subscribe: (_: unknown, { count }: { count: number }) => tokens('tokens', count) },
    events: {
      subscribe: (_: unknown, { count, after }: { count: number; after?: string }) =>
        tokens('events', count, after === undefined ? 0 : Number(after.slice(1)) + 1),
    },
  },
};

const libraryResolvers = {
  Book: {
    __resolveReference: ({ id }: { id: string }) => ({
      id,
      title: `Title of ${id}`,
      author: { name: `Author of ${id}` },
    }),
  },
};

async function* tokens(field: string, count: number, from = 0) {
  for (let sequence = from; sequence < count; sequence++) {
    const book = sequence === 0 || sequence === count - 1 ? { id: `b${sequence}` } : null;
    const type = book === null ? 'TokenDelta' : 'Cited';
    yield {
      [field]: { __typename: type, cursor: `c${sequence}`, sequence, text: `token${sequence} `, tokens: 1, book },
    };
  }
}

async function serve(typeDefs: string, resolvers: object): Promise<string> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as Record<string, never> }]);
  const documents = new Map<string, DocumentNode>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { query, variables, operationName } = JSON.parse(Buffer.concat(chunks).toString());
      const document = documents.get(query) ?? parse(query);
      documents.set(query, document);
      const result = await execute({ schema, document, variableValues: variables, operationName });
      const body = JSON.stringify(result);
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const [stream, library] = await Promise.all([serve(STREAM_SDL, streamResolvers), serve(LIBRARY_SDL, libraryResolvers)]);
process.send?.({ stream, library });
