import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionLog } from '../../subgraphs/context/log/embedded.ts';
import { openFragmentStore } from '../../subgraphs/store/fragments/embedded.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FILES = [
  'reasoning/generations.sqlite',
  'context/log.sqlite',
  'compression/summaries.sqlite',
  'store/fragments.sqlite',
  'store/tenant.key',
];

let platform: RunningPlatform;
let folder: string;
let backup: string;
let sessionId: string;
let generationId: string;
/** Texts acknowledged before the backup began. */
const acknowledged: string[] = [];

async function command(
  dataFolder: string,
  ...words: string[]
): Promise<{ status: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'infra', 'backup.ts'), ...words], {
    env: { ...process.env, SUPERCONTEXT_DATA: dataFolder },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, output, errors };
}

const ASK = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }';
const appendOne = async (text: string) =>
  append(platform.url, { sessionId, idempotencyKey: text, items: [{ text: { text } }] });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'supercontext-backup-'));
  backup = join(folder, 'backup');
  platform = await runningPlatform();
  sessionId = await openSession(platform.url, 'kept');
  const text = Array.from({ length: 20_000 }, (_, at) => `Line ${at} of a long document.`).join('\n');
  await append(platform.url, { sessionId, idempotencyKey: 'long', items: [{ file: { path: 'long.txt', text } }] });
  const asked = await post(platform.url, ASK, { input: { sessionId, prompt: 'What is line 17?' } });
  generationId = (asked.data as unknown as { ask: { generation: { id: string } } }).ask.generation.id;
  for (let at = 0; at < 50; at++) {
    const added = `acknowledged ${at}`;
    expect(errorCode(await appendOne(added))).toBeUndefined();
    acknowledged.push(added);
  }
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function textsOf(url: string): Promise<string[]> {
  const query = `query ($id: ID!, $after: Cursor) {
    session(id: $id) { fragments(first: 512, after: $after) { edges { node { text } } pageInfo { hasNextPage endCursor } } }
  }`;
  const texts: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await post(url, query, { id: sessionId, after });
    const { fragments } = (
      data as unknown as {
        session: {
          fragments: { edges: { node: { text: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
        };
      }
    ).session;
    texts.push(...fragments.edges.map(({ node }) => node.text));
    if (!fragments.pageInfo.hasNextPage) return texts;
    after = fragments.pageInfo.endCursor;
  }
}

describe('a backup', () => {
  it('of a platform that is being used fits together, and is for its owner alone', async () => {
    let goesOn = true;
    const using = (async () => {
      for (let at = 0; goesOn; at++) {
        await appendOne(`meanwhile ${at}`);
        if (at % 20 === 0) await post(platform.url, ASK, { input: { sessionId, prompt: `And line ${at}?` } });
      }
    })();
    const { status, output, errors } = await command(platform.dataFolder, 'backup', backup);
    goesOn = false;
    await using;
    expect([errors, status]).toEqual(['', 0]);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toContain(`copied from ${platform.dataFolder}, whose platform runs as process ${process.pid},`);
    expect(output).toMatch(/is whole: 1 sessions, \d+ log entries, \d+ fragments, \d+ generations/);
    expect(statSync(backup).mode & 0o777).toBe(0o700);
    for (const file of [...FILES, 'backup.json']) expect(statSync(join(backup, file)).mode & 0o777, file).toBe(0o600);
  }, 60_000);

  it('does not erase while it is made, and does right after', async () => {
    const erased = await openSession(platform.url, 'to be erased');
    await append(platform.url, { sessionId: erased, idempotencyKey: 'a', items: [{ text: { text: 'short-lived' } }] });
    const [made] = await Promise.all([
      command(platform.dataFolder, 'backup', join(folder, 'second')),
      sleep(300).then(() =>
        post(platform.url, 'mutation ($id: ID!) { eraseSession(input: {sessionId: $id}) { userErrors { code } } }', {
          id: erased,
        }),
      ),
    ]);
    expect([made.errors, made.status]).toEqual(['', 0]);
    const gone = async () =>
      (await post(platform.url, 'query ($id: ID!) { session(id: $id) { id } }', { id: erased })).data;
    for (let tries = 0; tries < 100 && JSON.stringify(await gone()) !== '{"session":null}'; tries++) await sleep(100);
    expect(await gone()).toEqual({ session: null });
  }, 60_000);

  it('restored elsewhere answers as the platform did', async () => {
    const restored = join(folder, 'restored');
    const { status, errors } = await command(restored, 'restore', backup);
    expect([errors, status]).toEqual(['', 0]);
    const generation = 'query ($id: ID!) { generation(id: $id) { text citations { text } turn { prompt } } }';
    const before = await post(platform.url, generation, { id: generationId });
    const other = await runningPlatform({}, restored);
    try {
      const texts = await textsOf(other.url);
      for (const text of acknowledged) expect(texts).toContain(text);
      expect(texts).toEqual((await textsOf(platform.url)).slice(0, texts.length));
      expect((await post(other.url, generation, { id: generationId })).data).toEqual(before.data);
      const found = await post(
        other.url,
        'query ($id: ID!) { session(id: $id) { search(query: "acknowledged 49") { fragment { text } } } }',
        { id: sessionId },
      );
      expect(JSON.stringify(found.data)).toContain('acknowledged 49');
    } finally {
      await other.stop();
    }
    const again = await command(restored, 'backup', join(folder, 'of-stopped'));
    expect([again.errors, again.status]).toEqual(['', 0]);
    expect(again.output).toContain(`copied from ${restored}, whose platform is stopped,`);
  }, 120_000);

  it('of a session that lacks a fragment says which, once, and what to do', async () => {
    const lacking = join(folder, 'lacking');
    expect((await command(lacking, 'restore', backup)).status).toBe(0);
    const [id, hash] = [`ses_${'f'.repeat(24)}`, '0'.repeat(32)];
    const log = openSessionLog(join(lacking, 'context', 'log.sqlite'));
    await log.open({ id, title: null, key: null, nowMs: 1 });
    await log.commit({
      ...{ sessionId: id, key: 'k', contentHash: 'h', baseRevision: null, sizeBytes: 1, turn: null, nowMs: 1 },
      entries: [{ hash, tokens: 1, role: 'user', kind: 'text', facts: null }],
    });
    await log.close();
    const tenantKey = Buffer.from(readFileSync(join(lacking, 'store', 'tenant.key'), 'utf8'), 'hex');
    const store = openFragmentStore({ path: join(lacking, 'store', 'fragments.sqlite'), tenantKey });
    await store.replicate(id, [{ position: 0, hash, tokens: 1 }]);
    await store.close();
    const { status, errors } = await command(lacking, 'backup', join(folder, 'of-lacking'));
    expect([status, errors.trim().split('\n')]).toEqual([
      1,
      [
        expect.stringMatching(
          `${id} lists fragment ${hash} at 0, which the store lacks: append .* again with its key, or erase`,
        ),
        'with --without-damaged, sessions that are damaged are named and left out, and all others are copied',
      ],
    ]);
  }, 60_000);

  it.each(FILES)('of which a byte of %s was changed is found out', async (file) => {
    const path = join(backup, file);
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed[Math.floor(changed.length / 2)] = (changed[Math.floor(changed.length / 2)] ?? 0) ^ 4;
    writeFileSync(path, changed);
    const { status, errors } = await command(platform.dataFolder, 'verify', backup);
    writeFileSync(path, whole);
    expect(status).toBe(1);
    expect(errors).toContain(file);
    expect((await command(platform.dataFolder, 'verify', backup)).status).toBe(0);
  });

  it('is not restored over a platform that runs, nor over data, nor when it is none', async () => {
    const running = await command(platform.dataFolder, 'restore', backup);
    expect([running.status, running.errors]).toEqual([1, expect.stringContaining('stop it first')]);
    const taken = await command(join(folder, 'restored'), 'restore', backup);
    expect([taken.status, taken.errors]).toEqual([1, expect.stringContaining('--replace')]);
    const none = await command(join(folder, 'new'), 'restore', folder);
    expect([none.status, none.errors]).toEqual([1, expect.stringContaining('is no backup')]);
    const replaced = await command(join(folder, 'restored'), 'restore', backup, '--replace');
    expect([replaced.status, replaced.output]).toEqual([0, expect.stringContaining('.before-')]);
    const full = await command(platform.dataFolder, 'backup', backup);
    expect([full.status, full.errors]).toEqual([1, expect.stringContaining('is not empty')]);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const onFile = await command(platform.dataFolder, 'backup', file);
    expect([onFile.status, onFile.errors]).toEqual([1, expect.stringMatching(/file is no folder\n$/)]);
  });

  it('whose manifest does not name the key that lies beside it is refused, by verify and by restore', async () => {
    const path = join(backup, 'backup.json');
    const whole = readFileSync(path, 'utf8');
    const manifest = JSON.parse(whole);
    const files = manifest.files.filter((file: { path: string }) => file.path !== 'store/tenant.key');
    writeFileSync(path, JSON.stringify({ ...manifest, files }));
    const made = join(folder, 'without-key');
    const answers = [await command(made, 'verify', backup), await command(made, 'restore', backup)];
    writeFileSync(path, whole);
    for (const { status, errors } of answers)
      expect([status, errors]).toEqual([1, 'store/tenant.key: it is there, but the manifest does not name it\n']);
    expect(existsSync(made)).toBe(false);
  });

  it('asked for twice at the same time is made once; the other one is told so in one line', async () => {
    const twice = join(folder, 'twice');
    const made = await Promise.all([1, 2].map(() => command(platform.dataFolder, 'backup', twice)));
    expect(made.map(({ status }) => status).sort()).toEqual([0, 1]);
    const told = made.find(({ status }) => status === 1)?.errors;
    expect(told).toMatch(/^(twice is being made already, by the process with id \d+|.*twice is not empty)\n$/);
    expect((await command(platform.dataFolder, 'verify', twice)).status).toBe(0);
  });

  it('of data that the last version wrote is made, verified and restored', async () => {
    const old = join(folder, 'version-1');
    cpSync(join(ROOT, 'test/conformance/data-of-version-1'), old, { recursive: true });
    const [of, to] = [join(folder, 'of-version-1'), join(folder, 'to-version-1')];
    const made = await command(old, 'backup', of);
    expect([made.errors, made.status]).toEqual(['', 0]);
    expect(made.output).toMatch(/is whole: 1 sessions, [1-9]\d* log entries, [1-9]\d* fragments, 1 generations/);
    const restored = await command(to, 'restore', of);
    expect([restored.errors, restored.status]).toEqual(['', 0]);
    const other = await runningPlatform({}, to);
    await other.stop();
  }, 60_000);

  it('is not made within the data folder, whichever way its path leads there', async () => {
    symlinkSync(platform.dataFolder, join(folder, 'link'));
    for (const within of [platform.dataFolder, join(folder, 'link')]) {
      const { status, errors } = await command(platform.dataFolder, 'backup', join(within, 'backups', 'one'));
      expect([status, errors]).toEqual([
        1,
        expect.stringContaining(`is within the data folder, ${platform.dataFolder}`),
      ]);
      expect(existsSync(join(platform.dataFolder, 'backups'))).toBe(false);
    }
  });

  it.each([
    [],
    ['backup'],
    ['verify'],
    ['restore', '--replace'],
    ['make', 'x'],
    ['verify', 'x', '--replace'],
    ['backup', 'x', 'y'],
  ])('says in one line how it is used: %s %s %s', async (...words) => {
    const { status, errors } = await command(platform.dataFolder, ...words.filter((word) => word !== undefined));
    expect(status).toBe(2);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
