import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { redisSettings, withRedis } from './redis-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'redis-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const read = (more: Record<string, string>) => {
  const env = Object.fromEntries(Object.entries(more).map(([name, value]) => [`SUPERCONTEXT_REDIS${name}`, value]));
  return withRedis(readConfig(env, redisSettings())).redis;
};

describe('settings of Redis', () => {
  it('are none unless servers are named', () => {
    expect(read({})).toBeNull();
    expect(read({ _REPLICAS: '2' })).toBeNull();
  });

  it('name servers with and without a protocol, and who asks', () => {
    const bare = { user: null, password: null, passwordFile: null, tls: null, replicas: null };
    expect(read({ '': 'a:1, b, [::1]:3' })).toEqual({
      ...bare,
      servers: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 3 },
      ],
    });
    expect(read({ '': 'redis://me:a%40b@a:1', _REPLICAS: '2' })).toMatchObject({
      user: 'me',
      password: 'a@b',
      replicas: 2,
    });
    const ca = fileOf('ca', 'PEM');
    expect(read({ '': 'rediss://a', _CA_FILE: ca })?.tls).toEqual({ ca: 'PEM', certificate: null, key: null });
  });

  it('take the password from the first line of a file', () => {
    const path = fileOf('password', 'of the file\nnot this\n');
    expect(read({ '': 'a', _USER: 'me', _PASSWORD_FILE: path })).toMatchObject({ user: 'me', password: 'of the file' });
  });

  it.each([
    [{ '': 'http://a' }, /expected host:port/],
    [{ '': 'a/1' }, /expected host:port/],
    [{ '': 'a,,b' }, /expected host:port/],
    [{ '': 'redis://a,rediss://b' }, /all servers with TLS/],
    [{ '': 'a', _REPLICAS: '9' }, /from 0 to 5/],
    [{ '': 'a', _USER: 'me' }, /needs a password/],
    [{ '': 'a', _CA_FILE: '/etc/hostname' }, /certificates are named/],
    [{ '': 'rediss://a', _CERTIFICATE_FILE: '/etc/hostname' }, /both or neither/],
    [{ '': 'a', _PASSWORD_FILE: '/nowhere' }, /there is no such file/],
  ])('%j is refused', (env, fault) => {
    expect(() => read(env as never)).toThrow(fault);
  });

  it('tell no password when they cannot be used', () => {
    expect(() => read({ '': 'redis://me:secret@a:x' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
