import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealValue } from '../../supergraph/runtime/redis/checked-value.ts';
import { type RunningRedis, runningRedis, whyNoRedis, whyNoTls } from '../support/redis-cluster.ts';
import { ownPlace, startCommand } from '../support/started-command.ts';

const why = whyNoRedis();
const TENANT_KEY = 'of the platform that is tested here';
const VERSION_KEY = 'sc:{meta}:version';

/** All that `npm start` said until it ended by itself, line by line. */
async function said(environment: Readonly<Record<string, string>>) {
  const place = await ownPlace();
  const settings = { SUPERCONTEXT_TENANT_KEY: TENANT_KEY, SUPERCONTEXT_EMBEDDER: 'none', ...environment };
  const launcher = startCommand(process.execPath, ['infra/up.ts'], { ...place.environment, ...settings });
  let text = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const deadline = setTimeout(() => launcher.kill('SIGKILL'), 60_000);
  const [status] = await once(launcher, 'close');
  clearTimeout(deadline);
  place.remove();
  return { status, lines: text.trimEnd().split('\n') };
}

/** Hands everything on to a Redis and back, but says that it is of an older version. */
async function olderRedis(address: string): Promise<Server> {
  const [host, port] = address.split(':') as [string, string];
  const server = createServer((client) => {
    const redis = connect(Number(port), host);
    client.pipe(redis);
    redis.on('data', (bytes) =>
      client.write(bytes.toString('latin1').replace(/redis_version:\d/, 'redis_version:6'), 'latin1'),
    );
    for (const socket of [client, redis]) socket.on('error', () => {}).on('close', () => client.destroy());
    client.on('close', () => redis.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.skipIf(why !== null)(`a start on a Redis that would not do${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let one: RunningRedis;
  let other: RunningRedis;
  const node = () => one.node('a');

  beforeAll(async () => {
    [one, other] = await Promise.all([runningRedis(), runningRedis()]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([one?.stop(), other?.stop()]);
  });

  const refused = async (environment: Record<string, string>, ...expected: readonly RegExp[]) => {
    const { lines, status } = await said({ ...one.environment, ...environment });
    expect({ lines, status }).toEqual({ lines: expected.map((pattern) => expect.stringMatching(pattern)), status: 1 });
  };

  it('says what is to be set otherwise there: eviction, the log on disk', async () => {
    await node().call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await node().call('CONFIG', 'SET', 'appendonly', 'no');
    await refused(
      {},
      /throws keys away when it is full \(allkeys-lru\): set maxmemory-policy noeviction/,
      /keeps no log on disk.*: set appendonly yes/,
    );
    await node().call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await node().call('CONFIG', 'SET', 'appendonly', 'yes');
  }, 60_000);

  it('says that it is too old', async () => {
    const server = await olderRedis(node().address);
    const { port } = server.address() as AddressInfo;
    await refused(
      { SUPERCONTEXT_REDIS: `127.0.0.1:${port}` },
      /^SUPERCONTEXT_REDIS and .*Redis at 127.0.0.1:\d+ has version 6\..*: at least 7 is needed$/,
    );
    server.close();
  }, 60_000);

  it('says that several are named of which none is in a cluster', async () => {
    await refused(
      { SUPERCONTEXT_REDIS: `${one.url},${other.url}` },
      /2 servers are named, and Redis at \S+ has no cluster mode: set cluster-enabled yes/,
    );
  }, 60_000);

  it('says that there are too few replicas', async () => {
    await refused(
      { SUPERCONTEXT_REDIS_REPLICAS: '1' },
      /has 0 replicas in step with it, and 1 must acknowledge each write: add replicas, or set SUPERCONTEXT_REDIS_REPLICAS lower/,
    );
  }, 60_000);

  it('says whose keys are there, or of which version, and that a restore was interrupted', async () => {
    await node().call('SET', VERSION_KEY, sealValue(VERSION_KEY, Buffer.from('99')));
    await refused({}, /its keys are of version 99, this program knows \d+: start the version that wrote them/);
    await node().call('DEL', VERSION_KEY);
    const tenant = 'sc:{meta}:tenant';
    await node().call('SET', tenant, sealValue(tenant, Buffer.from('0'.repeat(64))));
    await refused(
      {},
      /^SUPERCONTEXT_TENANT_KEY and SUPERCONTEXT_REDIS: the keys there are of a tenant with another key: set that one/,
    );
    await node().call('DEL', tenant);
    const restoring = 'sc:{meta}:restoring';
    await node().call('SET', restoring, sealValue(restoring, Buffer.from('some backup')));
    await refused(
      {},
      /a backup is being restored into it, or that was interrupted: wait, or repeat `npm run backup -- restore`/,
    );
    await node().call('DEL', restoring);
  }, 120_000);

  it('says that a tenant key must be set', async () => {
    await refused({ SUPERCONTEXT_TENANT_KEY: '' }, /^SUPERCONTEXT_TENANT_KEY is not set: with SUPERCONTEXT_REDIS/);
  }, 60_000);

  it.skipIf(whyNoTls() !== null)(
    'says that the password or the certificate is wrong, without the password',
    async () => {
      const strict = await runningRedis({ tls: true, acl: '~* &* +@all' });
      try {
        const password = 'a-wrong-one-that-nobody-is-told';
        const url = strict.url.replace(/:[^:@]*@/, `:${password}@`);
        const wrong = await said({ ...strict.environment, SUPERCONTEXT_REDIS: url });
        expect(wrong).toEqual({
          status: 1,
          lines: [expect.stringMatching(/no Redis of SUPERCONTEXT_REDIS can be used: 127.0.0.1:\d+: WRONGPASS/)],
        });
        expect(wrong.lines.join()).not.toContain(password);
        const { SUPERCONTEXT_REDIS_CA_FILE: _, ...unknown } = strict.environment;
        const untrusted = await said(unknown);
        expect(untrusted).toEqual({ status: 1, lines: [expect.stringMatching(/127.0.0.1:\d+: .*certificate/)] });
      } finally {
        await strict.stop();
      }
    },
    120_000,
  );
});
