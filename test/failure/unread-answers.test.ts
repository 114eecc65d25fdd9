import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/graph.ts';
import { frame } from '../support/hostile-frames.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const KEY = 'u'.repeat(64);
const SOCKETS = 4;
const MiB = 1024 * 1024;
/** What each socket tries to send; without a bound, as much comes back and stays: 1 GiB at the gateway. */
const ATTEMPT_BYTES = 64 * MiB;
/** What all of them may cost a process while they come, V8's own idea of when to collect among it. */
const GROWTH_BYTES = 512 * MiB;
/** What may be left of that a minute after the last of them was cut. */
const REST_BYTES = 256 * MiB;
const REST_MS = 60_000;
const TEXT = 1;
const PING = 9;
const UPGRADE =
  'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform({ SUPERCONTEXT_SIGNING_KEY: KEY });
}, 120_000);
afterAll(() => platform?.stop());

type Stage = Parameters<RunningPlatform['pid']>[0];

function residentBytes(stage: Stage): number {
  const status = readFileSync(`/proc/${platform.pid(stage)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

const ONE_PING = frame({ opcode: PING, payload: Buffer.alloc(0) });
const json = (value: object): Buffer => frame({ opcode: TEXT, payload: Buffer.from(JSON.stringify(value)) });

/** A client that asks without end and never reads. Resolves when it is cut. */
function askWithoutReading(stage: Stage, asks: Buffer): Promise<{ readonly afterMs: number }> {
  const payload = { [CONTRACT_HEADER]: '1', [SIGNATURE_HEADER]: signRequest(KEY, { stage, body: SOCKET_BODY }) };
  const startMs = performance.now();
  return new Promise((resolve) => {
    let sentBytes = 0;
    const socket: Socket = connect(platform.ports[stage], '127.0.0.1', () => {
      socket.pause();
      socket.write(Buffer.concat([Buffer.from(UPGRADE), json({ type: 'connection_init', payload })]));
      ask();
    });
    const ask = (): void => {
      if (socket.destroyed) return;
      // Then now and then: who neither reads nor writes does not notice that he was cut.
      if (sentBytes >= ATTEMPT_BYTES) {
        setTimeout(() => socket.destroyed || socket.write(ONE_PING, () => ask()), 1_000);
        return;
      }
      socket.write(asks, (error) => {
        if (error) return;
        sentBytes += asks.length;
        ask();
      });
    };
    socket.on('error', () => {});
    socket.on('close', () => resolve({ afterMs: performance.now() - startMs }));
  });
}

const many = (one: Buffer, sizeBytes: number): Buffer =>
  Buffer.concat(Array.from({ length: Math.ceil(sizeBytes / one.length) }, () => one));

describe.skipIf(process.platform !== 'linux')('a client that asks and reads nothing', () => {
  const kinds: readonly (readonly [name: string, stage: Stage, asks: Buffer])[] = [
    ['messages of the protocol', 'gateway', many(json({ type: 'ping' }), MiB)],
    ['messages with much to say again', 'gateway', json({ type: 'ping', payload: { text: 'x'.repeat(MiB / 2) } })],
    ['pings of the socket', 'gateway', many(frame({ opcode: PING, payload: Buffer.alloc(0) }), MiB)],
    [
      'operations that are refused',
      'gateway',
      many(json({ type: 'subscribe', id: 'a', payload: { query: '{' } }), MiB),
    ],
    ['messages to a stage', 'reasoning', many(json({ type: 'ping', payload: { text: 'x'.repeat(1_000) } }), MiB)],
  ];

  it('is not read further, costs little, and is cut within a minute', { timeout: 180_000 }, async () => {
    const stages = ['gateway', 'reasoning'] as const;
    const before = stages.map(residentBytes);
    const growth = () => stages.map((stage, at) => residentBytes(stage) - (before[at] ?? 0));
    let most = stages.map(() => 0);
    const watch = setInterval(() => {
      most = growth().map((bytes, at) => Math.max(most[at] ?? 0, bytes));
    }, 100);
    const cut = await Promise.all(
      kinds.flatMap(([, stage, asks]) => Array.from({ length: SOCKETS }, () => askWithoutReading(stage, asks))),
    ).finally(() => clearInterval(watch));
    const slowestMs = Math.round(Math.max(...cut.map(({ afterMs }) => afterMs)));
    console.info(
      `unread: grown by ${most.map((bytes) => Math.round(bytes / MiB))} MiB, the last cut after ${slowestMs} ms`,
    );
    for (const bytes of most) expect(bytes).toBeLessThan(GROWTH_BYTES);
    for (const { afterMs } of cut) expect(afterMs).toBeLessThan(60_000);
    await expect.poll(() => Math.max(...growth()), { timeout: REST_MS, interval: 500 }).toBeLessThan(REST_BYTES);
    expect((await post(platform.url, '{ __typename }')).status).toBe(200);
  });
});
