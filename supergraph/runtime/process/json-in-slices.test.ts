import { expect, it } from 'vitest';
import { cpuMs, held } from '../../../test/support/cpu-time.ts';
import { jsonInSlices } from './json-in-slices.ts';

it.each([
  ['scalars', ['a"\n', 1, -0.5, true, null, '']],
  ['nothing in them', { empty: {}, none: [], nested: [[{}]] }],
  ['fields that are not there', { a: undefined, b: 1, c: undefined }],
  ['text of the length of a chunk', 'x'.repeat(256 * 1024)],
  ['text of many chunks, to be escaped', { text: '\n"\\\u2028'.repeat(300_000) }],
  ['surrogates wherever a chunk ends', { text: `x${'👩'.repeat(300_000)}`, other: '👩'.repeat(300_000) }],
  ['lone surrogates', { text: `${'\ud800'.repeat(300_000)}${'\udc00'.repeat(300_000)}` }],
  ['names to be escaped', { 'a"\n': [{ '\u0000': 'b' }] }],
])('writes %s as JSON.stringify does', async (_what, value) => {
  expect((await jsonInSlices(value)) === JSON.stringify(value)).toBe(true);
});

it('rests while it writes', async () => {
  const text = '\n'.repeat(8 * 1024 * 1024);
  const { longestMs } = await held(() => jsonInSlices({ text }));
  const atOnceMs = cpuMs(() => JSON.stringify({ text }));
  expect(longestMs).toBeLessThan(Math.max(20, atOnceMs));
});
