import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hop, inTrace, openTrace } from '../trace/hops.ts';
import { startTelemetry } from './start.ts';

const stage = { name: 'store', version: '9.9.9' };
const received: string[] = [];
const paths: string[] = [];
const collector = createServer((request, response) => {
  paths.push(request.url ?? '');
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => received.push(chunk));
  request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
});
let stop: () => Promise<void>;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  stop = startTelemetry(stage, `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
});
afterAll(() => collector.close());

it('sends hops as spans of the caller’s trace, with listed attributes only', async () => {
  const scope = openTrace(stage, '00-11112222333344445555666677778888-aaaabbbbccccdddd-01');
  const handedOn = await inTrace(scope, () =>
    hop('put-fragments', (note) => {
      note({ tokens: 7, shard: 's1' });
      trace
        .getTracer('supercontext')
        .startSpan('leak', { attributes: { prompt: 'a secret prompt' } }, scope.context)
        .end();
      return hop('inner', () => scope.hops.length);
    }),
  );
  expect(handedOn).toBe(0);
  await stop();
  expect(paths[0]).toBe('/v1/traces');
  const text = received.join('');
  expect(text).not.toContain('secret');
  const spans = (JSON.parse(text) as OtlpTraces).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );
  const outer = spans.find(({ name }) => name === 'put-fragments');
  const inner = spans.find(({ name }) => name === 'inner');
  expect(outer).toMatchObject({ traceId: '11112222333344445555666677778888', parentSpanId: 'aaaabbbbccccdddd' });
  expect(inner).toMatchObject({ traceId: outer?.traceId, parentSpanId: outer?.spanId });
  expect(outer?.attributes.map(({ key }) => key).sort()).toEqual([
    'supercontext.shard',
    'supercontext.stage',
    'supercontext.tokens',
  ]);
  expect(text).toContain('supercontext-store');
});

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId: string;
        readonly attributes: readonly { readonly key: string }[];
      }[];
    }[];
  }[];
}
