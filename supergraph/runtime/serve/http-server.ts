import { CONTRACT_HEADER, CONTRACT_VERSION, ContractError, ERRORS } from '@supercontext/contract';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { ArrivingBodies } from './arriving-bodies.ts';
import { drainBody } from './drain-body.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import { asContractError, Refusal, refusalBody, statusOf } from './refusal.ts';
import { SAFE_HEADERS } from './safe-headers.ts';
import { unmatched } from './unmatched.ts';

export interface HttpServerOptions {
  readonly bodyLimitBytes: number;
  /** On `close`: every connection, or those that are idle. */
  readonly closes: 'all' | 'idle';
  readonly intake: IntakeOptions;
  /** The methods of each path: what is answered to another one. */
  readonly methods: Readonly<Record<string, string>>;
  /** Takes what is a fault of this program. */
  readonly report: (error: unknown) => void;
}

/**
 * What the gateway and the stages serve HTTP with: all comes in by one intake, every answer has the safe headers, and whatever
 * is thrown on the way is a refusal in the form of a GraphQL answer.
 */
export function httpServer(options: HttpServerOptions): FastifyInstance {
  const { bodyLimitBytes, closes, intake, methods } = options;
  const server = fastify({
    bodyLimit: bodyLimitBytes,
    logger: false,
    forceCloseConnections: closes === 'all' ? true : 'idle',
    frameworkErrors: (error, _request, reply) => refuse(reply, asContractError(error, options)),
    serverFactory: (handler) => createIntake(handler, intake),
  });
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SAFE_HEADERS);
    done();
  });
  const bodies = new ArrivingBodies(intake.bounds, bodyLimitBytes);
  server.addHook('preParsing', async ({ raw }, reply) => bodies.take(raw, reply.raw));
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (isOfTheBody(error)) await drainBody(request.raw);
    return refuse(reply, asContractError(error, options));
  });
  server.setNotFoundHandler(unmatched(methods));
  return server;
}

/** Whether a body is refused of which more is on its way. */
function isOfTheBody(error: { readonly statusCode?: number; readonly code?: unknown }): boolean {
  const { statusCode, code } = error;
  return statusCode === ERRORS.REQUEST_TOO_LARGE.status || code === 'REQUEST_TOO_LARGE' || code === 'SERVER_BUSY';
}

/** Answers a request that never became an operation. */
export function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  const known = error instanceof ContractError ? error : new ContractError('INTERNAL', 'a fault of this program');
  return reply
    .code(statusOf(known))
    .headers(known instanceof Refusal ? known.headers : {})
    .header('content-type', 'application/json; charset=utf-8')
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .send(refusalBody(known));
}
