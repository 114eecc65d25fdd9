import type { FastifyInstance } from 'fastify';
import { ANY_ORIGIN, canonicalOrigin } from './origins.ts';

const PREFLIGHT_SECONDS = 600;
/** What clients of GraphQL send, for a preflight that does not say. */
const USUAL_HEADERS =
  'content-type, authorization, apollo-require-preflight, context-contract, traceparent, x-apollo-operation-name';
const MAXIMUM_HEADERS = 32;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/i;

/**
 * Answers preflights and lets pages read answers. Whoever comes here with an Origin may call: the others were refused when
 * they were taken in. Credentials are never allowed.
 */
export function addCors(server: FastifyInstance, corsOrigins: readonly string[]): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    void reply.header('vary', 'origin, accept-encoding');
    if (origin === undefined) {
      done();
      return;
    }
    const allowed = corsOrigins.includes(ANY_ORIGIN) ? ANY_ORIGIN : canonicalOrigin(origin);
    if (allowed !== undefined) void reply.header('access-control-allow-origin', allowed);
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    if (request.headers['access-control-request-private-network'] === 'true') {
      void reply.header('access-control-allow-private-network', 'true');
    }
    void reply
      .header('vary', 'origin, access-control-request-headers')
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', allowedHeaders(request.headers['access-control-request-headers']))
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send();
  });
}

/** What was asked for, as far as it is names of headers and not many of them. */
function allowedHeaders(requested: string | undefined): string {
  if (requested === undefined) return USUAL_HEADERS;
  const names = requested.split(',', MAXIMUM_HEADERS).map((name) => name.trim());
  return names.filter((name) => HEADER_NAME.test(name)).join(', ');
}
