import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import type { RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { append, askAndAwait, openSession, post } from '../support/graph.ts';
import { type RunningRedis, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { keysOf } from '../support/redis-keys.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { SIGNING_KEY } from '../support/stage-process.ts';

const why = whyNoRedis();

const ALL = `query ($id: ID!) { session(id: $id) {
  revision digest(budgetTokens: 1000) { id } compression { nodes } storage { sizeBytes }
  documents { edges { node { path } } } document(path: "notes.md") { hash }
  fragments(first: 5) { edges { node { text } } } search(query: "harbour") { fragment { text } }
  turns { edges { node { generations { id text } } } } workingSet(query: "harbour") { tokens }
} }`;

describe.skipIf(why !== null)(
  `keys of a session that are of another Redis type${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    let running: RunningRedis;
    let redis: RedisClient;
    let platform: RunningPlatform;

    beforeAll(async () => {
      running = await runningRedis();
      const tenant = { SUPERCONTEXT_TENANT_KEY: 'the tenant of these tests, in 32 bytes' };
      platform = await runningPlatform({ ...running.environment, ...tenant, SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY });
      redis = await openRedis(running.settings, { tenantKey: null });
    }, 60_000);
    afterAll(async () => {
      await redis?.close();
      await platform?.stop();
      await running?.stop();
    });

    it('are damage that names the key, and whole again once they are put back', async () => {
      const { url } = platform;
      const id = await openSession(url);
      const more = (key: string) =>
        append(url, {
          ...{ sessionId: id, idempotencyKey: key },
          items: [{ file: { path: 'notes.md', text: `The harbour of ${key} is deep.` } }],
        });
      await more('first');
      const long = Array.from({ length: 1_500 }, (_, at) => `Berth ${at} lies behind mole ${at % 7}.`).join(' ');
      await append(url, { sessionId: id, idempotencyKey: 'long', items: [{ text: { text: long } }] });
      await askAndAwait(url, id, 'How deep is the harbour?');
      await vi.waitUntil(async () => (await keysOf(redis, `t:*${id}*`)).length > 0, { timeout: 30_000, interval: 100 });
      const whole = await post(url, ALL, { id });
      expect(whole.errors).toBeUndefined();
      const node = running.node('a');
      const told = new Map<string, Set<string>>();
      for (const key of await keysOf(redis, `*${id}*`)) {
        const kind = key.slice(0, key.indexOf(':'));
        await node.call('RENAME', key, 'aside');
        const isText = (await node.text('TYPE', 'aside')) === 'string';
        await node.call(...(isText ? ['SADD', key, 'x'] : ['SET', key, 'x']));
        const answers = [await post(url, ALL, { id }), await more(`beside ${key}`)];
        const codes = told.get(kind) ?? new Set();
        for (const { errors = [], data } of answers) {
          const payload = (data as { appendContext?: { userErrors: readonly { code: string }[] } } | null)
            ?.appendContext;
          for (const error of errors) codes.add(String(error.extensions?.code));
          for (const { code } of payload?.userErrors ?? []) codes.add(code);
        }
        told.set(kind, codes);
        await node.call('DEL', key);
        await node.call('RENAME', 'aside', key);
      }
      console.info([...told].map(([kind, codes]) => `${kind}: ${[...codes].join(' ')}`).join('; '));
      expect([...told.values()].flatMap((codes) => [...codes])).not.toContain('INTERNAL');
      // Nothing is read of names (n), nor of what is made again.
      for (const kind of ['a', 'g', 'p', 't', 'v'])
        expect([kind, ...(told.get(kind) ?? [])]).toContain('STORAGE_CORRUPT');
      expect(told.get('f')).toContain('FRAGMENT_CORRUPT');
      expect((await post(url, ALL, { id })).errors).toBeUndefined();
    }, 120_000);
  },
);
