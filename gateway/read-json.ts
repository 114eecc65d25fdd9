import { restIfLarge } from '@supercontext/runtime/process/in-slices.ts';
import { checkJson, FRONT_DOOR_JSON } from '@supercontext/runtime/serve/json-bounds.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Reads bodies of JSON as fastify does, after they have been looked through. */
export function readJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (request: FastifyRequest, body: string) => {
      checkJson(body, FRONT_DOOR_JSON);
      await restIfLarge(body.length);
      return new Promise<unknown>((resolve, reject) => {
        parse(request, body, (error, value) => (error === null ? resolve(value) : reject(error)));
      });
    },
  );
}
