import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRedis, runningRedis, STAGE_USER, whyNoRedis } from '../../../test/support/redis-cluster.ts';
import { command } from './command.ts';
import { connectRedis, type RedisClient } from './redis-client.ts';

const why = whyNoRedis();

describe.skipIf(why !== null)(`a password that changes${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolled-password-'));
  const passwordFile = join(folder, 'password');
  let running: RunningRedis;
  let redis: RedisClient;

  beforeAll(async () => {
    running = await runningRedis({ acl: '~* &* +@all -@dangerous +info' });
    writeFileSync(passwordFile, STAGE_USER.password);
    redis = await connectRedis({ ...running.settings, passwordFile });
  }, 60_000);
  afterAll(async () => {
    await redis?.close();
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  const change = async (...rules: string[]) => {
    await running.node('a').call('ACL', 'SETUSER', STAGE_USER.user, ...rules);
    await running.node('a').call('CLIENT', 'KILL', 'USER', STAGE_USER.user);
  };
  const value = async () => String(await redis.readOne('GET', 'key'));

  it('is read anew for every connection', async () => {
    await redis.writeOne('SET', 'key', 'kept');
    writeFileSync(passwordFile, 'another\n');
    await change('>another', `<${STAGE_USER.password}`);
    expect(await value()).toBe('kept');
  });

  it('and is wrong meanwhile is waited for, and then told as what may pass, without the password', async () => {
    await change('>a third', '<another');
    const waiting = value();
    writeFileSync(passwordFile, 'a third');
    expect(await waiting).toBe('kept');
    await change('off');
    const refused = await redis.read([command('GET', 'key')], { deadlineMs: 300 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringMatching(/^Redis at \S+: WRONGPASS (?!.*a third)/),
    });
    await change('on');
    expect(await value()).toBe('kept');
  });
});
