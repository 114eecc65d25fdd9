import { afterEach, describe, expect, it } from 'vitest';
import {
  type RedisOptions,
  type RunningRedis,
  runningCluster,
  runningRedis,
  whyNoRedis,
  whyNoTls,
} from '../../../test/support/redis-cluster.ts';
import { sealValue } from './checked-value.ts';
import { command } from './command.ts';
import { openRedis } from './open-redis.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisSettings } from './redis-settings.ts';

const why = whyNoRedis();
const LEAST_RIGHTS = '~* &* +@all -@dangerous +info';

describe.skipIf(why !== null)(`the check of a Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let running: RunningRedis;
  const opened: RedisClient[] = [];

  afterEach(async () => {
    for (const redis of opened.splice(0)) await redis.close();
    await running.stop();
  });

  const open = async (more: Partial<RedisSettings> = {}, tenantKey: Uint8Array | null = null) => {
    const redis = await openRedis({ ...running.settings, ...more }, { tenantKey });
    opened.push(redis);
    return redis;
  };
  const refused = async (message: RegExp, more: Partial<RedisSettings> = {}, code?: string) => {
    const kind = code === undefined ? { name: 'ConfigError' } : { code };
    await expect(open(more)).rejects.toMatchObject({ ...kind, message: expect.stringMatching(message) });
  };
  const single = async (options: RedisOptions) => {
    running = await runningRedis(options);
  };

  it('takes one Redis, and asks for no replica unless it is told to', async () => {
    await single({});
    const redis = await open();
    expect(await redis.write([command('SET', 'a', 'b'), command('GET', 'a')])).toHaveLength(2);
    expect([redis.isSingle, redis.acknowledgingReplicas]).toEqual([true, 0]);
    await refused(
      /has 0 replicas in step with it, and 1 must acknowledge each write/,
      { replicas: 1 },
      'STORAGE_UNAVAILABLE',
    );
    const [server] = running.settings.servers;
    const two = { servers: [server, server] as RedisSettings['servers'] };
    await refused(/2 servers are named, and Redis at \S+ has no cluster mode/, two);
  });

  it('names a Redis that throws keys away, and one that keeps no log', async () => {
    await single({ configuration: ['maxmemory-policy allkeys-lru', 'appendonly no'] });
    await refused(/set maxmemory-policy noeviction; .*set appendonly yes/);
  });

  it('names a cluster with too few replicas', async () => {
    running = await runningCluster({ replicas: 0 });
    const few = /(Redis at \S+ has 0 replicas in step with it, and 1 must acknowledge each write.*){3}/;
    await refused(few, {}, 'STORAGE_UNAVAILABLE');
    expect((await open({ replicas: 0 })).acknowledgingReplicas).toBe(0);
  });

  it.skipIf(whyNoTls() !== null)(
    'works as a user with few rights over TLS, and says who may not in, without the password',
    async () => {
      running = await runningCluster({ masters: 3, replicas: 1, tls: true, acl: LEAST_RIGHTS });
      const redis = await open();
      await redis.writeOne('SET', 'a', 'b');
      expect(String(await redis.readOne('GET', 'a'))).toBe('b');
      await expect(redis.onNode(redis.masterOf('a') as string, [['CONFIG', 'GET', 'save']])).resolves.toMatchObject([
        { message: expect.stringContaining('NOPERM') },
      ]);
      const { tls } = running.settings;
      const at = /no Redis of SUPERCONTEXT_REDIS can be used: 127\.0\.0\.1:\d+: /.source;
      await refused(
        new RegExp(`${at}WRONGPASS.*SUPERCONTEXT_REDIS_PASSWORD_FILE`),
        { password: 'a wrong one' },
        'STORAGE_UNAVAILABLE',
      );
      await refused(new RegExp(`${at}.*certificate`), { tls: { ...tls, ca: null } as never }, 'STORAGE_UNAVAILABLE');
      await refused(new RegExp(at), { tls: { ...tls, certificate: null, key: null } as never }, 'STORAGE_UNAVAILABLE');
      await refused(new RegExp(at), { tls: null }, 'STORAGE_UNAVAILABLE');
      await expect(open({ password: 'a wrong one' })).rejects.not.toMatchObject({
        message: expect.stringContaining('a wrong one'),
      });
    },
    60_000,
  );

  it('takes a cluster with a replica that hangs where others are in step, and none where nobody else is', async () => {
    running = await runningCluster();
    running.node('a1').freeze();
    await open();
    running.node('a2').freeze();
    await refused(/Redis at \S+: \S+ /, {}, 'STORAGE_UNAVAILABLE');
    for (const name of ['a1', 'a2']) running.node(name).thaw();
  });

  it('asks for the one right that it needs', async () => {
    await single({ acl: '~* &* +@all -@dangerous' });
    await refused(/its user may not ask INFO/);
  });

  it('names keys of another tenant, of another version, and a mark of them that is damaged', async () => {
    await single({});
    const tenant = Buffer.alloc(32, 1);
    await open({}, null);
    const redis = await open({}, tenant);
    await open({}, tenant);
    await expect(open({}, Buffer.alloc(32, 2))).rejects.toMatchObject({
      faults: [expect.stringMatching(/^SUPERCONTEXT_TENANT_KEY and .* another key/)],
    });
    await redis.writeOne('SETRANGE', 'sc:{meta}:version', 1, 'x');
    await refused(/sc:\{meta\}:version: .*checksum/, {}, 'STORAGE_CORRUPT');
  });

  it('knows whose keys are there though a master lost its own, and marks that one again', async () => {
    running = await runningCluster({ replicas: 0 });
    const tenant = Buffer.alloc(32, 1);
    const marks = async () => {
      const found = await Promise.all(running.nodes.map((node) => node.call('KEYS', 'sc:{meta*')));
      return found.map((keys) => (keys as readonly Buffer[]).length);
    };
    await open({ replicas: 0 }, tenant);
    const all = await marks();
    for (const [at, node] of running.nodes.entries()) {
      await node.call('FLUSHALL');
      expect((await marks())[at]).toBe(0);
      await expect(open({ replicas: 0 }, Buffer.alloc(32, 2))).rejects.toMatchObject({
        faults: [expect.stringMatching(/^SUPERCONTEXT_TENANT_KEY and .* another key/)],
      });
      await open({ replicas: 0 }, tenant);
      expect(await marks()).toEqual(all);
    }
  });

  it('completes the one mark of a Redis of before, and refuses marks that contradict each other', async () => {
    await single({});
    const tenant = Buffer.alloc(32, 1);
    const node = running.node('a');
    const marks = async () => ((await node.call('KEYS', 'sc:{meta*')) as readonly Buffer[]).map(String);
    const redis = await open({}, tenant);
    await redis.writeOne('SET', 'v:{1}', 'of a session');
    const all = await marks();
    for (const mark of all.filter((one) => !one.startsWith('sc:{meta}'))) await node.call('DEL', mark);
    await open({}, tenant);
    expect((await marks()).sort()).toEqual(all.sort());
    const one = all.find((mark) => /^sc:\{meta\..*:tenant$/.test(mark)) as string;
    await node.call('SET', one, sealValue(one, Buffer.from('0'.repeat(64))));
    await expect(open({}, tenant)).rejects.toMatchObject({
      faults: [expect.stringMatching(/its marks contradict each other: sc:\{meta\..*:tenant and 0 more of 17/)],
    });
  });

  it('refuses keys without a mark, and takes over nobody', async () => {
    await single({});
    await running.node('a').call('SET', 'v:{1}', 'of a session');
    await refused(/there are keys, and no mark of whose they are/);
    expect(await running.node('a').call('KEYS', 'sc:*')).toEqual([]);
  });

  it('says of each server why it cannot be reached', async () => {
    await single({});
    await running.nodes[0]?.kill();
    await refused(/can be used: 127\.0\.0\.1:\d+: .*ECONNREFUSED/, {}, 'STORAGE_UNAVAILABLE');
  });
});
