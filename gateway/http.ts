import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CONTENT_CODINGS } from '@supercontext/runtime/serve/content-codings.ts';
import { httpServer } from '@supercontext/runtime/serve/http-server.ts';
import { SOCKET_BOUNDS, type SocketBounds } from '@supercontext/runtime/serve/socket-bounds.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AnswerOptions, answerGraphQL } from './answer.ts';
import { Callers } from './callers.ts';
import { compressAnswers } from './compress-answers.ts';
import { addCors } from './cors.ts';
import { serveConsole } from './explorer/console.ts';
import { graphiqlPage } from './explorer/graphiql.ts';
import type { Page } from './explorer/page.ts';
import { sandboxPage } from './explorer/sandbox.ts';
import { readJson } from './read-json.ts';
import type { RefusedCaller } from './refused-callers.ts';
import { GATEWAY } from './stage.ts';

export const GRAPHQL_PATH = '/graphql';
const READY_TIMEOUT_MS = 2_000;
const PAGE_METHODS = 'GET, HEAD';
const METHODS = {
  [GRAPHQL_PATH]: 'GET, HEAD, POST, OPTIONS',
  '/': PAGE_METHODS,
  '/graphiql': PAGE_METHODS,
  '/health': PAGE_METHODS,
  '/ready': PAGE_METHODS,
};

export interface HttpOptions extends AnswerOptions {
  /** Takes an upgrade to WebSocket on GRAPHQL_PATH. */
  readonly openSocket: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Takes what was thrown where requests are taken in. */
  readonly fault: (error: unknown) => void;
  /** Told of each who was refused for the Host or Origin of the request. */
  readonly refused: (caller: RefusedCaller) => void;
  readonly bounds?: SocketBounds;
}

/** The gateway's routes: GraphQL, its explorers, health, and the console's files. */
export function gatewayServer(options: HttpOptions): FastifyInstance {
  const { config, federation, report } = options;
  const callers = new Callers(config, options.refused);
  const server = httpServer({
    bodyLimitBytes: config.bodyLimitBytes,
    closes: 'idle',
    intake: {
      path: GRAPHQL_PATH,
      bounds: options.bounds ?? SOCKET_BOUNDS,
      admit: (request) => callers.admit(request),
      open: options.openSocket,
      contentCodings: Object.keys(CONTENT_CODINGS),
      fault: options.fault,
    },
    methods: METHODS,
    report,
  });
  addCors(server, config.corsOrigins);
  compressAnswers(server);
  readJson(server);
  server.get('/health', async () => ({ status: 'ok', stage: GATEWAY.name, version: GATEWAY.version }));
  server.get('/ready', async (_request, reply) => {
    const unreachable = await federation.unreachable(READY_TIMEOUT_MS);
    if (unreachable.length === 0) return { status: 'ready', stage: GATEWAY.name, version: GATEWAY.version };
    return reply
      .code(503)
      .send({ status: 'not ready', reason: `no answer from ${unreachable.join(', ')}`, unreachable });
  });
  server.route({
    method: ['GET', 'POST'],
    url: GRAPHQL_PATH,
    handler: async (request, reply) => {
      if (isBrowser(request)) return sendPage(reply, sandboxPage());
      return answerGraphQL(options, request, reply);
    },
  });
  server.get('/graphiql', async (_request, reply) => sendPage(reply, graphiqlPage()));
  serveConsole(server, config.consolePath, GRAPHQL_PATH);
  return server;
}

function sendPage(reply: FastifyReply, { body, policy }: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(body);
}

/** A person who opens the address, as opposed to a client that sends a query by GET. */
function isBrowser({ method, headers, url }: FastifyRequest): boolean {
  return (
    method === 'GET' &&
    headers.accept?.includes('text/html') === true &&
    !/[?&](?:query|extensions|documentId|doc_id)=/.test(url)
  );
}
