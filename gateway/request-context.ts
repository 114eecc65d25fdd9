import { type Span, trace as telemetry } from '@opentelemetry/api';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import type { AnswerBudget } from '@supercontext/runtime/call/exchange.ts';
import { contractVersionOf } from '@supercontext/runtime/serve/contract-version.ts';
import { ATTRIBUTES } from '@supercontext/runtime/telemetry/attributes.ts';
import {
  FEDERATED_TRACE_HEADER,
  FEDERATED_TRACE_VERSION,
  FederatedTrace,
} from '@supercontext/runtime/trace/federated-trace.ts';
import { addHops, openTrace, type Trace } from '@supercontext/runtime/trace/hops.ts';
import { TRACEPARENT_HEADER, traceparentOf } from '@supercontext/runtime/trace/trace-context.ts';
import { forwardable } from './forwarded.ts';
import { GATEWAY } from './stage.ts';

/** What the gateway knows of one operation, from its arrival to its last subgraph call. */
export interface RequestContext {
  readonly trace: Trace;
  /** Headers that go to every subgraph as they are. */
  readonly forwarded: Readonly<Record<string, string>>;
  /** On the clock of `performance.now()`; no subgraph call outlives it. */
  readonly deadlineAtMs: number;
  /** Of all answers of subgraphs together. */
  readonly answerBudget: AnswerBudget;
  /** Where the caller asked for one; each subgraph is asked, too. */
  readonly federatedTrace?: FederatedTrace;
  /** Covers the whole operation; ended by `closeRequestContext`. */
  readonly span: Span;
}

/**
 * Of all that the subgraphs answer to one operation. What is made of it, and of it alone, blocks this process: reading and
 * writing 8 MiB of JSON takes some 60 ms.
 */
export const MAXIMUM_ANSWER_BYTES = 8 * 1024 * 1024;

export function newAnswerBudget(): AnswerBudget {
  return { bytesLeft: MAXIMUM_ANSWER_BYTES };
}

const AUTHORIZATION = 'authorization';

/** Names of what is looked for in the sources of a context. */
export const CALLER_VALUES = [CONTRACT_HEADER, AUTHORIZATION, TRACEPARENT_HEADER] as const;

type Source = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Makes the context of one operation. `sources` are looked through in order for `traceparent`, `authorization` and the
 * contract version: headers for HTTP; extensions of the operation, connection parameters and headers of the upgrade for WebSocket.
 * A caller that names no contract version speaks the current one.
 * @throws ContractError CONTRACT_VERSION_UNKNOWN; INPUT_INVALID when what is to be sent on cannot be
 */
export function openRequestContext(timeoutMs: number, ...sources: readonly Source[]): RequestContext {
  const version = find(CONTRACT_HEADER, sources) ?? String(CONTRACT_VERSION);
  contractVersionOf(version);
  const forwarded: Record<string, string> = { [CONTRACT_HEADER]: version };
  const authorization = find(AUTHORIZATION, sources);
  if (authorization !== undefined) forwarded[AUTHORIZATION] = forwardable(AUTHORIZATION, authorization);
  const arrived = openTrace(GATEWAY, find(TRACEPARENT_HEADER, sources));
  const span = telemetry.getTracer('supercontext').startSpan('serve-operation', {}, arrived.context);
  const context = telemetry.setSpan(arrived.context, span);
  const trace: Trace = { ...arrived, context, traceparent: traceparentOf(context) };
  return {
    trace,
    forwarded,
    span,
    deadlineAtMs: performance.now() + timeoutMs,
    answerBudget: newAnswerBudget(),
  };
}

/** The same, with a federated trace to be made. */
export function withFederatedTrace(context: RequestContext): RequestContext {
  const forwarded = { ...context.forwarded, [FEDERATED_TRACE_HEADER]: FEDERATED_TRACE_VERSION };
  return { ...context, forwarded, federatedTrace: new FederatedTrace() };
}

export function closeRequestContext({ span }: RequestContext, operationName?: string): void {
  if (operationName !== undefined) span.setAttribute(ATTRIBUTES.operation, operationName);
  span.end();
}

/** Records a step of the gateway that began at `startMs` on the clock of `performance.now()` and is over now. */
export function recordStep({ trace }: RequestContext, name: string, startMs: number): void {
  const durationMs = performance.now() - startMs;
  const startedAtMs = Date.now() - durationMs;
  telemetry
    .getTracer('supercontext')
    .startSpan(name, { startTime: startedAtMs, attributes: { [ATTRIBUTES.stage]: GATEWAY.name } }, trace.context)
    .end(startedAtMs + durationMs);
  addHops(trace, [{ stage: GATEWAY.name, version: GATEWAY.version, name, startedAtMs, durationMs }]);
}

/** The first of `sources` that has a text under this name. */
function find(name: (typeof CALLER_VALUES)[number], sources: readonly Source[]): string | undefined {
  for (const source of sources) {
    const value = source?.[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}
