import { setTimeout as sleep } from 'node:timers/promises';
import { Trace } from '@apollo/usage-reporting-protobuf';
import { buildSchema, execute, type GraphQLFormattedError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { boundWork, RequestWork } from '../serve/bound-work.ts';
import { FederatedTrace } from './federated-trace.ts';

const schema = buildSchema(
  'type Query { at(ms: Int!): Int all(ms: [Int!]!): [Int] fail: Int no: Int many: [Query!]! }',
);
boundWork(schema);
const wait = async (ms: number) => {
  await sleep(ms);
  return ms;
};
const root = {
  at: ({ ms }: { ms: number }) => wait(ms),
  all: ({ ms }: { ms: number[] }) => ms.map(wait),
  fail: () => {
    throw new Error('fail');
  },
  no: () => Promise.reject(new Error('no')),
  many: () => Array.from({ length: 6_000 }, () => root),
};

async function traced(query: string, errors?: readonly GraphQLFormattedError[]) {
  const trace = new FederatedTrace();
  const work = new RequestWork(new AbortController().signal, trace);
  const result = await execute({ schema, document: parse(query), rootValue: root, contextValue: { work } });
  const text = await trace.encode(errors ?? result.errors?.map((error) => error.toJSON()));
  return Trace.decode(Buffer.from(text, 'base64'));
}

const tookMs = ({ startTime, endTime }: Trace.INode) => (Number(endTime) - Number(startTime)) / 1e6;

describe('a field', () => {
  it('lasts until what it promised has come, each item of a list', async () => {
    const { root: tree } = await traced('{ at(ms: 30) all(ms: [5, 60, 5]) }');
    const [at, all = 0] = (tree?.child ?? []).map(tookMs);
    expect(at).toBeGreaterThan(25);
    expect(at).toBeLessThan(all);
    expect(all).toBeGreaterThan(55);
  });

  it('ends when it fails, and has its error, at once or later', async () => {
    const { root: tree } = await traced('{ fail no }');
    for (const field of tree?.child ?? []) {
      expect(tookMs(field)).toBeGreaterThanOrEqual(0);
      expect(field.error?.map(({ message }) => message)).toEqual([field.responseName]);
    }
    expect(tree?.child).toHaveLength(2);
  });
});

describe('a trace', () => {
  it('has an error that belongs to no field at its root, and one below what is known at the nearest field', async () => {
    const errors = [{ message: 'root' }, { message: 'below', path: ['at', 0, 'far'] }];
    const { root: tree } = await traced('{ at(ms: 0) }', errors);
    expect(tree?.error?.map(({ message }) => message)).toEqual(['root']);
    expect(tree?.child?.[0]?.error?.map(({ message }) => message)).toEqual(['below']);
  });

  it('says when it began and ended', async () => {
    const before = Date.now();
    const { startTime, endTime, durationNs } = await traced('{ at(ms: 20) }');
    expect(Number(startTime?.seconds)).toBeGreaterThanOrEqual(Math.floor(before / 1_000));
    expect(Number(endTime?.seconds)).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000));
    expect(durationNs).toBeGreaterThan(15e6);
  });

  it('of more fields than are recorded is not whole, and says so', async () => {
    expect((await traced('{ at(ms: 0) }')).isIncomplete).toBe(false);
    const { isIncomplete, root: tree } = await traced('{ many { fail no } }');
    expect(isIncomplete).toBe(true);
    expect(tree?.child?.[0]?.child?.length).toBeLessThan(6_000);
  });

  it('takes so much of subgraphs in, and says when that was not all', async () => {
    const trace = new FederatedTrace();
    const large = 'A'.repeat(300 * 1024);
    expect([undefined, large, large, 'A'].map((text) => trace.hasRoomFor(text))).toEqual([true, true, false, false]);
    expect(Trace.decode(Buffer.from(await trace.encode(), 'base64')).isIncomplete).toBe(true);
  });

  it('of more errors than are recorded is not whole either', async () => {
    const errors = Array.from({ length: 101 }, () => ({ message: 'again' }));
    expect((await traced('{ at(ms: 0) }', errors.slice(1))).isIncomplete).toBe(false);
    const { isIncomplete, root: tree } = await traced('{ at(ms: 0) }', errors);
    expect([isIncomplete, tree?.error?.length]).toEqual([true, 100]);
  });
});
