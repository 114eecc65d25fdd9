import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Listens; returns the port. On all addresses of `localhost` when that is the host: clients differ in the one they try.
 * (fastify does so only with servers it makes itself.)
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  await app.listen({ host, port });
  const main = app.server.address() as AddressInfo;
  if (host !== 'localhost') return main.port;
  for (const { address } of await lookup(host, { all: true })) {
    if (address === main.address) continue;
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      app.server.emit('connection', socket),
    );
    other.listen({ host: address, port: main.port });
    // An address of the name that this machine does not have, or that is taken, is none to listen on.
    await once(other, 'listening').then(
      () => app.server.once('close', () => other.close()),
      () => {},
    );
  }
  return main.port;
}
