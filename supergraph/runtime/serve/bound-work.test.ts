import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEADLINE_HEADER } from '../call/deadlines.ts';
import { createLog } from '../process/log.ts';
import type { StageContext } from '../stage.ts';
import { type RunningSubgraph, startSubgraph } from './start-subgraph.ts';

const stage = { name: 'worker', version: '1.0.0' };
const typeDefs = /* GraphQL */ `
  type Query { rows(count: Int!): [Row!]! signalled: Boolean! }
  type Row { slow: Int! next: Row! megabyte: String! promised: String! plain: String! }
`;
const MEGABYTE = 'x'.repeat(1024 * 1024);

let steps = 0;
let abortedWith: unknown;
const row = { plain: MEGABYTE };

let subgraph: RunningSubgraph;

beforeAll(async () => {
  subgraph = await startSubgraph({
    stage,
    typeDefs,
    resolvers: {
      Query: {
        rows: (_: unknown, { count }: { count: number }) => Array.from({ length: count }, () => row),
        signalled: async (_: unknown, __: unknown, { signal }: StageContext) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          abortedWith = signal.reason;
          return true;
        },
      },
      Row: {
        slow: async () => {
          steps++;
          await sleep(40);
          return steps;
        },
        next: async () => {
          steps++;
          await sleep(40);
          return row;
        },
        megabyte: () => MEGABYTE,
        promised: async () => MEGABYTE,
      },
    },
    host: '127.0.0.1',
    port: 0,
    signingKey: null,
    context: (base) => base,
    log: createLog(stage, 'silent'),
  });
});
afterAll(() => subgraph.stop());
beforeEach(() => {
  steps = 0;
  abortedWith = undefined;
});

async function ask(query: string, headers: Record<string, string> = {}) {
  const response = await fetch(subgraph.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'context-contract': '1', ...headers },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
}

describe('a stage', () => {
  it('stops resolving when the deadline of its caller has passed', async () => {
    const deep = `{ rows(count: 1) { ${'next { '.repeat(40)} plain ${'}'.repeat(40)} } }`;
    const { errors } = await ask(deep, { [DEADLINE_HEADER]: '100' });
    expect(errors?.[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
    const stepsThen = steps;
    expect(stepsThen).toBeLessThan(8);
    await sleep(150);
    expect(steps).toBe(stepsThen);
  });

  it('tells work under way that the deadline has passed', async () => {
    await ask('{ signalled }', { [DEADLINE_HEADER]: '50' });
    expect(abortedWith).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('is not stopped by a deadline that it keeps, or by one that is none', async () => {
    expect((await ask('{ rows(count: 1) { slow } }', { [DEADLINE_HEADER]: '5000' })).errors).toBeUndefined();
    expect((await ask('{ rows(count: 1) { slow } }', { [DEADLINE_HEADER]: 'soon' })).errors).toBeUndefined();
  });

  it.each(['megabyte', 'promised', 'plain'])(
    'cuts off an answer that grows over its bound, by a field that is %s',
    async (field) => {
      const { data, errors } = await ask(`{ rows(count: 200) { ${field} } }`);
      expect(errors?.[0]?.extensions.code).toBe('REQUEST_TOO_COMPLEX');
      expect(data ?? null).toBeNull();
      expect((await ask(`{ rows(count: 60) { ${field} } }`)).errors).toBeUndefined();
    },
  );
});
