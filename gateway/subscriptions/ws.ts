import { formatError } from '@supercontext/runtime/format-error.ts';
import { type GraphQLSockets, serveGraphQLSockets } from '@supercontext/runtime/serve/graphql-sockets.ts';
import { FRONT_DOOR_JSON } from '@supercontext/runtime/serve/json-bounds.ts';
import { SOCKET_BOUNDS } from '@supercontext/runtime/serve/socket-bounds.ts';
import type { ExecutionResult } from 'graphql';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import type { Federation } from '../federation.ts';
import { executeOperation } from '../operation.ts';
import type { PersistedDocuments } from '../persisted-documents.ts';
import { type Admitted, admitMessage, type SocketState } from './admit-message.ts';
import { DeliveryLedger } from './delivery-ledger.ts';
import { keptParameters } from './kept-parameters.ts';
import { FormattedError, StreamFailed } from './stream-failed.ts';
import { openSubscription } from './subscribe.ts';

export interface WebSocketOptions {
  readonly config: GatewayConfig;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  /** Takes faults of this program, which clients see as INTERNAL only. */
  readonly report: (error: unknown) => void;
  /** Told each time a broken stream of a subgraph is about to be continued. */
  readonly onResume: (serviceName: string, reason: string) => void;
}

/**
 * Serves graphql-ws: subscriptions by the federated relay, queries and mutations by the same executor as HTTP.
 * Every refusal is an `error` message for its operation; the socket and its other operations go on.
 */
export function serveWebSockets(options: WebSocketOptions): GraphQLSockets {
  const { config, report } = options;
  const ledger = new DeliveryLedger();
  return serveGraphQLSockets<Record<string, unknown>, SocketState>(
    {
      onConnect: (socket) => {
        const connectionParams = keptParameters(socket.connectionParams ?? {});
        Object.assign(socket, { connectionParams });
      },
      onSubscribe: (socket, id, payload) => admitMessage({ ...options, ledger }, socket, id, payload),
      subscribe: (args) => {
        const { subscription, requestContext, variableValues } = args as Admitted;
        if (subscription === null) return { errors: [gatewayError('INTERNAL', 'a fault of this program')] };
        const variables = variableValues ?? {};
        return openSubscription({ ...options, ...subscription, context: requestContext, variables });
      },
      execute: (args) => execute(options, args as Admitted),
      onError: (_socket, _id, _payload, errors) => {
        const [first] = errors;
        if (first?.originalError instanceof StreamFailed) return first.originalError.errors;
        return errors.map((error) => formatError(error.toJSON(), error, report));
      },
    },
    {
      bounds: SOCKET_BOUNDS,
      maximumMessageBytes: config.bodyLimitBytes,
      json: FRONT_DOOR_JSON,
      keepAliveMs: config.keepAliveMs,
      amend: allowMissingQuery,
      report,
    },
  );
}

/** The protocol wants a query in every subscribe message; one that names its document by hash or id has none. */
function allowMissingQuery(message: unknown): unknown {
  const { type, payload } = message as { type?: unknown; payload?: Record<string, unknown> };
  if (type !== 'subscribe' || typeof payload !== 'object' || payload === null) return message;
  const isNamed = Boolean(payload.extensions ?? payload.documentId ?? payload.doc_id);
  if (isNamed) payload.query ??= '';
  return message;
}

async function execute({ federation, report }: WebSocketOptions, args: Admitted): Promise<ExecutionResult> {
  const { known, requestContext: context, variableValues } = args;
  const variables = variableValues ?? {};
  const { data, errors, extensions } = await executeOperation(known, { federation, variables, context, report });
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => new FormattedError(error)) }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
