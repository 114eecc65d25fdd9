import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CONTRACT_HEADER, CONTRACT_VERSION, ERRORS } from '@supercontext/contract';
import { restIfLarge } from '@supercontext/runtime/in-slices.ts';
import { createIntake } from '@supercontext/runtime/serve/intake.ts';
import { asContractError, Refusal, refusalBody, statusOf } from '@supercontext/runtime/serve/refusal.ts';
import { SAFE_HEADERS } from '@supercontext/runtime/serve/safe-headers.ts';
import { SOCKET_BOUNDS, type SocketBounds } from '@supercontext/runtime/serve/socket-bounds.ts';
import { unmatched } from '@supercontext/runtime/serve/unmatched.ts';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AnswerOptions, answerGraphQL } from './answer.ts';
import { Callers } from './callers.ts';
import { addCors } from './cors.ts';
import { drainBody } from './drain-body.ts';
import { graphiqlPage } from './explorer/graphiql.ts';
import type { Page } from './explorer/page.ts';
import { CONSOLE_POLICY } from './explorer/page-policy.ts';
import { sandboxPage } from './explorer/sandbox.ts';
import { findStaticFile } from './explorer/static-files.ts';
import { readJson } from './read-json.ts';
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
  readonly bounds?: SocketBounds;
}

/** The gateway's routes: GraphQL, its explorers, health, and the console's files. */
export function httpServer(options: HttpOptions): FastifyInstance {
  const { config, federation, report } = options;
  const callers = new Callers(config);
  const server = fastify({
    bodyLimit: config.bodyLimitBytes,
    logger: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply) => refuse(reply, error, report),
    serverFactory: (handler) =>
      createIntake(handler, {
        path: GRAPHQL_PATH,
        bounds: options.bounds ?? SOCKET_BOUNDS,
        admit: (request) => callers.admit(request),
        open: options.openSocket,
        fault: options.fault,
      }),
  });
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SAFE_HEADERS);
    done();
  });
  server.setNotFoundHandler(unmatched(METHODS));
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (error.statusCode === ERRORS.REQUEST_TOO_LARGE.status) await drainBody(request.raw);
    return refuse(reply, error, report);
  });
  addCors(server, config.corsOrigins);
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
      // The body has just been parsed, and is about to be gone through again.
      await restIfLarge(Number(request.headers['content-length'] ?? 0));
      return answerGraphQL(options, request, reply);
    },
  });
  server.get('/graphiql', async (_request, reply) => sendPage(reply, graphiqlPage()));
  server.get('/*', async (request, reply) => {
    const [path = '/'] = request.url.split('?');
    const file = await findStaticFile(config.consolePath, path);
    if (file !== undefined) {
      const { contentType, cacheControl, sizeBytes, body } = file;
      return reply
        .type(contentType)
        .header('cache-control', cacheControl)
        .header('content-security-policy', CONSOLE_POLICY)
        .header('content-length', sizeBytes)
        .send(body());
    }
    if (path === '/') return reply.redirect(GRAPHQL_PATH);
    throw new Refusal(404, 'nothing answers at this path');
  });
  return server;
}

function sendPage(reply: FastifyReply, { body, policy }: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(body);
}

/** A person who opens the address, as opposed to a client that sends a query by GET. */
function isBrowser({ method, headers, url }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true && !/[?&](?:query|extensions)=/.test(url);
}

/** Answers a request that never became an operation. */
function refuse(
  reply: FastifyReply,
  error: Error & { statusCode?: number },
  report: (error: unknown) => void,
): FastifyReply {
  const known = asContractError(error, report);
  return reply
    .code(statusOf(known))
    .headers(known instanceof Refusal ? known.headers : {})
    .header('content-type', 'application/json; charset=utf-8')
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .send(refusalBody(known));
}
