import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { append, errorCode, openSession } from '../support/graph.ts';
import { readLog } from '../support/read-log.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const DISK = '32m';
const RESERVE_BYTES = 6 * 1024 * 1024;
/** Random, so that it neither compresses nor repeats. */
const DELTA_BYTES = 96 * 1024;
const MAXIMUM_APPENDS = 400;

const folder = mkdtempSync(join(tmpdir(), 'supercontext-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { encoding: 'utf8' });
let platform: RunningPlatform | undefined;

afterAll(async () => {
  await platform?.stop();
  if (mounted.status === 0) spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

// Only root may mount a small disk; elsewhere this says so and is counted as skipped.
it.skipIf(mounted.status !== 0)(
  `a full disk refuses the append, keeps every acknowledged one, and takes the rest once there is room${mounted.status === 0 ? '' : ` (skipped: ${mounted.stderr.trim()})`}`,
  async () => {
    const reserve = join(folder, 'reserve');
    writeFileSync(reserve, randomBytes(RESERVE_BYTES));
    platform = await runningPlatform({}, folder);
    const { url } = platform;
    const sessionId = await openSession(url);
    const acknowledged: string[] = [];
    let refused: { text: string; code: string | undefined } | undefined;
    const send = (text: string, index: number) =>
      append(url, { sessionId, idempotencyKey: `delta-${index}`, items: [{ text: { text } }] });
    while (refused === undefined && acknowledged.length < MAXIMUM_APPENDS) {
      const text = randomBytes(DELTA_BYTES / 2).toString('hex');
      const answer = await send(text, acknowledged.length);
      if (answer.data?.appendContext?.receipt != null) acknowledged.push(text);
      else refused = { text, code: errorCode(answer) };
    }
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(refused?.code).toBe('STORAGE_FULL');
    expect(await readText(url, sessionId)).toBe(acknowledged.join(''));

    rmSync(reserve);
    const again = await send(refused?.text ?? '', acknowledged.length);
    expect(again.data?.appendContext.receipt?.replayed).toBe(false);
    expect(await readText(url, sessionId)).toBe([...acknowledged, refused?.text].join(''));
  },
  180_000,
);

async function readText(url: string, sessionId: string): Promise<string> {
  return (await readLog(url, sessionId)).join('');
}
