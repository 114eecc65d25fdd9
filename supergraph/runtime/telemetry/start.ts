import { type Context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Span,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Stage } from '../stage.ts';
import { redact } from './redact.ts';

/** Strips a span of every attribute that is not listed, just before it can leave the process. */
class RedactingProcessor implements SpanProcessor {
  readonly #next: SpanProcessor;

  constructor(next: SpanProcessor) {
    this.#next = next;
  }

  onStart(span: Span, parentContext: Context): void {
    this.#next.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    const attributes = redact(span.attributes);
    // A view on the span: its other properties are getters and methods of the original.
    this.#next.onEnd(
      new Proxy(span, { get: (target, key) => (key === 'attributes' ? attributes : Reflect.get(target, key, target)) }),
    );
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}

/**
 * Sends this process's spans to an OTLP/HTTP collector; without an endpoint nothing is started and spans cost nothing.
 * @returns a function that flushes what is buffered and stops.
 */
export function startTelemetry(stage: Stage, otlpEndpoint: string | null): () => Promise<void> {
  if (otlpEndpoint === null) return async () => {};
  const exporter = new OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `supercontext-${stage.name}`,
      'service.version': stage.version,
    }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new RedactingProcessor(new BatchSpanProcessor({ exporter, scheduledDelayMillis: 500 }))],
  });
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}
