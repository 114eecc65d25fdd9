import { CONTENT_CODINGS } from '@supercontext/runtime/serve/content-codings.ts';
import type { FastifyInstance } from 'fastify';
import { weighted } from './weighted.ts';

/** UTF-16 units, or bytes, from which on an answer is compressed: a smaller one fits into one packet as it is. */
const SMALLEST_COMPRESSED = 1_024;

/**
 * Compresses answers and pages for whoever says that they take it. Only what is there as a whole: a stream, of which somebody waits
 * for each part, passes as it is. That lengths tell of contents (BREACH) helps no page of another site: none can have an answer made
 * (`callers.ts`, `foreign-reads.ts`).
 */
export function compressAnswers(server: FastifyInstance): void {
  server.addHook('onSend', async ({ headers }, reply, payload) => {
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (!isWhole || payload.length < SMALLEST_COMPRESSED) return payload;
    const name = preferredCoding(headers['accept-encoding']);
    const coding = name === undefined ? undefined : CONTENT_CODINGS[name];
    if (coding === undefined) return payload;
    void reply.header('content-encoding', name);
    return coding.encode(payload);
  });
}

/** The content coding that an `Accept-Encoding` header prefers, of equals the better one; undefined for none. */
export function preferredCoding(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const qualities = new Map<string, number>();
  for (const { name, quality } of weighted(header)) qualities.set(name === 'x-gzip' ? 'gzip' : name, quality);
  // What is not named is taken as the star is; without one, not at all.
  const others = qualities.get('*') ?? 0;
  let best: { readonly name: string; readonly quality: number } | undefined;
  for (const name of Object.keys(CONTENT_CODINGS)) {
    const quality = qualities.get(name) ?? others;
    if (quality > (best?.quality ?? 0)) best = { name, quality };
  }
  return best !== undefined && best.quality >= (qualities.get('identity') ?? 0) ? best.name : undefined;
}
