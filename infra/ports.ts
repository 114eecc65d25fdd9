import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { StageName } from '@supercontext/runtime/common-settings.ts';

export type Ports = Readonly<Record<StageName, number>>;

/**
 * Below the ports that systems give to outgoing connections (from 32 768 on Linux, 49 152 elsewhere): one of those may be taken
 * by any connection of the machine between the choice and its use, or while a stage that died is started again.
 */
const CHOSEN_FROM = { first: 12_000, last: 31_999 };
const MAXIMUM_TRIES = 1_000;

/** Ports that nothing listens on at this moment, each another one. */
export async function freePorts(): Promise<Record<StageName, number>> {
  const [gateway = 0, context = 0, store = 0, compression = 0, reasoning = 0] = await severalFreePorts(5);
  return { gateway, context, store, compression, reasoning };
}

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const [port = 0] = await severalFreePorts(1);
  return port;
}

/** @throws Error when so many are taken that none is found */
async function severalFreePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  // All are held until the last one is known: otherwise two might be the same.
  for (let tries = 0; ports.length < count && tries < MAXIMUM_TRIES; tries += 1) {
    const port = randomInt(CHOSEN_FROM.first, CHOSEN_FROM.last + 1);
    const server = await listen(port, '127.0.0.1').catch(() => null);
    if (server === null) continue;
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map(close));
  if (ports.length < count) throw new Error('there is no free port on 127.0.0.1');
  return ports;
}

/** The code of the system's refusal to listen there, such as EADDRINUSE; null when one can. */
export async function refusalToListen(port: number, host: string): Promise<string | null> {
  try {
    await close(await listen(port, host));
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Where a program on this machine reaches what listens on `host`: a wildcard is no address to go to. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
