import { expect, it } from 'vitest';
import { keptParameters } from './kept-parameters.ts';

const MiB = 1024 * 1024;

it('are what is looked for later, and nothing else', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const given = { authorization: 'a\nb \ud800', 'context-contract': 1, traceparent, more: 'x', __proto__: { a: 1 } };
  expect(keptParameters(given)).toEqual({ authorization: 'a\nb \ud800', 'context-contract': 1, traceparent });
  expect(keptParameters({ authorization: { a: 1 }, traceparent: null })).toEqual({});
});

it('hold no more memory than their bound, and are still seen to be over it', () => {
  const kept: unknown[] = [];
  const before = process.memoryUsage().heapUsed;
  for (let socket = 0; socket < 100; socket++) {
    kept.push(keptParameters(JSON.parse(`{"authorization":"${'x'.repeat(2 * MiB)}"}`)));
  }
  expect((kept.at(-1) as { authorization: string }).authorization).toHaveLength(8 * 1024 + 1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * MiB);
});
