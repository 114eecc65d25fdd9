import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlockedLoops } from '../support/blocked-loops.ts';
import { APPEND, append, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const MiB = 1024 * 1024;
/** Of texts in one answer: the gateway takes 8 MiB of its stages for one operation. */
const TEXT_BYTES = 7 * MiB;
const LONGEST_BLOCK_MS = 100;
/** In which a probe that was late has written what it saw. */
const PROBE_MS = 200;

const loops = new BlockedLoops();
let platform: RunningPlatform;
let sessionId: string;

/** Lines of words and numbers, of which no two are alike. */
function text(sizeBytes: number, seed: number): string {
  const lines: string[] = [];
  let length = 0;
  for (let number = seed; length < sizeBytes; number = (number * 48_271) % 2_147_483_647) {
    const line = `On "day ${number}" the ledger moved ${number % 977} entries to port ${number % 65_536}.\n`;
    lines.push(line);
    length += line.length;
  }
  return lines.join('').slice(0, sizeBytes);
}

beforeAll(async () => {
  // So many fragments at once are more than an operation may ask for; here it is the bytes that count.
  platform = await runningPlatform({ ...loops.environment, SUPERCONTEXT_MAX_COST: '100000' });
  sessionId = await openSession(platform.url);
  const items = [{ text: { text: text(TEXT_BYTES, 7) } }];
  const { data } = await append(platform.url, { sessionId, idempotencyKey: 'large', items });
  expect(data?.appendContext.userErrors).toEqual([]);
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  loops.remove();
});

const gatewayBlocks = (sinceMs: number) =>
  loops.longerThan(LONGEST_BLOCK_MS, sinceMs).filter(({ pid }) => pid === platform.pid('gateway'));

describe('a large answer', () => {
  // A page of 512 fragments is a mebibyte.
  const page = 'fragments(first: 512) { edges { node { text } } }';
  const pages = Array.from({ length: TEXT_BYTES / MiB }, (_, number) => `page${number}: ${page}`).join(' ');

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity'])(
    'goes as %s and holds nobody up',
    async (coding) => {
      const sinceMs = Date.now();
      const response = await fetch(`${platform.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-encoding': coding },
        body: JSON.stringify({ query: `{ session(id: "${sessionId}") { ${pages} } }` }),
      });
      const body = await response.text();
      expect(response.headers.get('content-encoding')).toBe(coding === 'identity' ? null : coding);
      expect(body.length).toBeGreaterThan(0.95 * TEXT_BYTES);
      await sleep(PROBE_MS);
      expect(gatewayBlocks(sinceMs)).toEqual([]);
    },
    60_000,
  );
});

describe('a large append', () => {
  it('comes compressed and holds nobody up', async () => {
    const sinceMs = Date.now();
    const items = [{ text: { text: text(TEXT_BYTES, 11) } }];
    const input = { sessionId, idempotencyKey: 'compressed', items };
    const body = new Uint8Array(gzipSync(JSON.stringify({ query: APPEND, variables: { input } })));
    expect(body.length).toBeLessThan(TEXT_BYTES / 2);
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body,
    });
    expect(await response.json()).toMatchObject({ data: { appendContext: { userErrors: [] } } });
    await sleep(PROBE_MS);
    expect(gatewayBlocks(sinceMs)).toEqual([]);
  }, 60_000);
});
