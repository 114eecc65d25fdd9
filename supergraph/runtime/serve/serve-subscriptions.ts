import { CONTRACT_HEADER, ContractError } from '@supercontext/contract';
import { type ExecutionArgs, execute, GraphQLError, type GraphQLSchema, subscribe } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { SIGNATURE_HEADER, type Signatures, SOCKET_BODY } from '../call/sign.ts';
import { formatThrown } from '../format-error.ts';
import type { Stage, StageContext } from '../stage.ts';
import { decodeHops, inTrace, openTrace, type Trace } from '../trace/hops.ts';
import { contractVersionOf } from './contract-version.ts';
import { type GraphQLSockets, serveGraphQLSockets } from './graphql-sockets.ts';
import { STAGE_JSON } from './json-bounds.ts';
import { ALL_OPERATIONS, type KnownDocuments } from './known-documents.ts';
import { MAXIMUM_STAGE_MESSAGE_BYTES, SOCKET_BOUNDS } from './socket-bounds.ts';

/** Between two pings of a socket. */
const KEEP_ALIVE_MS = 12_000;

interface SocketState {
  readonly controllers: Map<string, AbortController>;
}

type TracedArgs = ExecutionArgs & { readonly trace: Trace; readonly gone: AbortController };

/**
 * Serves a subgraph's subscriptions over graphql-ws. A connection proves itself once, in its parameters; a subscribe
 * message brings its trace in `extensions.traceparent` and `extensions.hops`, and its contract version where that is another than
 * the connection's.
 */
export function serveSubscriptions<Context extends StageContext>(options: {
  readonly stage: Stage;
  /** Called once per operation: the place to create DataLoaders. */
  readonly context: (base: StageContext) => Context;
  readonly schema: GraphQLSchema;
  readonly documents: KnownDocuments;
  /** What has been taken for signed, over HTTP too; null takes anybody. */
  readonly signatures: Signatures | null;
  readonly stopping: AbortSignal;
  readonly report: (error: unknown) => void;
}): GraphQLSockets {
  const { schema, documents, signatures, stage, report } = options;
  const format = (error: unknown) => formatThrown(error, report);
  return serveGraphQLSockets<Record<string, unknown>, SocketState>(
    {
      onConnect: (socket) => {
        const parameters = socket.connectionParams ?? {};
        try {
          signatures?.take(SOCKET_BODY, asText(parameters[SIGNATURE_HEADER]));
          contractVersionOf(asText(parameters[CONTRACT_HEADER]));
        } catch (error) {
          socket.extra.close(CloseCode.Forbidden, error instanceof ContractError ? error.code : 'INTERNAL');
          return false;
        }
        return true;
      },
      onSubscribe: (socket, id, payload) => {
        const { query, operationName, variables, extensions } = payload;
        const { document, errors } = documents.find(query, operationName ?? null, ALL_OPERATIONS);
        if (document === null) return [...errors];
        const gone = new AbortController();
        controllersOf(socket.extra).set(id, gone);
        try {
          const args: TracedArgs = {
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: variables ?? null,
            contextValue: options.context({
              signal: AbortSignal.any([gone.signal, options.stopping]),
              stage,
              contractVersion: contractVersionOf(
                asText(extensions?.[CONTRACT_HEADER] ?? socket.connectionParams?.[CONTRACT_HEADER]),
              ),
            }),
            trace: openTrace(stage, asText(extensions?.traceparent), decodeHops(extensions?.hops)),
            gone,
          };
          return args;
        } catch (error) {
          return [asGraphQLError(error)];
        }
      },
      subscribe: async (args) => {
        const { trace, gone } = args as TracedArgs;
        try {
          const result = await inTrace(trace, () => subscribe(args));
          return Symbol.asyncIterator in result ? endable(result, trace, gone) : result;
        } catch (error) {
          return { errors: [asGraphQLError(error)] };
        }
      },
      execute: (args) => inTrace((args as TracedArgs).trace, () => execute(args)),
      onError: (_socket, _id, _payload, errors) => errors.map(format),
      onNext: (_socket, _id, _payload, _args, result) => {
        if (result.errors === undefined) return undefined;
        const { data, errors } = result;
        return { ...(data === undefined ? {} : { data }), errors: errors.map(format) };
      },
      onComplete: (socket, id) => {
        controllersOf(socket.extra).get(id)?.abort(new ContractError('CANCELLED', 'the reader has gone'));
        controllersOf(socket.extra).delete(id);
      },
      onDisconnect: (socket) => {
        for (const gone of controllersOf(socket.extra).values()) {
          gone.abort(new ContractError('CANCELLED', 'the reader has gone'));
        }
      },
    },
    {
      bounds: SOCKET_BOUNDS,
      maximumMessageBytes: MAXIMUM_STAGE_MESSAGE_BYTES,
      json: STAGE_JSON,
      keepAliveMs: KEEP_ALIVE_MS,
      report,
    },
  );
}

/**
 * A generator that waits cannot be ended from outside: `return()` queues behind the `next()` that is pending. So the
 * signal its source listens to is aborted first. What it does between events belongs to the trace it was opened in.
 */
function endable<Event>(
  source: AsyncGenerator<Event, void, void>,
  trace: Trace,
  gone: AbortController,
): AsyncGenerator<Event, void, void> {
  const end = () => gone.abort(new ContractError('CANCELLED', 'the reader has gone'));
  return {
    next: () => inTrace(trace, () => source.next()),
    return: () => {
      end();
      return source.return();
    },
    throw: (error) => {
      end();
      return source.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

function controllersOf(extra: object): Map<string, AbortController> {
  const state = extra as { controllers?: Map<string, AbortController> };
  state.controllers ??= new Map();
  return state.controllers;
}

/** Ends one operation: thrown on, it would close the socket with all its streams. */
function asGraphQLError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
