import { randomUUID } from 'node:crypto';
import { type Context, defaultTextMapSetter, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { parseTraceParent, TRACE_PARENT_HEADER, W3CTraceContextPropagator } from '@opentelemetry/core';

/** W3C Trace Context's header. */
export const TRACEPARENT_HEADER = TRACE_PARENT_HEADER;

const propagator = new W3CTraceContextPropagator();

/** The context a traceparent names; a new trace when there is none or it is not one, as W3C has it. */
export function readTraceparent(text: string | undefined): Context {
  const parent = parseTraceParent(text ?? '') ?? newTrace();
  return trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true });
}

/** What a call to the next service carries of a context with a span. */
export function traceparentOf(context: Context): string {
  const carrier: { [TRACEPARENT_HEADER]?: string } = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier[TRACEPARENT_HEADER] ?? '';
}

/** Made of a UUID, whose random bytes Node draws in bulk: a draw for each request is felt. */
function newTrace() {
  const random = randomUUID({ disableEntropyCache: false }).replaceAll('-', '');
  return { traceId: random, spanId: random.slice(16), traceFlags: TraceFlags.SAMPLED };
}
