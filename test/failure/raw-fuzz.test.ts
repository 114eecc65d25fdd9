import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { post } from '../support/graph.ts';
import { brokenFrame, frame, harmlessFrame, messageFrame } from '../support/hostile-frames.ts';
import { brokenRequest, oddRequest, oddUpgrade, signedRequest } from '../support/hostile-http.ts';
import { type Random, seededRandom } from '../support/random.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_125);
/** All that is sent: requests, upgrades and frames. */
const GOAL = Number(process.env.FUZZ_COUNT ?? 100_000);
const KEY = 'f'.repeat(64);
const AT_ONCE = 8;
const PIPELINED = 64;
const TEXT = 1;
const GOOD_UPGRADE =
  'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';
const LAST = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform({ SUPERCONTEXT_SIGNING_KEY: KEY });
}, 120_000);
afterAll(() => platform?.stop());

type Stage = (typeof STAGES)[number];

/** Bytes to send, and how long to wait for whatever comes back before the connection is dropped. */
interface Attempt {
  readonly bytes: Buffer;
  readonly patienceMs: number;
  /** Requests, upgrades and frames in the bytes. */
  readonly count: number;
}

function frames(random: Random, stage: Stage): Attempt {
  const payload =
    stage === 'gateway'
      ? {}
      : { [CONTRACT_HEADER]: '1', [SIGNATURE_HEADER]: signRequest(KEY, { stage, body: SOCKET_BODY }) };
  const hello = frame({ opcode: TEXT, payload: Buffer.from(JSON.stringify({ type: 'connection_init', payload })) });
  const parts = Array.from({ length: 40 }, () => harmlessFrame(random));
  // What breaks the connection comes last, or all after it would be for nothing.
  const last = random.chance(0.5) ? [brokenFrame(random)] : Array.from({ length: 3 }, () => messageFrame(random));
  const begin = random.chance(0.8) ? [hello] : [];
  const all = [...begin, ...parts, ...last];
  return { bytes: Buffer.concat([Buffer.from(GOOD_UPGRADE), ...all]), patienceMs: 40, count: all.length + 1 };
}

function pipeline(make: () => Buffer): Attempt {
  const requests = Array.from({ length: PIPELINED }, make);
  return { bytes: Buffer.concat([...requests, Buffer.from(LAST)]), patienceMs: 5_000, count: PIPELINED + 1 };
}

function attempt(random: Random, stage: Stage): Attempt {
  const kind = random.below(100);
  if (kind < 20) return { bytes: brokenRequest(random), patienceMs: 30, count: 1 };
  if (kind < 35) return { bytes: oddUpgrade(random), patienceMs: 30, count: 1 };
  if (kind < 65) return frames(random, stage);
  if (kind < 85 || stage === 'gateway') return pipeline(() => oddRequest(random));
  return pipeline(() => signedRequest(random, KEY, stage));
}

/** Sends, listens until the other side is done or patience is over, and goes, now and then with a reset. */
function send(port: number, { bytes, patienceMs }: Attempt, isRude: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const leave = (): void => void (isRude ? socket.resetAndDestroy() : socket.destroy());
    const timer = setTimeout(leave, patienceMs);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(new Error(`nobody listens on port ${port}`));
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

describe('raw bytes of all kinds on all five ports', () => {
  it('cost those who send them their requests, and nobody else anything', { timeout: 600_000 }, async () => {
    const pids = STAGES.map((stage) => platform.pid(stage));
    const random = seededRandom(SEED);
    const startMs = performance.now();
    let sent = 0;
    const answers: Record<string, number> = {};
    const worker = async (): Promise<void> => {
      while (sent < GOAL) {
        const stage = random.pick(STAGES);
        const next = attempt(random, stage);
        sent += next.count;
        const answer = await send(platform.ports[stage], next, random.chance(0.2));
        for (const [, status = ''] of answer.matchAll(/HTTP\/1\.1 (\d{3}) /g))
          answers[status] = (answers[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const seconds = Math.round((performance.now() - startMs) / 1_000);
    console.info(
      `fuzz: seed ${SEED}, ${sent} requests, upgrades and frames in ${seconds} s, answers by status: ${JSON.stringify(answers)}`,
    );

    // That it got through to where it should be refused, and to what it must not harm.
    expect(answers['200'] ?? 0).toBeGreaterThan(GOAL / 100);
    expect(answers['400'] ?? 0).toBeGreaterThan(GOAL / 20);
    expect(answers['101'] ?? 0).toBeGreaterThan(GOAL / 500);
    // Whatever it is, it is whose who sent it.
    expect(answers['500'] ?? 0).toBe(0);
    expect(STAGES.map((stage) => platform.pid(stage))).toEqual(pids);
    expect(platform.events.filter(({ type }) => type === 'died')).toEqual([]);
    const good = await post(platform.url, '{ sessions(first: 1) { edges { node { id } } } }');
    expect(good).toMatchObject({ status: 200, data: { sessions: { edges: [] } } });
    for (const stage of STAGES) {
      const log = readFileSync(join(platform.logFolder, `${stage}.log`), 'utf8');
      expect(log, stage).not.toMatch(/uncaught|unhandled rejection|thrown while a request was taken in/);
    }
  });
});
