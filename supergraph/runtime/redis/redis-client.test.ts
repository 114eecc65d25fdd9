import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, whyNoRedis } from '../../../test/support/redis-cluster.ts';
import { command, scriptCommand } from './command.ts';
import { keySlot, tagOfSlot } from './key-slot.ts';
import { connectRedis, type RedisClient } from './redis-client.ts';
import { script } from './script.ts';

const why = whyNoRedis();

/** Keys all over the cluster. */
const keys = Array.from({ length: 500 }, (_, at) => `f:{${at}}`);
const COUNT = script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
const PUT = script("redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])");

describe.skipIf(why !== null)(`Redis Cluster${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let cluster: RunningRedis;
  let redis: RedisClient;

  beforeAll(async () => {
    cluster = await runningCluster();
  }, 60_000);
  beforeEach(async () => {
    await cluster.heal();
    await cluster.flush();
    redis = await connectRedis(cluster.settings);
    return () => redis.close();
  });
  afterAll(() => cluster?.stop());

  const text = async (key: string) => String(await redis.readOne('GET', key));
  const homeOf = (key: string) => cluster.at(redis.masterOf(key) as string);
  const otherThan = (node: RunningRedis['nodes'][number]) =>
    redis.shards.map(({ master }) => cluster.at(master)).find((one) => one !== node) as typeof node;
  const commandsOf = async (name: string) => {
    const lines = await Promise.all(redis.shards.map(({ master }) => cluster.at(master).text('INFO', 'commandstats')));
    return lines.reduce(
      (sum, line) => sum + Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(line)?.[1] ?? 0),
      0,
    );
  };
  const readsOf = async () => {
    const lines = await Promise.all(redis.shards.map(({ master }) => cluster.at(master).text('INFO', 'stats')));
    return lines.reduce((sum, line) => sum + Number(/total_reads_processed:(\d+)/.exec(line)?.[1]), 0);
  };

  it('finds the slot of a key as Redis does', async () => {
    const odd = [
      '',
      'a',
      '{a}b',
      'b{a}',
      '{}a',
      'a{b',
      'a{{b}}c',
      '{a}{b}',
      'é{ü}',
      'x'.repeat(999),
      tagOfSlot(16_383),
    ];
    const node = cluster.node('a');
    expect(await Promise.all(odd.map((key) => node.call('CLUSTER', 'KEYSLOT', key)))).toEqual(odd.map(keySlot));
    expect(keySlot(tagOfSlot(7))).toBe(7);
  });

  it('sends 500 commands as one pipeline to each master', async () => {
    await redis.write(keys.map((key) => command('SET', key, `of ${key}`, 'NX')));
    await redis.read([command('GET', 'warm')]);
    const reads: number[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const before = await readsOf();
      const replies = await redis.read(keys.map((key) => command('GET', key)));
      reads.push((await readsOf()) - before);
      expect(replies.map(String)).toEqual(keys.map((key) => `of ${key}`));
    }
    // Asking for the number is a read of each master as well; replicas and the look at the topology are read now and then.
    expect(Math.min(...reads)).toBeLessThanOrEqual(2 * redis.shards.length);
    expect(await commandsOf('get')).toBeGreaterThanOrEqual(500);
  });

  it('acknowledges a write that a replica has, once for all writes that are sent together', async () => {
    const before = await commandsOf('wait');
    await Promise.all(keys.slice(0, 100).map((key) => redis.writeOne('SET', key, 'x')));
    expect((await commandsOf('wait')) - before).toBeLessThan(50);
    expect(redis.acknowledgingReplicas).toBe(1);
    await homeOf('f:{1}').kill();
    expect((await redis.read(keys.slice(0, 100).map((key) => command('GET', key)))).map(String)).toEqual(
      Array(100).fill('x'),
    );
  });

  it('follows slots that have moved', async () => {
    await redis.write(keys.map((key) => command('SET', key, key)));
    const target = otherThan(homeOf('f:{1}'));
    await cluster.moveSlot(keySlot('f:{1}'), target);
    expect((await redis.read(keys.map((key) => command('GET', key)))).map(String)).toEqual(keys);
    await redis.writeOne('SET', 'f:{1}', 'anew');
    expect(String(await target.call('GET', 'f:{1}'))).toBe('anew');
  });

  it('finds the keys of a slot that is on its way, those there already and those still here', async () => {
    const some = ['a', 'b', 'c', 'd', 'absent'].map((name) => `${name}:{2}`);
    await redis.write(some.slice(0, 4).map((key) => command('SET', key, key)));
    const from = homeOf('{2}');
    const to = otherThan(from);
    await cluster.moveSlot(keySlot('{2}'), to, async () => {
      const [here, there] = await Promise.all(
        [from, to].map((node) => node.call('CLUSTER', 'COUNTKEYSINSLOT', keySlot('{2}'))),
      );
      expect([here, there]).toEqual([expect.toSatisfy((count) => count > 0), 1]);
      const found = await redis.read(some.map((key) => command('GET', key)));
      expect(found.map((value) => value && String(value))).toEqual([...some.slice(0, 4), null]);
      const put = (key: string) => scriptCommand(PUT, { keys: [key], args: [`${key} anew`], isIdempotent: true });
      expect((await redis.write(some.map(put))).map(String)).toEqual(some.map((key) => `${key} anew`));
    });
    expect(await Promise.all(some.map(text))).toEqual(some.map((key) => `${key} anew`));
  });

  it('runs scripts on nodes that have forgotten them', async () => {
    const count = () => scriptCommand(COUNT, { keys: ['n:{3}'], args: [2], isIdempotent: false });
    expect(await redis.write([count(), count()])).toEqual([2, 4]);
    await homeOf('n:{3}').call('SCRIPT', 'FLUSH');
    expect(await redis.write([count()])).toEqual([6]);
    expect(await redis.write([count()])).toEqual([8]);
  });

  it('gives what is wrong with one command to that command alone', async () => {
    await redis.writeOne('SET', 'a', 'text');
    const outcomes = await redis.settle([command('LPUSH', 'a', 1), command('GET', 'a'), command('NONSENSE', 'a')], {
      isWrite: true,
    });
    expect(outcomes.map((one) => (one instanceof Error ? one.message.slice(0, 9) : String(one)))).toEqual([
      'Redis, a:',
      'text',
      'ERR unkno',
    ]);
  });

  it.each([
    ['killed', (name: string) => cluster.node(name).kill()],
    ['frozen', async (name: string) => cluster.node(name).freeze()],
  ])('outlasts a master that is %s, and loses nothing that was acknowledged', async (_how, harm) => {
    const acknowledged: string[] = [];
    let isOver = false;
    let longestMs = 0;
    const writing = (async () => {
      for (let at = 0; !isOver; at++) {
        const startMs = performance.now();
        await redis.write(keys.slice(0, 60).map((key) => command('SET', `${key}:${at}`, at)));
        longestMs = Math.max(longestMs, performance.now() - startMs);
        acknowledged.push(...keys.slice(0, 60).map((key) => `${key}:${at}`));
      }
    })();
    writing.catch(() => {});
    await expect.poll(() => acknowledged.length, { timeout: 5_000 }).toBeGreaterThan(600);
    await harm(homeOf('f:{1}').name);
    const harmed = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(harmed + 600);
    isOver = true;
    await writing;
    const kept = await redis.read(acknowledged.map((key) => command('EXISTS', key)));
    expect(kept.filter((one) => one !== 1)).toEqual([]);
    expect(longestMs).toBeLessThan(6_500);
  });

  it('acknowledges nothing that no replica has, also when it finds it written, and says so', async () => {
    const key = 'f:{9}';
    const replicas = await cluster.replicasOf(redis.masterOf(key) as string);
    await redis.writeOne('SET', key, 'before');
    for (const replica of replicas) replica.freeze();
    const short = { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('0 of 1 replicas have the write') };
    const write = () => redis.write([command('SET', key, 'x', 'NX')], { deadlineMs: 1_800 });
    await expect(write()).rejects.toMatchObject(short);
    // Nothing is written any more: alone, WAIT on a new connection would say that all replicas have that nothing.
    const other = await connectRedis(cluster.settings);
    await expect(other.write([command('SET', key, 'x', 'NX')], { deadlineMs: 1_800 })).rejects.toMatchObject(short);
    await other.close();
    expect(await text(key)).toBe('before');
    for (const replica of replicas) replica.thaw();
    await expect.poll(() => write().then(([reply]) => String(reply), String), { timeout: 5_000 }).toBe('null');
  });

  it('says when a node is full, keeps what it has, and goes on when there is room', async () => {
    const node = homeOf('f:{4}');
    await redis.writeOne('SET', 'f:{4}', 'kept');
    await node.call('CONFIG', 'SET', 'maxmemory', '1');
    const fault = { code: 'STORAGE_FULL', details: { node: node.address } };
    await expect(redis.writeOne('SET', 'f:{4}', 'more')).rejects.toMatchObject(fault);
    const put = scriptCommand(PUT, { keys: ['f:{4}'], args: ['more'], isIdempotent: true });
    await expect(redis.write([put])).rejects.toMatchObject(fault);
    expect(await text('f:{4}')).toBe('kept');
    await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
    await redis.writeOne('SET', 'f:{4}', 'more');
    expect(await text('f:{4}')).toBe('more');
  });

  it('ends what is under way when it is closed', async () => {
    homeOf('f:{1}').freeze();
    const reading = redis.read([command('GET', 'f:{1}')]);
    const closed = expect(reading).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    const startMs = performance.now();
    await redis.close();
    await closed;
    await expect(redis.read([command('GET', 'f:{1}')])).rejects.toMatchObject({ message: 'Redis: it is closed' });
    expect(performance.now() - startMs).toBeLessThan(500);
  });

  it('ends calls at their deadline, and when nobody waits for them any more', async () => {
    homeOf('f:{1}').freeze();
    const startMs = performance.now();
    await expect(redis.read([command('GET', 'f:{1}')], { deadlineMs: 200 })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
    const gone = AbortSignal.timeout(100);
    await expect(redis.read([command('GET', 'f:{1}')], { signal: gone })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
    expect(performance.now() - startMs).toBeLessThan(800);
  });
});
