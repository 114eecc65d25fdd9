import type { IncomingMessage } from 'node:http';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { describe, expect, it, vi } from 'vitest';
import { Callers, type CallersOptions } from './callers.ts';
import { type RefusedCaller, refusedCallers } from './refused-callers.ts';

const LOCAL: CallersOptions = { host: '127.0.0.1', hosts: [], corsOrigins: ['https://studio.apollographql.com'] };

const refused: RefusedCaller[] = [];

function isAnswered(
  options: Partial<CallersOptions>,
  headers: { readonly host?: string; readonly origin?: string },
  localAddress = '127.0.0.1',
): boolean {
  const { host } = headers;
  const request = { headers, rawHeaders: host === undefined ? [] : ['Host', host], socket: { localAddress } };
  try {
    refused.length = 0;
    new Callers({ ...LOCAL, ...options }, (caller) => refused.push(caller)).admit(
      request as unknown as IncomingMessage,
    );
    expect(refused).toEqual([]);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CALLER_REFUSED' });
    expect(refused).toHaveLength(1);
    return false;
  }
}

describe('the Host of a request', () => {
  it.each(['localhost', 'LOCALHOST:4000', 'app.localhost:1', '127.0.0.1:4000', '127.8.9.1', '[::1]:4000'])(
    'is answered when it is this machine: %s',
    (host) => {
      expect(isAnswered({}, { host })).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example:4000',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '192.168.1.7',
    '10.0.0.1:4000',
    '[::2]',
    'evil@localhost',
    'localhost/evil',
    'localhost, evil.example',
    'localhost:99999',
    'localhost evil',
    '0.0.0.0',
  ])('is refused when it is another or none: %s', (host) => {
    expect(isAnswered({}, host === undefined ? {} : { host })).toBe(false);
  });

  it('is refused when there are two', () => {
    const headers = { host: 'localhost' };
    const request = { headers, rawHeaders: ['host', 'localhost', 'HOST', 'evil.example'], socket: {} };
    expect(() => new Callers(LOCAL, () => {}).admit(request as unknown as IncomingMessage)).toThrow('Host');
  });

  it('is looked at anew for each, whoever was answered before', () => {
    const callers = new Callers(LOCAL, () => {});
    const admit = (headers: Readonly<Record<string, string>>, rawHeaders: readonly string[], localAddress = '::1') =>
      callers.admit({ headers, rawHeaders, socket: { localAddress } } as unknown as IncomingMessage);
    const host = 'localhost:4000';
    for (let round = 0; round < 2; round++) {
      expect(() => admit({ host }, ['Host', host])).not.toThrow();
      expect(() => admit({ host, origin: `http://${host}` }, ['Host', host])).not.toThrow();
      expect(() => admit({ host: '' }, ['Host', ''])).toThrow('Host');
      expect(() => admit({}, [])).toThrow('Host');
      expect(() => admit({ host }, ['Host', host, 'Host', host])).toThrow('Host');
      expect(() => admit({ host: 'evil.example', origin: `http://${host}` }, ['Host', 'evil.example'])).toThrow('Host');
      expect(() => admit({ host, origin: '' }, ['Host', host])).toThrow('Origin');
      expect(() => admit({ host, origin: 'https://evil.example' }, ['Host', host])).toThrow('Origin');
    }
  });

  it('may be a name of the settings, with its port where one is named', () => {
    const hosts = ['graph.example', 'other.example:8080'];
    expect(isAnswered({ hosts }, { host: 'Graph.Example' })).toBe(true);
    expect(isAnswered({ hosts }, { host: 'graph.example:4000' })).toBe(true);
    expect(isAnswered({ hosts }, { host: 'other.example:8080' })).toBe(true);
    expect(isAnswered({ hosts }, { host: 'other.example' })).toBe(false);
  });

  it('may be the address that is listened on, or come in by where all are', () => {
    expect(isAnswered({ host: '192.168.1.7' }, { host: '192.168.1.7:4000' })).toBe(true);
    expect(isAnswered({ host: '192.168.1.7' }, { host: '192.168.1.8:4000' })).toBe(false);
    for (const host of ['0.0.0.0', '::']) {
      expect(isAnswered({ host }, { host: '10.0.0.5:4000' }, '::ffff:10.0.0.5')).toBe(true);
      expect(isAnswered({ host }, { host: '[fe80::1]:4000' }, 'fe80::1%eth0')).toBe(true);
      expect(isAnswered({ host }, { host: 'evil.example:4000' }, '10.0.0.5')).toBe(false);
    }
  });
});

