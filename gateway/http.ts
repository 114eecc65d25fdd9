import { type ApolloServer, HeaderMap } from '@apollo/server';
import { CONTRACT_HEADER, CONTRACT_VERSION, ContractError, ERRORS } from '@supercontext/contract';
import { errorExtensions } from '@supercontext/runtime/format-error.ts';
import { restIfLarge } from '@supercontext/runtime/in-slices.ts';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GatewayConfig } from './config.ts';
import { addCors } from './cors.ts';
import { drainBody } from './drain-body.ts';
import { graphiqlPage } from './explorer/graphiql.ts';
import { sandboxPage } from './explorer/sandbox.ts';
import { findStaticFile } from './explorer/static-files.ts';
import type { Federation } from './federation.ts';
import { executeOperation, findKnownOperation } from './operation.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { openRequestContext, type RequestContext } from './request-context.ts';
import { GATEWAY } from './stage.ts';

export const GRAPHQL_PATH = '/graphql';
const READY_TIMEOUT_MS = 2_000;

export interface HttpOptions {
  readonly config: GatewayConfig;
  readonly apollo: ApolloServer<RequestContext>;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  readonly report: (error: unknown) => void;
}

/** The gateway's routes: GraphQL, its explorers, health, and the console's files. */
export function httpServer(options: HttpOptions): FastifyInstance {
  const { config, federation, report } = options;
  const server = fastify({ bodyLimit: config.bodyLimitBytes, logger: false, forceCloseConnections: 'idle' });
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (error.statusCode === ERRORS.REQUEST_TOO_LARGE.status) await drainBody(request.raw);
    return refuse(reply, error, report);
  });
  addCors(server, config.corsOrigins);
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
      if (isBrowser(request)) return reply.type('text/html; charset=utf-8').send(sandboxPage());
      // The body has just been parsed, and is about to be gone through again.
      await restIfLarge(Number(request.headers['content-length'] ?? 0));
      refuseTooComplex(options, request);
      return (await answerKnown(options, request, reply)) ? reply : answerByApollo(options, request, reply);
    },
  });
  server.get('/graphiql', async (_request, reply) => reply.type('text/html; charset=utf-8').send(graphiqlPage()));
  server.get('/*', async (request, reply) => {
    const [path = '/'] = request.url.split('?');
    const file = await findStaticFile(config.consolePath, path);
    if (file !== undefined) {
      const { contentType, cacheControl, sizeBytes, body } = file;
      return reply
        .type(contentType)
        .header('cache-control', cacheControl)
        .header('content-length', sizeBytes)
        .send(body());
    }
    if (path === '/') return reply.redirect(GRAPHQL_PATH);
    return reply.code(404).send({ status: 'not found' });
  });
  return server;
}

/** A person who opens the address, as opposed to a client that sends a query by GET. */
function isBrowser({ method, headers, url }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true && !/[?&](?:query|extensions)=/.test(url);
}

/** Before anything is parsed by anybody. @throws ContractError REQUEST_TOO_COMPLEX */
function refuseTooComplex({ federation }: HttpOptions, { method, body, query }: FastifyRequest): void {
  const source: unknown = method === 'POST' ? body : query;
  const text = isObject(source) ? source.query : undefined;
  if (typeof text !== 'string') return;
  const refusal = federation.state.admit(text).errors[0]?.originalError;
  if (refusal instanceof ContractError) throw refusal;
}

/** Answers an operation that is known to be valid; false for everything else. Not the reply itself: it is a thenable of nothing. */
async function answerKnown(
  { config, federation, documents, report }: HttpOptions,
  { method, headers, body }: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const isPlain =
    headers['content-type']?.startsWith('application/json') && !headers.accept?.includes('graphql-response');
  if (method !== 'POST' || !isPlain || !isGraphQLRequest(body)) return false;
  const { query, variables, operationName, extensions } = body;
  const text = documents.resolve(query ?? '', extensions);
  if (text === undefined || text === '') return false;
  const operation = findKnownOperation(federation.state, text, operationName ?? undefined);
  if (operation === undefined) return false;
  const context = openRequestContext(config.requestTimeoutMs, headers);
  const result = await executeOperation(operation, { federation, variables: variables ?? {}, context, report });
  void reply
    .code(result.data === undefined ? 400 : 200)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .send(JSON.stringify(result));
  return true;
}

interface GraphQLRequest {
  readonly query?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

function isGraphQLRequest(body: unknown): body is GraphQLRequest {
  if (!isObject(body)) return false;
  const { query, variables, operationName, extensions } = body;
  const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
  const isMap = (value: unknown): boolean => value === undefined || value === null || isObject(value);
  return isText(query) && isMap(variables) && isText(operationName) && isMap(extensions);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function answerByApollo(
  { apollo, config }: HttpOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = openRequestContext(config.requestTimeoutMs, request.headers);
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const start = request.url.indexOf('?');
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers,
      search: start === -1 ? '' : request.url.slice(start),
      body: request.body,
    },
    context: async () => context,
  });
  for (const [name, value] of response.headers) void reply.header(name, value);
  void reply.code(response.status ?? 200).header(CONTRACT_HEADER, String(CONTRACT_VERSION));
  // No @defer is served, so an answer is always complete.
  return reply.send(response.body.kind === 'complete' ? response.body.string : '');
}

/** Answers a request that never became an operation. */
function refuse(
  reply: FastifyReply,
  error: Error & { statusCode?: number },
  report: (error: unknown) => void,
): FastifyReply {
  const known = asContractError(error);
  if (known.code === 'INTERNAL') report(error);
  const status =
    known.code === 'INPUT_INVALID' ? (error.statusCode ?? ERRORS.INPUT_INVALID.status) : ERRORS[known.code].status;
  return reply
    .code(status)
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .send({ errors: [{ message: known.message, extensions: errorExtensions(known.code, known.details) }] });
}

function asContractError(error: Error & { statusCode?: number }): ContractError {
  if (error instanceof ContractError) return error;
  if (error.statusCode === 413) return new ContractError('REQUEST_TOO_LARGE', 'the request body is too large');
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new ContractError('INPUT_INVALID', error.message);
  return new ContractError('INTERNAL', 'a fault of this program');
}
