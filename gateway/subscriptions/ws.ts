import { ContractError } from '@supercontext/contract';
import { formatError } from '@supercontext/runtime/format-error.ts';
import {
  type GraphQLSockets,
  type SocketExtra,
  serveGraphQLSockets,
} from '@supercontext/runtime/serve/graphql-sockets.ts';
import { FRONT_DOOR_JSON } from '@supercontext/runtime/serve/json-bounds.ts';
import { SOCKET_BOUNDS } from '@supercontext/runtime/serve/socket-bounds.ts';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import type { Federation } from '../federation.ts';
import { admitOperation, executeOperation, type KnownOperation } from '../operation.ts';
import type { PersistedDocuments } from '../persisted-documents.ts';
import { openRequestContext, type RequestContext } from '../request-context.ts';
import { RequestRefused } from '../request-refused.ts';
import type { SubscriptionPlan } from './plan.ts';
import { FormattedError, StreamFailed } from './stream-failed.ts';
import { admitSubscription, openSubscription } from './subscribe.ts';

export interface WebSocketOptions {
  readonly config: GatewayConfig;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  /** Takes faults of this program, which clients see as INTERNAL only. */
  readonly report: (error: unknown) => void;
  /** Told each time a broken stream of a subgraph is about to be continued. */
  readonly onResume: (serviceName: string, reason: string) => void;
}

/** What `onSubscribe` found out, for `subscribe` or `execute` to act on. */
interface Admitted extends ExecutionArgs {
  readonly known: KnownOperation;
  readonly requestContext: RequestContext;
  readonly plan: SubscriptionPlan | undefined;
}

/**
 * Serves graphql-ws: subscriptions by the federated relay, queries and mutations by the same executor as HTTP.
 * Every refusal is an `error` message for its operation; the socket and its other operations go on.
 */
export function serveWebSockets(options: WebSocketOptions): GraphQLSockets {
  const { config, report } = options;
  return serveGraphQLSockets<Record<string, unknown>, object>(
    {
      onSubscribe: (socket, _id, payload) => admit(options, socket, payload),
      subscribe: (args) => {
        const { plan, requestContext, variableValues } = args as Admitted;
        if (plan === undefined) return { errors: [gatewayError('INTERNAL', 'a fault of this program')] };
        return openSubscription({ ...options, plan, context: requestContext, variables: variableValues ?? {} });
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

/** The protocol wants a query in every subscribe message; one that names its document by hash has none. */
function allowMissingQuery(message: unknown): unknown {
  const { type, payload } = message as { type?: unknown; payload?: { query?: unknown; extensions?: unknown } };
  if (type === 'subscribe' && typeof payload === 'object' && payload?.extensions && payload.query === undefined)
    payload.query = '';
  return message;
}

function admit(
  { config, federation, documents, report }: WebSocketOptions,
  socket: Context<Record<string, unknown>, SocketExtra>,
  { query, operationName, variables, extensions }: SubscribePayload,
): Admitted | GraphQLError[] {
  try {
    if (Object.keys(socket.subscriptions).length > config.maxSubscriptions) {
      const maximum = config.maxSubscriptions;
      throw gatewayError('REQUEST_TOO_COMPLEX', `More than ${maximum} operations are open on this socket`, { maximum });
    }
    const request = { query, operationName: operationName ?? undefined, extensions: extensions ?? {} };
    const known = admitOperation(federation.state, documents, request);
    const { state, document, operation } = known;
    const { headers } = socket.extra.request;
    const context = openRequestContext(config.requestTimeoutMs, extensions, socket.connectionParams, headers);
    return {
      schema: state.apiSchema,
      document,
      known,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      requestContext: context,
      plan:
        operation.operation === 'subscription'
          ? admitSubscription({ ...known, variables: variables ?? {}, context })
          : undefined,
    };
  } catch (error) {
    // Whatever it is, it ends this operation only: thrown on, it would close the socket and all its streams.
    if (error instanceof RequestRefused) return [...error.errors];
    if (error instanceof ContractError) return [gatewayError(error.code, error.message, error.details)];
    if (error instanceof GraphQLError) return [error];
    report(error);
    return [gatewayError('INTERNAL', 'a fault of this program')];
  }
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
