import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { append, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What a killed backup may still hold erasures for, and what they then take. */
const LONGEST_WAIT_MS = 25_000;
const ERASE = `mutation ($sessionId: ID!) {
  eraseSession(input: { sessionId: $sessionId }) { erased { sessionId } userErrors { code } }
}`;

let platform: RunningPlatform;
let folder: string;
let sessionId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-backup-'));
  platform = await runningPlatform();
  sessionId = await openSession(platform.url, 'to be erased');
  const text = Array.from({ length: 20_000 }, (_, at) => `Line ${at} of a long document.`).join('\n');
  await append(platform.url, { sessionId, idempotencyKey: 'a', items: [{ file: { path: 'long.txt', text } }] });
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function backup(name: string): { readonly child: ChildProcess; readonly ended: Promise<[number | null, string]> } {
  const child = spawn(process.execPath, [join(ROOT, 'infra', 'backup.ts'), 'backup', join(folder, name)], {
    env: { ...process.env, SUPERCONTEXT_DATA: platform.dataFolder },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return { child, ended: once(child, 'close').then(([status]) => [status, said]) };
}

async function untilHalfway(child: ChildProcess, name: string): Promise<void> {
  while (!existsSync(join(folder, `${name}.partial`, 'context', 'log.sqlite'))) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function killHalfway(name: string): Promise<void> {
  const { child, ended } = backup(name);
  await untilHalfway(child, name);
  child.kill('SIGKILL');
  await ended;
}

const isThere = async () =>
  JSON.stringify((await post(platform.url, 'query ($id: ID!) { session(id: $id) { id } }', { id: sessionId })).data) !==
  '{"session":null}';

it('a backup that is killed holds erasures up for some seconds, and the next one is made at once', async () => {
  await killHalfway('one');
  const killedAtMs = performance.now();
  const refused = await post(platform.url, ERASE, { sessionId });
  expect(refused).toMatchObject({ errors: [{ extensions: { code: 'STORAGE_UNAVAILABLE' } }] });
  const { retryAfterMs, details } = (refused.errors?.[0]?.extensions ?? {}) as unknown as Record<string, never>;
  expect(retryAfterMs).toBeLessThanOrEqual(LONGEST_WAIT_MS);
  expect(details).toEqual({ retryAfterMs });

  const [status, said] = await backup('one').ended;
  expect([status, said]).toEqual([0, expect.stringContaining(`removed ${join(folder, 'one.partial')}, what a backup`)]);
  expect(readdirSync(folder)).toEqual(['one']);
  expect(await isThere()).toBe(true);

  while (await isThere()) {
    expect(performance.now() - killedAtMs).toBeLessThan(LONGEST_WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}, 60_000);

it('what a killed backup left is named by one that is made elsewhere, and stays', async () => {
  await killHalfway('two');
  const [status, said] = await backup('three').ended;
  expect([status, said]).toEqual([0, expect.stringMatching(/two\.partial is what a backup .* had left: remove it/)]);
  expect(existsSync(join(folder, 'two.partial'))).toBe(true);
}, 60_000);

it('the draft of a backup that is being made is not taken away by another', async () => {
  const draft = join(folder, 'four.partial');
  mkdirSync(draft);
  writeFileSync(join(draft, 'maker.json'), JSON.stringify({ pid: process.pid }));
  const [status, said] = await backup('four').ended;
  expect([status, said]).toEqual([1, `four is being made already, by the process with id ${process.pid}\n`]);
  expect(readdirSync(folder).filter((name) => name.startsWith('four'))).toEqual(['four.partial']);
});

it('a backup during which erasures may have gone on is none', async () => {
  const { child, ended } = backup('five');
  await untilHalfway(child, 'five');
  child.kill('SIGSTOP');
  await platform.killAndAwait('reasoning');
  child.kill('SIGCONT');
  const [status, said] = await ended;
  expect([status, said]).toEqual([
    1,
    expect.stringContaining('the reasoning stage was away while the backup was made'),
  ]);
  expect(readdirSync(folder).filter((name) => name.startsWith('five'))).toEqual([]);
}, 60_000);
