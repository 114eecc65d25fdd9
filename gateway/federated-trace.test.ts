import { Trace } from '@apollo/usage-reporting-protobuf';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GraphQLAnswer, post, startTestGateway, type TestGateway } from './fixtures/gateway.ts';
import { newActivity, startLibrary, startStream } from './fixtures/subgraphs.ts';

const QUERY = '{ run(id: "7") { state: status books { title broken } } }';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

function traceOf({ extensions }: GraphQLAnswer): Trace {
  const { ftv1 } = extensions as { readonly ftv1: string };
  return Trace.decode(Buffer.from(ftv1, 'base64'));
}

/** The lines of a tree: each field with its type and how many errors it has. */
function fields(node: Trace.INode | null | undefined, indent = ''): string[] {
  return (node?.child ?? []).flatMap((child) => {
    const { responseName, index, originalFieldName, parentType, type, error } = child;
    const name = responseName || index;
    const line = type ? `${name} ${originalFieldName || name}: ${parentType} ${type} ${error?.length}` : String(name);
    return [indent + line, ...fields(child, `${indent}  `)];
  });
}

describe('who asks for a federated trace', () => {
  it('gets the plan, with the trace of each subgraph in it', async () => {
    const { answer } = await post(gateway.url, { query: QUERY }, { 'apollo-federation-include-trace': 'ftv1' });
    const { root, queryPlan, durationNs } = traceOf(answer);
    expect(root?.child).toEqual([]);
    const [first, second] = queryPlan?.sequence?.nodes ?? [];
    const entities = second?.flatten?.node?.fetch;
    expect([first?.fetch?.serviceName, entities?.serviceName]).toEqual(['stream', 'library']);
    expect(fields(first?.fetch?.trace?.root)).toEqual(
      [
        'run run: Query Run 0',
        '  state status: Run String! 0',
        '  books books: Run [Book!]! 0',
        ...['0', '1', '2'].flatMap((index) => [
          `    ${index}`,
          '      __typename __typename: Book String! 0',
          '      id id: Book ID! 0',
        ]),
      ].filter((line) => !line.includes('__typename')),
    );
    expect(fields(entities?.trace?.root)).toEqual([
      '_entities _entities: Query [_Entity]! 0',
      ...['0', '1'].flatMap((index) => [
        `  ${index}`,
        '    title title: Book String! 0',
        '    broken broken: Book String 1',
      ]),
    ]);
    const [entity] = entities?.trace?.root?.child?.[0]?.child?.[0]?.child ?? [];
    expect(Number(entity?.startTime)).toBeGreaterThan(0);
    expect(Number(entity?.endTime)).toBeGreaterThanOrEqual(Number(entity?.startTime));
    expect(Number(entity?.endTime)).toBeLessThan(Number(entities?.trace?.durationNs));
    expect(Number(entities?.trace?.durationNs)).toBeLessThan(Number(durationNs));
    expect(entities?.sentTimeOffset).toBeGreaterThan(0);
  });

  it('gets it beside the errors, whose codes are in it', async () => {
    const { answer } = await post(gateway.url, { query: QUERY }, { 'apollo-federation-include-trace': 'ftv1' });
    const broken = answer.errors?.[0];
    const entities = traceOf(answer).queryPlan?.sequence?.nodes?.[1]?.flatten?.node?.fetch?.trace?.root?.child?.[0];
    const [error] = entities?.child?.[0]?.child?.[1]?.error ?? [];
    expect(error?.message).toBe(broken?.message);
    expect(JSON.parse(error?.json ?? '')).toMatchObject({ extensions: { code: 'FRAGMENT_CORRUPT' } });
  });
});

describe('who does not ask', () => {
  it.each([{}, { 'apollo-federation-include-trace': 'ftv2' }])('gets none: %j', async (headers) => {
    const { answer } = await post(gateway.url, { query: QUERY }, headers);
    expect(Object.keys(answer.extensions ?? {})).toEqual(['hops']);
  });

  it('shares no answer with who does', async () => {
    const traced = { 'apollo-federation-include-trace': 'ftv1' };
    const answers = await Promise.all(
      [{}, traced, {}, traced].map((headers) => post(gateway.url, { query: QUERY }, headers)),
    );
    expect(answers.map(({ answer }) => 'ftv1' in (answer.extensions ?? {}))).toEqual([false, true, false, true]);
  });
});
