import { ConfigError, settingFault } from '@supercontext/runtime/config.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { Running } from '@supercontext/runtime/process/run-main.ts';
import { intakeFaults } from '@supercontext/runtime/serve/intake-faults.ts';
import { listen } from '@supercontext/runtime/serve/listen.ts';
import { type GatewayConfig, SETTINGS } from './config.ts';
import { Federation } from './federation.ts';
import { GRAPHQL_PATH, gatewayServer } from './http.ts';
import { PersistedDocuments, readManifest } from './persisted-documents.ts';
import { refusedCallers } from './refused-callers.ts';
import { serveWebSockets } from './subscriptions/ws.ts';
import { warmUp } from './warm-up.ts';

/** While it stops, connections that have become idle are closed this often. */
const CLOSE_IDLE_EVERY_MS = 50;

/**
 * Starts the gateway: HTTP and graphql-ws on one port. Needs a good supergraph file; subgraphs may come up later.
 * @throws ConfigError when a file that is named in the settings is none; errors of the system
 */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<Running> {
  const report = (error: unknown): void => log.error({ err: error }, 'internal');
  const manifest = await named(
    SETTINGS.documentsPath.variable,
    config.documentsPath,
    readManifest(config.documentsPath),
  );
  const documents = new PersistedDocuments(manifest);
  const federation = new Federation(config, log);
  await named(SETTINGS.supergraphPath.variable, config.supergraphPath, federation.load());
  await warmUp(federation.state, documents);
  const sockets = serveWebSockets({
    config,
    federation,
    documents,
    report,
    onResume: (serviceName, reason) => log.warn({ serviceName, reason }, 'a stream broke and is continued'),
  });
  const http = gatewayServer({
    ...{ config, federation, documents, report },
    openSocket: sockets.open,
    fault: intakeFaults(log),
    refused: refusedCallers(log),
  });
  const port = await listen(http, config.host, config.port);
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}${GRAPHQL_PATH}`,
    stop: async () => {
      await sockets.stop();
      // A connection whose request was still being answered becomes idle only now; nobody else would close it.
      const closing = setInterval(() => http.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
      await http.close().finally(() => clearInterval(closing));
      await federation.close();
    },
  };
}

/** What is wrong with a file is wrong with the setting that names it. */
async function named<Made>(variable: string, path: string, made: Promise<Made>): Promise<Made> {
  try {
    return await made;
  } catch (error) {
    throw new ConfigError([settingFault(variable, path, error)]);
  }
}
