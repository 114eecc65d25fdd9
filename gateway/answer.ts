import { CONTRACT_HEADER, CONTRACT_VERSION, ContractError, ERRORS, isErrorCode } from '@supercontext/contract';
import { formatError } from '@supercontext/runtime/format-error.ts';
import { restIfLarge } from '@supercontext/runtime/process/in-slices.ts';
import { jsonInSlices } from '@supercontext/runtime/process/json-in-slices.ts';
import { FEDERATED_TRACE_HEADER, FEDERATED_TRACE_VERSION } from '@supercontext/runtime/trace/federated-trace.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { GatewayConfig } from './config.ts';
import { gatewayError } from './errors.ts';
import type { Federation } from './federation.ts';
import { mayBeForeign } from './foreign-reads.ts';
import { type AnswerType, answerType, essenceOf, JSON_TYPE, RESPONSE_TYPE } from './media-type.ts';
import { admitOperation, executeOperation, type KnownOperation, type OperationResult } from './operation.ts';
import { type OperationRequest, readBody, readSearch } from './operation-request.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { openRequestContext, withFederatedTrace } from './request-context.ts';
import { badRequest, RequestRefused } from './request-refused.ts';

export interface AnswerOptions {
  readonly config: GatewayConfig;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  /** Takes faults of this program, which clients see as INTERNAL only. */
  readonly report: (error: unknown) => void;
}

/**
 * Answers GraphQL over HTTP: queries and mutations by POST, queries by GET. Whatever is wrong with the request is a 4xx with
 * a code; where a client names `application/json` itself, a document or variable that is not valid is 200, as GraphQL over
 * HTTP has it for clients that cannot read answers of another status.
 */
export async function answerGraphQL(
  options: AnswerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const accepted = answerType(request.headers.accept);
  try {
    if (accepted === undefined) throw badRequest(`Answers are ${JSON_TYPE} or ${RESPONSE_TYPE}`, 406);
    const asked = readRequest(request);
    const known = admitOperation(options.federation.state, options.documents, asked);
    refuseKind(known, request.method);
    const result = await run(options, known, asked, request);
    return send(reply, accepted, statusOf(result, accepted), result);
  } catch (error) {
    const refused = asRefused(error);
    const errors = refused.errors.map((one) => formatError(one.toJSON(), one, options.report));
    const result: OperationResult = { errors };
    void reply.headers(refused.headers);
    return send(reply, accepted, refused.status ?? statusOf(result, accepted), result);
  }
}

/** @throws RequestRefused when the request is none, or comes from a page that may not call. */
function readRequest({ method, headers, url, body }: FastifyRequest): OperationRequest {
  if (!isReading(method)) {
    // Only a type that browsers ask about first: a form or a script of another site cannot send it unasked.
    if (essenceOf(headers['content-type']) !== JSON_TYPE) {
      throw badRequest(`A body has to be ${JSON_TYPE}`, 415, { accept: JSON_TYPE });
    }
    return readBody(body);
  }
  if (mayBeForeign(headers)) {
    throw badRequest(
      'Pages of other sites may not send queries by GET: send an Apollo-Require-Preflight header, or POST',
      403,
    );
  }
  return readSearch(url);
}

/** HEAD is answered as GET is, without the body. */
function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refuseKind({ operation }: KnownOperation, method: string): void {
  if (operation.operation === 'subscription') {
    throw badRequest('Subscriptions are served over WebSocket, at this same address');
  }
  if (isReading(method) && operation.operation !== 'query') {
    throw badRequest('Only queries are answered by GET; mutations are by POST', 405, { allow: 'POST' });
  }
}

function run(
  { config, federation, report }: AnswerOptions,
  known: KnownOperation,
  { variables }: OperationRequest,
  { headers }: FastifyRequest,
): Promise<OperationResult> {
  const untraced = openRequestContext(config.requestTimeoutMs, headers);
  const isTraced = headers[FEDERATED_TRACE_HEADER] === FEDERATED_TRACE_VERSION;
  const context = isTraced ? withFederatedTrace(untraced) : untraced;
  return executeOperation(known, { federation, variables, context, report });
}

function asRefused(error: unknown): RequestRefused {
  if (error instanceof RequestRefused) return error;
  if (error instanceof ContractError)
    return new RequestRefused([gatewayError(error.code, error.message, error.details)]);
  return new RequestRefused([gatewayError('INTERNAL', 'a fault of this program', {}, error)]);
}

/** Refusals that the legacy media type reports with 200: the request was well-formed, what it asks for is not. */
const WELL_FORMED: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/** Without data nothing was run. */
function statusOf({ data, errors = [] }: OperationResult, accepted: AnswerType | undefined): number {
  if (data !== undefined) return 200;
  if (accepted?.type === JSON_TYPE && accepted.isNamed && errors.every((error) => WELL_FORMED.has(codeOf(error)))) {
    return 200;
  }
  const code = codeOf(errors[0]);
  return isErrorCode(code) ? ERRORS[code].status : 400;
}

function codeOf(error: GraphQLFormattedError | undefined): unknown {
  return error?.extensions?.code;
}

async function send(
  reply: FastifyReply,
  accepted: AnswerType | undefined,
  status: number,
  result: OperationResult,
): Promise<FastifyReply> {
  const text = await jsonInSlices(result);
  await restIfLarge(text.length);
  return reply
    .code(status)
    .header('content-type', `${accepted?.type ?? JSON_TYPE}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .send(text);
}
