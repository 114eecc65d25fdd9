import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, SpanStatusCode, trace as telemetry } from '@opentelemetry/api';
import { ContractError, type Hop } from '@supercontext/contract';
import type { Stage } from '../stage.ts';
import { ATTRIBUTES } from '../telemetry/attributes.ts';
import { readTraceparent, traceparentOf } from './trace-context.ts';

/** Request header (and `extensions.hops` of a subscribe message) with which a caller hands on hops measured before the call. */
export const HOPS_HEADER = 'context-hops';

/** More than a turn has; what comes after is dropped, so that a header or an answer cannot grow without bound. */
const MAXIMUM_HOPS = 64;
/** Of the header with them; a stage takes 16 KiB of headers, and what a caller sends along has to fit in as well. */
const MAXIMUM_HEADER_CHARACTERS = 6 * 1024;

/** What one request (or one generation) gathers on its way: its place in the distributed trace and its hops so far. */
export interface Trace {
  readonly stage: Stage;
  /** What a call to the next stage carries; names the innermost open span. */
  readonly traceparent: string;
  readonly hops: Hop[];
  readonly context: Context;
}

/** What a hop may say about itself: numbers and names of shards, never text of a prompt or fragment. */
export interface HopAttributes {
  readonly tokens?: number;
  readonly sizeBytes?: number;
  readonly shard?: string;
  readonly cacheHit?: boolean;
}

const storage = new AsyncLocalStorage<Trace>();

/** A trace for a request that arrived with these headers; starts a new one when there is none. */
export function openTrace(stage: Stage, traceparent?: string, hops: readonly Hop[] = []): Trace {
  const context = readTraceparent(traceparent);
  return { stage, traceparent: traceparentOf(context), hops: [...hops], context };
}

export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** Runs `work` so that its hops and calls belong to `trace`; carries a trace into background work. */
export function inTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work);
}

/** Adds hops measured elsewhere: by a callee, a worker thread, or before the trace was open. */
export function addHops(trace: Trace, hops: readonly Hop[]): void {
  trace.hops.push(...hops.slice(0, Math.max(0, MAXIMUM_HOPS - trace.hops.length)));
}

/**
 * Measures one step of this stage: a row of `trace.hops` and a span of the same name, also when `work` throws.
 * Outside a trace it only runs `work`.
 */
export async function hop<T>(
  name: string,
  work: (note: (attributes: HopAttributes) => void) => T | Promise<T>,
): Promise<T> {
  const trace = storage.getStore();
  if (trace === undefined) return work(() => {});
  const startedAtMs = Date.now();
  const start = performance.now();
  const span = telemetry
    .getTracer('supercontext')
    .startSpan(name, { attributes: { [ATTRIBUTES.stage]: trace.stage.name } }, trace.context);
  const context = telemetry.setSpan(trace.context, span);
  // Without an exporter the span is its parent again, so the caller's traceparent is handed on unchanged.
  const inner: Trace = { ...trace, context, traceparent: traceparentOf(context) };
  let attributes: HopAttributes = {};
  try {
    return await storage.run(inner, () =>
      work((more) => {
        attributes = { ...attributes, ...more };
      }),
    );
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(ATTRIBUTES.errorCode, error instanceof ContractError ? error.code : 'INTERNAL');
    throw error;
  } finally {
    for (const key of Object.keys(attributes) as (keyof HopAttributes)[]) {
      const value = attributes[key];
      if (value !== undefined) span.setAttribute(ATTRIBUTES[key], value);
    }
    span.end();
    const durationMs = performance.now() - start;
    addHops(trace, [
      { stage: trace.stage.name, version: trace.stage.version, name, startedAtMs, durationMs, ...attributes },
    ]);
  }
}

/** A header's value: JSON in ASCII. Those that no longer fit in are left out. */
export function encodeHops(hops: readonly Hop[]): string {
  const encoded: string[] = [];
  let characters = '[]'.length;
  for (const hop of hops.slice(0, MAXIMUM_HOPS)) {
    const text = JSON.stringify(hop).replace(NO_HEADER_CHARACTER, escapeUnit);
    characters += text.length + ','.length;
    if (characters > MAXIMUM_HEADER_CHARACTERS) break;
    encoded.push(text);
  }
  return `[${encoded.join(',')}]`;
}

const NO_HEADER_CHARACTER = /[^\x20-\x7e]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Hops from a header or an answer. They describe, they do not decide: what is not a hop is left out, never an error. */
export function decodeHops(value: unknown): readonly Hop[] {
  const list = typeof value === 'string' ? parseJson(value) : value;
  return Array.isArray(list) ? list.slice(0, MAXIMUM_HOPS).filter(isHop) : [];
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function isHop(value: unknown): value is Hop {
  if (typeof value !== 'object' || value === null) return false;
  const hop = value as Partial<Record<keyof Hop, unknown>>;
  const isOptional = (field: unknown, type: string) => field === undefined || typeof field === type;
  return (
    typeof hop.stage === 'string' &&
    typeof hop.version === 'string' &&
    typeof hop.name === 'string' &&
    Number.isFinite(hop.startedAtMs) &&
    Number.isFinite(hop.durationMs) &&
    isOptional(hop.shard, 'string') &&
    isOptional(hop.tokens, 'number') &&
    isOptional(hop.sizeBytes, 'number') &&
    isOptional(hop.cacheHit, 'boolean')
  );
}
