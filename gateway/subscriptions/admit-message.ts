import { randomUUID } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import type { SocketExtra } from '@supercontext/runtime/serve/graphql-sockets.ts';
import { type ExecutionArgs, GraphQLError, OperationTypeNode } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import type { Federation } from '../federation.ts';
import { fillKeys, keyOperation } from '../idempotency/fill-keys.ts';
import { identityOf } from '../idempotency/operation-identity.ts';
import { admitOperation, type KnownOperation } from '../operation.ts';
import { documentIdOf } from '../operation-request.ts';
import type { PersistedDocuments } from '../persisted-documents.ts';
import { openRequestContext, type RequestContext } from '../request-context.ts';
import { RequestRefused } from '../request-refused.ts';
import type { DeliveryLedger } from './delivery-ledger.ts';
import type { SubscriptionPlan } from './plan.ts';
import { SocketReceipts } from './socket-receipts.ts';
import { admitSubscription } from './subscribe.ts';

/** What is kept of one socket. */
export interface SocketState {
  receipts: SocketReceipts;
}

export interface AdmitOptions {
  readonly config: GatewayConfig;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  readonly ledger: DeliveryLedger;
}

/** What became of a subscribe message, for `subscribe` or `execute` to act on. */
export interface Admitted extends ExecutionArgs {
  readonly known: KnownOperation;
  readonly requestContext: RequestContext;
  /** Null for queries and mutations. */
  readonly subscription: AdmittedSubscription | null;
}

export interface AdmittedSubscription {
  readonly plan: SubscriptionPlan;
  readonly isKeyed: boolean;
  readonly after: string | undefined;
  readonly onDelivered: (cursor: string) => void;
  readonly onLeft: () => void;
}

type Socket = Context<Record<string, unknown>, SocketExtra & Partial<SocketState>>;

/** The operation of a subscribe message, or why it is refused. Never throws: that would close the socket and all its streams. */
export function admitMessage(
  options: AdmitOptions,
  socket: Socket,
  id: string,
  payload: SubscribePayload,
): Admitted | GraphQLError[] {
  try {
    const { maxSubscriptions } = options.config;
    if (Object.keys(socket.subscriptions).length > maxSubscriptions) {
      const message = `More than ${maxSubscriptions} operations are open on this socket`;
      throw gatewayError('SERVER_BUSY', message, { maximum: maxSubscriptions });
    }
    return admit(options, socket, id, payload);
  } catch (error) {
    if (error instanceof RequestRefused) return [...error.errors];
    if (error instanceof ContractError) return [gatewayError(error.code, error.message, error.details)];
    if (error instanceof GraphQLError) return [error];
    const originalError = error instanceof Error ? error : new Error(String(error));
    return [new GraphQLError(originalError.message, { originalError })];
  }
}

function admit(
  { config, federation, documents, ledger }: AdmitOptions,
  socket: Socket,
  id: string,
  payload: SubscribePayload,
): Admitted {
  const { query, operationName, variables: given, extensions } = payload;
  const documentId = documentIdOf({ ...payload });
  const request = { query, documentId, operationName: operationName ?? undefined, extensions: extensions ?? {} };
  const asked = admitOperation(federation.state, documents, request);
  const isSubscription = asked.operation.operation === OperationTypeNode.SUBSCRIPTION;
  const variables = given ?? {};
  const takesKey = asked.operation.operation === OperationTypeNode.QUERY ? undefined : keyOperation(asked);
  const identity =
    isSubscription || takesKey !== undefined
      ? identityOf({ id, text: asked.text, operationName: request.operationName, variables })
      : undefined;
  // A key that is random still lets the gateway itself open a stream again when its subgraph breaks before any event.
  const keyed = isSubscription || identity !== undefined ? takesKey : undefined;
  const filled = keyed && fillKeys(keyed, variables, identity ?? randomUUID());
  const known = keyed ?? asked;
  const variableValues = filled?.variables ?? variables;
  const { request: upgrade } = socket.extra;
  const context = openRequestContext(config.requestTimeoutMs, extensions, socket.connectionParams, upgrade.headers);
  const plan = isSubscription ? admitSubscription({ ...known, variables: variableValues, context }) : null;
  return {
    schema: known.state.apiSchema,
    document: known.document,
    known,
    operationName: operationName ?? null,
    variableValues,
    requestContext: context,
    subscription: plan && {
      plan,
      isKeyed: filled?.isComplete === true,
      ...watchDelivery(socket.extra, ledger, plan.resume === undefined ? undefined : identity),
    },
  };
}

/** Notes what the client has of a stream that it may send again, and begins after what it has when it does. */
function watchDelivery(
  extra: SocketExtra & Partial<SocketState>,
  ledger: DeliveryLedger,
  identity: string | undefined,
): Pick<AdmittedSubscription, 'after' | 'onDelivered' | 'onLeft'> {
  if (identity === undefined) return { after: undefined, onDelivered: () => undefined, onLeft: () => undefined };
  extra.receipts ??= new SocketReceipts(extra.socket, ledger);
  const { receipts, socket } = extra;
  return {
    after: ledger.open(identity),
    onDelivered: (cursor) => receipts.sent(identity, cursor),
    onLeft: () => {
      if (socket.readyState === socket.OPEN) ledger.forget(identity);
    },
  };
}
