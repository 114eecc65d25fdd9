import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { append, errorCode, openSession, post, untilCompressed } from '../support/graph.ts';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';
import { keysOf } from '../support/redis-keys.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const why = whyNoRedis();
const ROOT = join(import.meta.dirname, '..', '..');
const ASK = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }';
const ERASE =
  'mutation ($id: ID!) { eraseSession(input: { sessionId: $id }) { erased { fragments } userErrors { code } } }';
const ABOUT = `query ($id: ID!) { session(id: $id) {
  title createdAt lastActivityAt archivedAt revision tokens fragmentCount: logLength turns { edges { node { id prompt } } } } }`;

interface Said {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

describe.skipIf(why !== null)(
  `a platform that moves into a cluster and out again${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'supercontext-moves-'));
    let cluster: RunningRedis;
    let redis: RedisClient;
    let platform: RunningPlatform | undefined;
    let sessionId: string;
    let generationId: string;
    let texts: readonly string[];
    let answered: unknown;
    let about: unknown;
    let inRedis: Record<string, string>;

    beforeAll(async () => {
      cluster = await runningCluster();
      redis = await connectRedis(cluster.settings);
      inRedis = { ...cluster.environment, SUPERCONTEXT_DATA: join(folder, 'of-redis') };
    }, 120_000);
    afterAll(async () => {
      await platform?.stop();
      await redis?.close();
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function command(environment: Record<string, string>, script: string, ...words: string[]): Promise<Said> {
      const { child, done } = begin(environment, script, ...words);
      void child;
      return done;
    }

    function begin(environment: Record<string, string>, script: string, ...words: string[]) {
      const child = spawn(process.execPath, [join(ROOT, 'infra', `${script}.ts`), ...words], {
        env: { ...process.env, ...environment },
      });
      let [output, errors] = ['', ''];
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (errors += chunk));
      const done = new Promise<Said>((resolve) => {
        child.on('close', (status) => resolve({ status, output, errors }));
      });
      return { child, done };
    }

    const ask = async (url: string, prompt: string): Promise<string> => {
      const asked = await post(url, ASK, { input: { sessionId, prompt } });
      const { id } = (asked.data as unknown as { ask: { generation: { id: string } } }).ask.generation;
      const query = 'query ($id: ID!) { generation(id: $id) { status } }';
      while (JSON.stringify(await post(url, query, { id })).includes('RUNNING')) await sleep(20);
      return id;
    };
    const generation = async (url: string) => {
      const query = 'query ($id: ID!) { generation(id: $id) { status text citations { text } turn { id prompt } } }';
      return (await post(url, query, { id: generationId })).data;
    };
    const textsOf = async (url: string): Promise<string[]> => {
      const query = `query ($id: ID!, $after: Cursor) { session(id: $id) {
      fragments(first: 512, after: $after) { edges { node { text } } pageInfo { hasNextPage endCursor } } } }`;
      const found: string[] = [];
      for (let after: string | null = null; ; ) {
        const { data } = await post(url, query, { id: sessionId, after });
        const { fragments } = (
          data as never as {
            session: {
              fragments: { edges: { node: { text: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
            };
          }
        ).session;
        found.push(...fragments.edges.map(({ node }) => node.text));
        if (!fragments.pageInfo.hasNextPage) return found;
        after = fragments.pageInfo.endCursor;
      }
    };
    const finds = async (url: string, words: string): Promise<string> => {
      const query =
        'query ($id: ID!, $words: String!) { session(id: $id) { search(query: $words) { fragment { text } } } }';
      return JSON.stringify((await post(url, query, { id: sessionId, words })).data);
    };

    it('takes in what the version before has written', async () => {
      const old = join(folder, 'version-1');
      cpSync(join(ROOT, 'test/conformance/data-of-version-1'), old, { recursive: true });
      const made = await command({ SUPERCONTEXT_DATA: old }, 'backup', 'backup', join(folder, 'of-version-1'));
      expect([made.errors, made.status]).toEqual(['', 0]);
      const key = readFileSync(join(folder, 'of-version-1', 'store', 'tenant.key'), 'utf8');
      const environment = { ...inRedis, SUPERCONTEXT_TENANT_KEY: `hex:${key}` };
      const restored = await command(environment, 'backup', 'restore', join(folder, 'of-version-1'));
      expect([restored.errors, restored.status]).toEqual(['', 0]);
      const again = await command(environment, 'backup', 'backup', join(folder, 'of-version-1-again'));
      expect([again.errors, again.status]).toEqual(['', 0]);
      const counts = (output: string) => /whole: (.*)$/m.exec(output)?.[1];
      expect(counts(again.output)).toBe(counts(made.output));
      await cluster.flush();
    }, 120_000);

    it('is copied from files, and taken into an empty cluster with the key of its fragments alone', async () => {
      platform = await runningPlatform({}, join(folder, 'files'));
      const { url } = platform;
      sessionId = await openSession(url, 'kept');
      const long = Array.from({ length: 9_000 }, (_, at) => `Line ${at} of a long document is about pears.`).join('\n');
      await append(url, { sessionId, idempotencyKey: 'long', items: [{ file: { path: 'long.txt', text: long } }] });
      generationId = await ask(url, 'What is line 17?');
      for (let at = 0; at < 20; at++) {
        const item = { text: { text: `acknowledged ${at}` } };
        await append(url, { sessionId, idempotencyKey: `key ${at}`, items: [item] });
      }
      const files = { SUPERCONTEXT_DATA: join(folder, 'files') };
      const made = await command(files, 'backup', 'backup', join(folder, 'first'));
      expect([made.errors, made.status]).toEqual(['', 0]);
      [texts, answered, about] = [
        await textsOf(url),
        await generation(url),
        (await post(url, ABOUT, { id: sessionId })).data,
      ];
      const where = await command(files, 'where', sessionId);
      expect(where.output).toMatch(
        /^one file has all of it: .*fragments.sqlite \(\d+ bytes, .*\): [1-9]\d* fragments of this one\n$/,
      );
      await platform.stop();
      platform = undefined;

      const none = await command(inRedis, 'backup', 'restore', join(folder, 'first'));
      expect([none.status, none.errors]).toEqual([
        1,
        expect.stringMatching(/^SUPERCONTEXT_TENANT_KEY is not set: .*hex:\$\(cat .*tenant.key\).*\n$/),
      ]);
      const other = { ...inRedis, SUPERCONTEXT_TENANT_KEY: 'of another platform, long enough' };
      const refused = await command(other, 'backup', 'restore', join(folder, 'first'));
      expect([refused.status, refused.errors]).toEqual([
        1,
        expect.stringMatching(/^SUPERCONTEXT_TENANT_KEY: .* another key: set it to hex:.*\n$/),
      ]);
      expect(await keysOf(redis, '*')).toEqual([]);
      const key = readFileSync(join(folder, 'first', 'store', 'tenant.key'), 'utf8');
      inRedis = { ...inRedis, SUPERCONTEXT_TENANT_KEY: `hex:${key}` };
      const restored = await command(inRedis, 'backup', 'restore', join(folder, 'first'));
      expect([restored.errors, restored.status]).toEqual(['', 0]);
      expect(restored.output).toMatch(/^restored into Redis at 127.0.0.1:\d+/);
    }, 120_000);

    it('answers there as it did, makes again what was left out, and says where a session lies', async () => {
      platform = await runningPlatform(inRedis, inRedis.SUPERCONTEXT_DATA);
      const { url } = platform;
      expect(await textsOf(url)).toEqual(texts);
      expect(await generation(url)).toEqual(answered);
      expect((await post(url, ABOUT, { id: sessionId })).data).toEqual(about);
      await expect.poll(() => finds(url, 'acknowledged 19'), { timeout: 20_000 }).toContain('acknowledged 19');
      await untilCompressed(url, sessionId);
      const repeated = await append(url, {
        sessionId,
        idempotencyKey: 'key 3',
        items: [{ text: { text: 'acknowledged 3' } }],
      });
      expect(JSON.stringify(repeated)).toContain('"replayed":true');
      const where = await command(inRedis, 'where', sessionId);
      expect([where.errors, where.status]).toEqual(['', 0]);
      const lines = where.output.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^log: \d+ entries, \d+ tokens, on 127.0.0.1:\d+$/);
      const shards = lines
        .slice(1, -1)
        .map((line) => Number(/^127.0.0.1:\d+: (\d+) fragments, \d+ bytes$/.exec(line)?.[1]));
      expect(shards).toHaveLength(3);
      expect(lines.at(-1)).toContain(`together: ${shards.reduce((sum, some) => sum + some)} fragments`);
      const spread = Number(/is ([\d.]+) times the mean$/.exec(lines.at(-1) ?? '')?.[1]);
      expect(spread).toBeGreaterThanOrEqual(1);
      const missing = await command(inRedis, 'where', `ses_${'0'.repeat(24)}`);
      expect([missing.status, missing.errors]).toEqual([1, 'no session has this id\n']);
    }, 120_000);

    it('leaves no key of a session that is erased on any node', async () => {
      const { url } = platform as RunningPlatform;
      const erased = await openSession(url, 'to be erased');
      const long = Array.from({ length: 3_000 }, (_, at) => `Line ${at} of what will be gone.`).join('\n');
      await append(url, { sessionId: erased, idempotencyKey: 'a', items: [{ file: { path: 'a.txt', text: long } }] });
      const asked = await post(url, ASK, { input: { sessionId: erased, prompt: 'What will be gone?' } });
      const { id } = (asked.data as never as { ask: { generation: { id: string } } }).ask.generation;
      await sleep(500);
      expect((await keysOf(redis, `*${erased}*`)).length).toBeGreaterThan(20);
      const answer = await post(url, ERASE, { id: erased });
      expect(errorCode(answer)).toBeUndefined();
      await expect.poll(() => keysOf(redis, `*${id}*`), { timeout: 5_000 }).toEqual([]);
      // Two marks alone, without any content, by which other processes know for ten minutes not to make anything of it any more.
      const marks = [`g:{${erased}}`, `t:{${erased}}`];
      await expect.poll(() => keysOf(redis, `*${erased}*`), { timeout: 5_000 }).toEqual(marks);
      for (const [at, mark] of ['erasing', 'erased'].entries()) {
        const key = marks[at] as string;
        expect(Number(await redis.readOne('PTTL', key))).toBeGreaterThan(0);
        expect(await redis.readOne('HKEYS', key)).toEqual([Buffer.from(mark)]);
      }
      for (const word of ['gone', erased]) {
        for (const list of await keysOf(redis, '[lksq]*')) {
          const type = String(await redis.readOne('TYPE', list));
          const all =
            type === 'zset'
              ? await redis.readOne('ZRANGE', list, 0, -1)
              : type === 'set'
                ? await redis.readOne('SMEMBERS', list)
                : [];
          expect(`${all}`).not.toContain(word);
        }
      }
    }, 60_000);

    it('is copied from the cluster while it is used and erased from, and restored into files is the same', async () => {
      const { url } = platform as RunningPlatform;
      const others: string[] = [];
      for (let at = 0; at < 6; at++) {
        const id = await openSession(url, `other ${at}`);
        const text = Array.from({ length: 300 }, (_, line) => `Line ${line} of ${at}.`).join('\n');
        await append(url, { sessionId: id, idempotencyKey: 'a', items: [{ file: { path: 'a.txt', text } }] });
        others.push(id);
      }
      let isOver = false;
      const using = (async () => {
        for (let at = 0; !isOver; at++) {
          await append(url, {
            sessionId,
            idempotencyKey: `meanwhile ${at}`,
            items: [{ text: { text: `meanwhile ${at}` } }],
          });
          if (at % 20 === 0) await post(url, ASK, { input: { sessionId, prompt: `And line ${at}?` } });
        }
      })();
      const erasing = (async () => {
        for (const id of others.slice(0, 4)) {
          await sleep(700);
          await post(url, ERASE, { id });
        }
      })();
      const made = await command(inRedis, 'backup', 'backup', join(folder, 'second'));
      isOver = true;
      await Promise.all([using, erasing]);
      expect([made.errors, made.status]).toEqual(['', 0]);
      expect(made.output).toMatch(
        /, copied from Redis at 127.0.0.1:\d+.*, of .* is whole: \d+ sessions, \d+ log entries/,
      );
      expect(statSync(join(folder, 'second')).mode & 0o777).toBe(0o700);
      const files = {
        SUPERCONTEXT_DATA: join(folder, 'again'),
        SUPERCONTEXT_TENANT_KEY: inRedis.SUPERCONTEXT_TENANT_KEY as string,
      };
      const restored = await command(files, 'backup', 'restore', join(folder, 'second'));
      expect([restored.errors, restored.status]).toEqual(['', 0]);
      const there = await runningPlatform(
        { SUPERCONTEXT_TENANT_KEY: files.SUPERCONTEXT_TENANT_KEY },
        join(folder, 'again'),
      );
      try {
        const now = await textsOf(there.url);
        expect(now.length).toBeGreaterThanOrEqual(texts.length);
        expect(now).toEqual((await textsOf(url)).slice(0, now.length));
        expect(await generation(there.url)).toEqual(answered);
        expect(await finds(there.url, 'acknowledged 7')).toContain('acknowledged 7');
        for (const id of others.slice(4)) {
          const found = await post(there.url, 'query ($id: ID!) { session(id: $id) { title } }', { id });
          expect(JSON.stringify(found.data)).toContain('other');
        }
      } finally {
        await there.stop();
      }
    }, 120_000);

    it('is not restored over sessions or under a platform; interrupted, it lets nobody start, and is repeated', async () => {
      const backup = join(folder, 'second');
      const inUse = await command(
        { ...inRedis, SUPERCONTEXT_DATA: join(folder, 'nowhere') },
        'backup',
        'restore',
        backup,
        '--replace',
      );
      expect([inUse.status, inUse.errors]).toEqual([
        1,
        expect.stringMatching(/^a platform uses the Redis .* stop it first.*\n$/),
      ]);
      await platform?.stop();
      platform = undefined;
      const taken = await command(inRedis, 'backup', 'restore', backup);
      expect([taken.status, taken.errors]).toEqual([
        1,
        expect.stringMatching(/^the Redis .* holds sessions: .*--replace.*\n$/),
      ]);
      const { child, done } = begin(inRedis, 'backup', 'restore', backup, '--replace');
      await expect.poll(async () => (await keysOf(redis, 'f:*')).length, { timeout: 30_000, interval: 10 }).toBe(0);
      await expect
        .poll(async () => (await keysOf(redis, 'f:*')).length, { timeout: 30_000, interval: 10 })
        .toBeGreaterThan(0);
      child.kill('SIGKILL');
      await done;
      await expect(runningPlatform(inRedis, inRedis.SUPERCONTEXT_DATA)).rejects.toThrow(
        /a backup is being restored into it/,
      );
      const repeated = await command(inRedis, 'backup', 'restore', backup);
      expect([repeated.errors, repeated.status]).toEqual(['', 0]);
      platform = await runningPlatform(inRedis, inRedis.SUPERCONTEXT_DATA);
      expect((await textsOf(platform.url)).slice(0, texts.length)).toEqual(texts);
      expect(await generation(platform.url)).toEqual(answered);
    }, 120_000);
  },
);
