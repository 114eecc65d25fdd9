import type { FastifyInstance } from 'fastify';

const PREFLIGHT_SECONDS = 600;

/** Whether a page of `origin` may call. Pages of the gateway itself always may, as may callers that are no browsers. */
export function mayCall(allowed: readonly string[], origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Answers preflights and lets the pages of allowed origins read answers. Credentials are never allowed. */
export function addCors(server: FastifyInstance, allowed: readonly string[]): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !mayCall(allowed, origin, undefined)) {
      done();
      return;
    }
    void reply.header('access-control-allow-origin', allowed.includes('*') ? '*' : origin).header('vary', 'origin');
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    void reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'content-type')
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send();
  });
}
