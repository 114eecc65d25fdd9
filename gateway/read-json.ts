import { ContractError } from '@supercontext/contract';
import { restIfLarge } from '@supercontext/runtime/process/in-slices.ts';
import { checkJson, FRONT_DOOR_JSON } from '@supercontext/runtime/serve/json-bounds.ts';
import { Refusal } from '@supercontext/runtime/serve/refusal.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { scan } from 'secure-json-parse';

/** No object of a body may name a prototype, as fastify's own parser has it. */
const NO_PROTOTYPES = { protoAction: 'error', constructorAction: 'error' } as const;

/** Reads bodies of JSON after they have been looked through; what each goes through all of a large one has a turn of its own. */
export function readJson(server: FastifyInstance): void {
  server.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => {
      await restIfLarge(body.length);
      checkJson(body, FRONT_DOOR_JSON);
      await restIfLarge(body.length);
      try {
        const value: unknown = JSON.parse(body);
        await restIfLarge(body.length);
        if (typeof value === 'object' && value !== null) scan(value, NO_PROTOTYPES);
        await restIfLarge(body.length);
        return value;
      } catch (error) {
        if (error instanceof ContractError) throw error;
        throw new Refusal(400, 'the request body is not JSON');
      }
    },
  );
}
