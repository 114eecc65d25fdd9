import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../gateway/fixtures/gateway.ts';
import { newActivity, startLibrary, startStream } from '../../gateway/fixtures/subgraphs.ts';

/** How many audits of each level there are, all of them met. One that is not met any more fails, and so does a new one. */
const FIGURES = { MUST: 13, SHOULD: 23, MAY: 25 };

let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  const activity = newActivity();
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

it("the gateway meets the audits of graphql-http, the specification's own", async () => {
  const met: Record<string, number> = {};
  const unmet: string[] = [];
  for (const audit of serverAudits({ url: gateway.url })) {
    const result = await audit.fn();
    const [level = ''] = audit.name.split(' ');
    if (result.status === 'ok') met[level] = (met[level] ?? 0) + 1;
    else unmet.push(`${audit.id} ${audit.name}: ${result.reason}`);
  }
  expect(unmet).toEqual([]);
  expect(met).toEqual(FIGURES);
});