describe('the Origin of a request', () => {
  const host = 'localhost:4000';

  it.each([
    'http://localhost:4000',
    'https://localhost:4000',
    'http://localhost:5173',
    'https://127.0.0.1:3000',
    'http://[::1]:8080',
    'http://app.localhost',
    'https://studio.apollographql.com',
    'HTTPS://Studio.ApolloGraphQL.com:443',
  ])('may call: %s', (origin) => {
    expect(isAnswered({}, { host, origin })).toBe(true);
  });

  it.each([
    'null',
    '',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://evil.example:4000',
    'http://localhost:5173/path',
    'http://a@localhost:5173',
    'http://studio.apollographql.com',
    'file://',
    'chrome-extension://localhost',
    'not an origin',
  ])('may not call: %s', (origin) => {
    expect(isAnswered({}, { host, origin })).toBe(false);
  });

  it('of this machine may not call where others can reach the gateway, but its own pages may', () => {
    const options = { host: '192.168.1.7' };
    expect(isAnswered(options, { host: '192.168.1.7:4000', origin: 'http://localhost:5173' })).toBe(false);
    expect(isAnswered(options, { host: '192.168.1.7:4000', origin: 'http://192.168.1.7:4000' })).toBe(true);
  });

  it('is its own behind a proxy that takes off TLS and the port that goes without saying', () => {
    const hosts = ['graph.example'];
    expect(isAnswered({ hosts }, { host: 'graph.example', origin: 'https://graph.example' })).toBe(true);
    expect(isAnswered({ hosts }, { host: 'graph.example:443', origin: 'https://graph.example' })).toBe(true);
    expect(isAnswered({ hosts }, { host: 'graph.example', origin: 'https://graph.example:8443' })).toBe(false);
  });

  it('is any when all are named, one of a program among them when that is', () => {
    expect(isAnswered({ corsOrigins: ['*'] }, { host, origin: 'https://evil.example' })).toBe(true);
    const corsOrigins = ['tauri://localhost'];
    expect(isAnswered({ corsOrigins }, { host, origin: 'tauri://localhost' })).toBe(true);
  });
});

describe('who is refused', () => {
  const toldOf = (headers: { readonly host?: string; readonly origin?: string }): RefusedCaller | undefined => {
    expect(isAnswered({}, headers)).toBe(false);
    return refused[0];
  };

  it('is told with what was refused and the setting that would allow it', () => {
    const host = { header: 'Host', setting: 'SUPERCONTEXT_HOSTS' };
    expect(toldOf({ host: 'graph.example' })).toEqual({ ...host, value: 'graph.example' });
    expect(toldOf({})).toEqual({ ...host, value: undefined });
    const origin = { header: 'Origin', setting: 'SUPERCONTEXT_CORS_ORIGINS' };
    expect(toldOf({ host: 'localhost', origin: 'null' })).toEqual({ ...origin, value: 'null' });
  });

  it('has a line of the log, one a second at most, with no more than 200 characters of it', () => {
    vi.useFakeTimers();
    try {
      const warn = vi.fn();
      const tell = refusedCallers({ warn } as unknown as Logger);
      const caller = { header: 'Origin', value: 'x'.repeat(10_000), setting: 'SUPERCONTEXT_CORS_ORIGINS' } as const;
      for (let time = 0; time < 1_000; time++) tell(caller);
      vi.advanceTimersByTime(1_500);
      const [[first, message], [sum]] = warn.mock.calls as [[{ value: string }, string], [object]];
      expect(warn).toHaveBeenCalledTimes(2);
      expect(first.value).toMatch(/^x+ … x+$/);
      expect(first.value.length).toBeLessThanOrEqual(200);
      expect(message).toContain('SUPERCONTEXT_CORS_ORIGINS');
      expect(sum).toEqual({ unsaid: 999 });
    } finally {
      vi.useRealTimers();
    }
  });
});
