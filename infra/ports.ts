import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { StageName } from '@supercontext/runtime/common-settings.ts';

export type Ports = Readonly<Record<StageName, number>>;

/** Ports that nothing listens on at this moment, each another one. */
export async function freePorts(): Promise<Record<StageName, number>> {
  const stages = ['gateway', 'context', 'store', 'compression', 'reasoning'] as const;
  // All are held until the last one is known: otherwise two stages might be given the same.
  const servers = await Promise.all(stages.map(() => listen(0, '127.0.0.1')));
  const [gateway = 0, context = 0, store = 0, compression = 0, reasoning = 0] = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map(close));
  return { gateway, context, store, compression, reasoning };
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
