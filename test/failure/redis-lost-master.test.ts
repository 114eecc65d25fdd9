import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../subgraphs/context/log/redis-session.ts';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { whyNoRedis } from '../support/redis-cluster.ts';
import { platformOnRedis, type RedisPlatform } from '../support/redis-platform.ts';

const why = whyNoRedis();
const READ = 'query ($id: ID!) { session(id: $id) { revision } }';
const LIST = 'query ($orderBy: SessionOrder!) { sessions(first: 100, orderBy: $orderBy) { edges { node { id } } } }';
const ASK = 'mutation ($id: ID!) { ask(input: { sessionId: $id, prompt: "What was said?" }) { userErrors { code } } }';
const ERASE = 'mutation ($id: ID!) { eraseSession(input: { sessionId: $id }) { userErrors { code } } }';
const NOBODY = `ses_${'0'.repeat(24)}`;

describe.skipIf(why !== null)(`a master that lost its keys${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let parts: RedisPlatform;
  let redis: RedisClient;
  let url: string;

  beforeAll(async () => {
    parts = await platformOnRedis({ replicas: 0 }, { SUPERCONTEXT_REDIS_REPLICAS: '0' });
    redis = await connectRedis(parts.cluster.settings);
    url = parts.platform.url;
  }, 90_000);
  afterAll(async () => {
    await redis?.close();
    await parts?.stop();
  });

  const write = (sessionId: string, key: string) =>
    append(url, { sessionId, idempotencyKey: key, items: [{ text: { text: `${key} of ${sessionId}` } }] });
  const read = async (id: string) => {
    const { data, errors = [] } = await post(url, READ, { id });
    return [(data as { session: unknown } | null)?.session, errors.map(({ extensions }) => extensions?.code)];
  };

  it('leaves sessions whose log is lost, and none that were erased or never were', async () => {
    const lost = parts.cluster.node('a');
    const here: string[] = [];
    const elsewhere: string[] = [];
    while (here.length < 3 || elsewhere.length < 12) {
      const id = await openSession(url);
      expect(errorCode(await write(id, 'first'))).toBeUndefined();
      (redis.masterOf(sessionKey(id)) === lost.address ? here : elsewhere).push(id);
    }
    const erased = here.pop() as string;
    expect(errorCode(await post(url, ERASE, { id: erased }))).toBeUndefined();
    await lost.call('FLUSHALL');
    for (const id of here) {
      expect(await read(id)).toEqual([null, ['STORAGE_CORRUPT']]);
      expect(errorCode(await write(id, 'second'))).toBe('STORAGE_CORRUPT');
      expect(errorCode(await post(url, ASK, { id }))).toBe('STORAGE_CORRUPT');
    }
    for (const id of [erased, NOBODY]) {
      expect(await read(id)).toEqual([null, []]);
      expect(errorCode(await write(id, 'second'))).toBe('SESSION_NOT_FOUND');
    }
    for (const id of elsewhere) {
      expect(errorCode(await write(id, 'second'))).toBeUndefined();
      expect(await read(id)).toEqual([{ revision: 2 }, []]);
    }
    // Those whose place in the lists went with the master are put back there.
    const listed = async (orderBy: string) => {
      const { data, errors = [] } = await post(url, LIST, { orderBy });
      const { edges } = (data as unknown as { sessions: { edges: { node: { id: string } | null }[] } }).sessions;
      expect(edges.filter(({ node }) => node === null)).toHaveLength(errors.length);
      return edges.flatMap(({ node }) => node?.id ?? []).sort();
    };
    for (const orderBy of ['CREATED', 'LAST_ACTIVITY'])
      await expect.poll(() => listed(orderBy), { timeout: 20_000, interval: 200 }).toEqual(elsewhere.toSorted());
  }, 60_000);

  it('lets what is lost be erased, and new sessions be opened', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 8; at++) ids.push(await openSession(url));
    for (const id of ids) await write(id, 'first');
    const lost = parts.cluster.node('b');
    const gone = ids.filter((id) => redis.masterOf(sessionKey(id)) === lost.address);
    await lost.call('FLUSHALL');
    for (const id of gone) {
      expect(await read(id)).toEqual([null, ['STORAGE_CORRUPT']]);
      expect(errorCode(await post(url, ERASE, { id }))).toBeUndefined();
      expect(await read(id)).toEqual([null, []]);
      expect(errorCode(await write(id, 'second'))).toBe('SESSION_NOT_FOUND');
    }
    const id = await openSession(url);
    expect(errorCode(await write(id, 'first'))).toBeUndefined();
  }, 60_000);
});
