import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { CONSOLE_POLICY } from './page-policy.ts';

/** The build puts a hash of the content into the names of what it makes: such a file may be kept for good. */
const HASHED_NAME = /-[\w-]{8,}\.\w+$/;

/** Serves the console's files at `/`; while it is not built, `/` leads to `otherwise`. */
export function serveConsole(server: FastifyInstance, folder: string, otherwise: string): void {
  void server.register(fastifyStatic, {
    root: folder,
    index: false,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      void reply.headers({
        'cache-control': HASHED_NAME.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        'content-security-policy': CONSOLE_POLICY,
      });
    },
  });
  server.get('/', async (_request, reply) =>
    existsSync(join(folder, 'index.html')) ? reply.sendFile('index.html') : reply.redirect(otherwise),
  );
}
