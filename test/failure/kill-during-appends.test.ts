import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { append, errorCode, openSession } from '../support/graph.ts';
import { readLog } from '../support/read-log.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const KILLS = 3;
const DEADLINE_MS = 60_000;

let platform: RunningPlatform;

beforeAll(async () => {
  platform = await runningPlatform();
}, 120_000);
afterAll(() => platform?.stop());

/** Appends one text after the other until told to stop, each retried with its key until it is acknowledged. */
async function appendUntil(sessionId: string, stopped: () => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let index = 0; !stopped(); index++) {
    const text = `delta number ${index} of session ${sessionId}`;
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const answer = await append(platform.url, {
        sessionId,
        idempotencyKey: `delta-${index}`,
        items: [{ text: { text } }],
      }).catch(() => null);
      if (answer?.data?.appendContext?.receipt != null) break;
      const code = answer === null ? 'a broken connection' : errorCode(answer);
      if (Date.now() > deadline) throw new Error(`delta ${index} was not acknowledged in time; last: ${code}`);
      expect([
        'a broken connection',
        'SUBGRAPH_UNAVAILABLE',
        'DEADLINE_EXCEEDED',
        'STORAGE_UNAVAILABLE',
        'SUBGRAPH_CONNECTION_LOST',
      ]).toContain(code);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    acknowledged.push(text);
  }
  return acknowledged;
}

describe.each(STAGES)('kill -9 of the %s process in the middle of appends', (stage) => {
  it('loses no acknowledged delta and doubles none, and the launcher starts it again', async () => {
    const sessionId = await openSession(platform.url, `kill ${stage}`);
    let stopped = false;
    const writing = appendUntil(sessionId, () => stopped);
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 150));
      await platform.killAndAwait(stage);
    }
    stopped = true;
    const acknowledged = await writing;
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    expect(await readLog(platform.url, sessionId)).toEqual(acknowledged);
    expect(platform.events.filter((event) => event.type === 'restarted' && event.stage === stage)).toHaveLength(KILLS);
  }, 180_000);
});
