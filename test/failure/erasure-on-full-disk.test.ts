import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { readLog } from '../support/read-log.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const DISK = '40m';
/** As text, random, so that it neither compresses nor repeats. */
const DELTA_BYTES = 200 * 1024;
/** More than the disk has room for. */
const SESSIONS = 200;
const WRITERS = 3;

const folder = mkdtempSync(join(tmpdir(), 'supercontext-erase-full-'));
const mount = () => spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { encoding: 'utf8' });
const unmount = () => spawnSync('umount', ['-l', folder]);
const tried = mount();
if (tried.status === 0) unmount();
let platform: RunningPlatform | undefined;
afterEach(async () => {
  await platform?.stop();
  unmount();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Filled {
  readonly url: string;
  /** Session id -> the text that was acknowledged for it. */
  readonly texts: Map<string, string>;
}

/** A platform whose disk its users have filled with sessions of one text each. */
async function filled(): Promise<Filled> {
  expect(mount().status).toBe(0);
  platform = await runningPlatform({}, folder);
  const { url } = platform;
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openSession(url)));
  const texts = new Map<string, string>();
  const codes = new Set<string>();
  const writer = async (first: number) => {
    for (let at = first; at < SESSIONS && codes.size === 0; at += WRITERS) {
      const sessionId = sessions[at] ?? '';
      const text = randomBytes(DELTA_BYTES / 2).toString('hex');
      const answer = await append(url, { sessionId, idempotencyKey: 'first', items: [{ text: { text } }] });
      if (answer.data?.appendContext?.receipt != null) texts.set(sessionId, text);
      else codes.add(errorCode(answer) ?? JSON.stringify(answer));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, first) => writer(first)));
  expect([...codes]).toEqual(['STORAGE_FULL']);
  expect(texts.size).toBeGreaterThan(10);
  return { url, texts };
}

/** Another program takes what is left, to the last byte. */
function fillUp(): void {
  const chunk = randomBytes(4_096);
  try {
    for (;;) appendFileSync(join(folder, 'of-another-program'), chunk);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
  expect(statfsSync(folder).bavail).toBe(0);
}

async function erase(url: string, sessionId: string): Promise<string> {
  const answer = await post(
    url,
    'mutation ($id: ID!) { eraseSession(input: { sessionId: $id }) { erased { fragments } userErrors { code message } } }',
    { id: sessionId },
  );
  return errorCode(answer) === undefined ? 'erased' : `${JSON.stringify(answer)} beside ${JSON.stringify(sizes())}`;
}

/** Of the databases' files, in bytes. */
function sizes(): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /sqlite/.test(name));
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
}

async function appendSome(url: string, texts: Filled['texts']): Promise<string> {
  const [sessionId] = texts.keys();
  const text = randomBytes(8_192).toString('hex');
  const answer = await append(url, { sessionId, idempotencyKey: text.slice(0, 32), items: [{ text: { text } }] });
  return errorCode(answer) ?? 'appended';
}

function filesWith(marker: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /sqlite/.test(name) && readFileSync(join(folder, name)).includes(marker));
}

// Only root may mount a small disk; elsewhere this says so and is counted as skipped.
describe.skipIf(tried.status !== 0)(
  `on a full disk${tried.status === 0 ? '' : ` (skipped: ${tried.stderr.trim()})`}`,
  () => {
    it('sessions are erased, nothing of them stays, and then there is room for others', async () => {
      const { url, texts } = await filled();
      const [kept, ...erased] = [...texts.keys()].slice(0, 20);
      for (const sessionId of erased) expect(await erase(url, sessionId)).toBe('erased');
      for (const sessionId of erased) expect(filesWith(texts.get(sessionId)?.slice(0, 64) ?? '')).toEqual([]);
      for (let at = 0; at < 20; at++) expect(await appendSome(url, texts)).toBe('appended');
      expect((await readLog(url, kept ?? '')).join('')).toContain(texts.get(kept ?? ''));
      for (const [sessionId, text] of [...texts].slice(20))
        expect((await readLog(url, sessionId)).join('') === text, sessionId).toBe(true);
    }, 180_000);

    it('also on one that others have filled to the last byte, again and again', async () => {
      const { url, texts } = await filled();
      for (const sessionId of [...texts.keys()].slice(1, 6)) {
        fillUp();
        expect(await erase(url, sessionId)).toBe('erased');
      }
      rmSync(join(folder, 'of-another-program'));
      expect(await appendSome(url, texts)).toBe('appended');
    }, 180_000);
  },
);
