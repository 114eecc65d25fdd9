import { TRACEPARENT_HEADER } from '@supercontext/runtime/trace/trace-context.ts';
import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql';
import { coerceVariables } from '../coerce-variables.ts';
import type { GatewayConfig } from '../config.ts';
import type { Federation } from '../federation.ts';
import { closeRequestContext, type RequestContext, recordStep } from '../request-context.ts';
import type { SchemaState } from '../schema-state.ts';
import { finishEvent } from './finish-event.ts';
import { planSubscription, type SubscriptionPlan } from './plan.ts';
import type { Reader } from './relay.ts';
import { readStream } from './resume.ts';

export interface SubscriptionRequest {
  readonly state: SchemaState;
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** Plans a valid subscription and checks its variables. @throws GraphQLError, or ContractError REQUEST_TOO_COMPLEX, with what is wrong. */
export function admitSubscription(request: SubscriptionRequest): SubscriptionPlan {
  const { state, text, document, operation, variables, context } = request;
  const startMs = performance.now();
  const { errors, coerced } = coerceVariables(state.apiSchema, operation, variables);
  if (errors?.[0] !== undefined) throw new GraphQLError(errors[0].message, { extensions: { code: 'BAD_USER_INPUT' } });
  state.checkCost(document, operation, coerced ?? {});
  const plan = planSubscription(state, text, document, operation.name?.value);
  recordStep(context, 'plan-operation', startMs);
  return plan;
}

export interface OpenSubscription {
  readonly plan: SubscriptionPlan;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly config: GatewayConfig;
  readonly federation: Federation;
  /** Where to begin instead of the first event. */
  readonly after: string | undefined;
  /** Whether the subscription has an idempotency key for its effect, or asks for none. */
  readonly isKeyed: boolean;
  readonly onDelivered: (cursor: string) => void;
  readonly onLeft: () => void;
  readonly report: (error: unknown) => void;
  readonly onResume: (serviceName: string, reason: string) => void;
}

/**
 * Opens an admitted subscription at its subgraph. The stream keeps the plan and the subgraph connections it began with,
 * whatever becomes of the supergraph meanwhile. Never throws; what goes wrong ends the stream with an error.
 */
export function openSubscription({
  plan,
  variables,
  context,
  config,
  federation,
  after,
  isKeyed,
  onDelivered,
  onLeft,
  report,
  onResume,
}: OpenSubscription): Reader {
  const { serviceName } = plan.upstream;
  const { trace, forwarded } = context;
  return readStream({
    plan,
    variables: plan.renamed?.variables(variables) ?? variables,
    streams: federation.streams(serviceName),
    ownStreams: () => federation.ownStreams(serviceName),
    extensions: { ...forwarded, [TRACEPARENT_HEADER]: trace.traceparent, hops: [...trace.hops] },
    policy: config.stream,
    after,
    isRepeatable: isKeyed || plan.resume?.repeatable === true,
    onDelivered,
    onLeft,
    finish: finishEvent({
      plan,
      variables,
      context,
      services: federation.serviceMap,
      timeoutMs: config.requestTimeoutMs,
      report,
    }),
    onResume: (reason) => onResume(serviceName, reason),
    onEnd: () => closeRequestContext(context, plan.operationName),
  });
}
