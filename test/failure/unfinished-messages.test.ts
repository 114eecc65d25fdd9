import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const MiB = 1024 * 1024;
const SOCKETS = 40;
const FRAGMENT_BYTES = 3 * MiB;
const FRAGMENTS = 5;
/** What all unfinished messages may hold, and what the heap has beside them. */
const GROWTH_BYTES = (256 + 160) * MiB;
const REST_BYTES = 256 * MiB;

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform();
}, 120_000);
afterAll(() => platform?.stop());

function residentBytes(): number {
  const status = readFileSync(`/proc/${platform.pid('gateway')}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Begins a message that it never ends, with a ping after each fragment. */
async function beginMessage(codes: number[]): Promise<WebSocket> {
  const socket = new WebSocket(`${platform.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => {});
  socket.on('close', (code) => codes.push(code));
  await new Promise((resolve) => socket.once('open', resolve));
  const fragment = Buffer.alloc(FRAGMENT_BYTES, ' ');
  for (let at = 0; at < FRAGMENTS && socket.readyState === WebSocket.OPEN; at++) {
    socket.send(fragment, { fin: false, binary: false });
    socket.ping();
    await pause(10);
  }
  return socket;
}

describe.skipIf(process.platform !== 'linux')('messages that never end', () => {
  it('have a bound together, and leave no memory behind', { timeout: 120_000 }, async () => {
    const before = residentBytes();
    const codes: number[] = [];
    const sockets: WebSocket[] = [];
    for (let at = 0; at < SOCKETS; at++) sockets.push(await beginMessage(codes));
    // For want of room or, where the machine is slow, of time.
    await vi.waitFor(() => expect(codes.length).toBeGreaterThan(SOCKETS / 3), 40_000);
    const most = residentBytes() - before;
    expect((await post(platform.url, '{ __typename }')).status).toBe(200);
    for (const socket of sockets) socket.terminate();
    let rest = most;
    await vi.waitFor(
      () => {
        rest = Math.min(rest, residentBytes() - before);
        expect(rest).toBeLessThan(REST_BYTES);
      },
      { timeout: 30_000, interval: 500 },
    );
    console.info(
      `unfinished: grown by ${Math.round(most / MiB)} MiB, ${Math.round(rest / MiB)} MiB after all were closed`,
    );
    expect(most).toBeLessThan(GROWTH_BYTES);
  });
});
