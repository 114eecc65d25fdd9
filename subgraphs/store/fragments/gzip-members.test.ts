import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GzipMembers } from './gzip-members.ts';

it('packs contents that are unpacked each by itself, in any order, and all as one', async () => {
  const contents = fc.array(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 12 });
  const members = new GzipMembers();
  await fc.assert(
    fc.asyncProperty(contents, async (some) => {
      const bodies = some.map((content) => Buffer.from(content as string));
      const packed = await Promise.all(bodies.map((body) => members.pack(body)));
      for (const [at, one] of [...packed.entries()].reverse())
        expect(gunzipSync(one).equals(bodies[at] as Buffer)).toBe(true);
      expect(gunzipSync(Buffer.concat(packed)).equals(Buffer.concat(bodies))).toBe(true);
    }),
  );
});

it('packs megabytes, and short ones beside them', async () => {
  const members = new GzipMembers();
  const bodies = [Buffer.alloc(5_000_000, 'many times the same '), Buffer.from('short'), Buffer.alloc(0)];
  const packed = await Promise.all(bodies.map((body) => members.pack(body)));
  for (const [at, one] of packed.entries()) expect(gunzipSync(one).equals(bodies[at] as Buffer)).toBe(true);
  expect(packed[0]?.length).toBeLessThan(100_000);
});

it('packs about as tightly as a stream for each', async () => {
  const members = new GzipMembers();
  const line = (at: number) =>
    `The ledger of day ${at} was closed at ${at % 24}:00 by the keeper of harbour ${at % 7}.\n`;
  const body = Buffer.from(Array.from({ length: 18 }, (_, at) => line(at)).join(''));
  await members.pack(body);
  const [first, again] = [await members.pack(body), await members.pack(body)];
  expect(first.length).toBeLessThan(body.length / 3);
  expect(again.equals(first)).toBe(true);
});
