import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

/** The answer to a request that no route takes: 405 where the path has routes for other methods, else 404. Never says the path again. */
export function unmatched(
  methods: Readonly<Record<string, string>>,
): (request: FastifyRequest, reply: FastifyReply) => never {
  return (request) => {
    const [path = '/'] = request.url.split('?');
    if (!Object.hasOwn(methods, path))
      throw new Refusal(404, `nothing answers at this path; others are ${Object.keys(methods).join(', ')}`);
    const allow = methods[path] ?? '';
    throw new Refusal(405, `this path answers ${allow} only`, { allow });
  };
}
