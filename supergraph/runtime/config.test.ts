import { describe, expect, it } from 'vitest';
import { commonSettings, stageUrl } from './common-settings.ts';
import { ConfigError, flag, integer, oneOf, readConfig, text } from './config.ts';

const settings = {
  port: { variable: 'PORT', parse: integer({ min: 1, max: 65_535 }), fallback: 4000, meaning: 'port' },
  key: { variable: 'API_KEY', parse: text(), meaning: 'a secret' },
  loud: { variable: 'LOUD', parse: flag(), fallback: false, meaning: 'whether' },
  level: { variable: 'LEVEL', parse: oneOf('low', 'high'), fallback: 'low' as const, meaning: 'how' },
};

describe('readConfig', () => {
  it('takes defaults for what is unset or empty, and freezes', () => {
    const config = readConfig({ API_KEY: 'x', PORT: '' }, settings);
    expect(config).toEqual({ port: 4000, key: 'x', loud: false, level: 'low' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every fault at once: variable, value and reason', () => {
    try {
      readConfig({ PORT: '70000', LOUD: 'maybe', LEVEL: 'mid' }, settings);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).faults).toEqual([
        'PORT="70000": expected a whole number from 1 to 65535',
        'API_KEY is not set and has no default (a secret)',
        'LOUD="maybe": expected 1, true, 0 or false',
        'LEVEL="mid": expected one of low, high',
      ]);
    }
  });

  it.each(['1.5', '0x10', '', ' 5', '5 ', 'NaN', '1e3'])('does not take %j for a port', (value) => {
    const read = () => readConfig({ API_KEY: 'x', PORT: value }, settings).port;
    if (value === '') expect(read()).toBe(4000);
    else expect(read).toThrow(ConfigError);
  });

  it('never shows a secret', () => {
    const read = () => readConfig({ SUPERCONTEXT_SIGNING_KEY: 'short-secret' }, commonSettings('store'));
    expect(read).toThrow(/at least 32 characters/);
    expect(read).not.toThrow(/short-secret/);
  });

  it.each([
    'ftp://me:short-secret@host/v1',
    'ftp://me:short/short-secret@host/v1',
    'http:/me:short-secret@/',
    'ftp:me:short-secret@host/v1',
    'me:short-secret@host/v1',
    'host/v1?key=short-secret',
    'ftp://host/v1#short-secret',
  ])('never shows what may be a secret in a URL: %s', (value) => {
    const read = () => readConfig({ SUPERCONTEXT_STORE_URL: value }, { url: stageUrl('store') });
    expect(read).toThrow('SUPERCONTEXT_STORE_URL=(hidden): expected an http or https URL');
    expect(read).not.toThrow(/short-secret/);
  });
});

describe('the common settings', () => {
  it('give each stage its own port and address', () => {
    const env = { SUPERCONTEXT_SIGNING_KEY: 'k'.repeat(32), SUPERCONTEXT_STORE_PORT: '5002' };
    expect(readConfig(env, commonSettings('store')).port).toBe(5002);
    expect(readConfig(env, commonSettings('context')).port).toBe(4001);
    expect(readConfig({}, { url: stageUrl('reasoning') }).url).toBe('http://127.0.0.1:4004/graphql');
    expect(
      readConfig({ ...env, SUPERCONTEXT_OTLP_ENDPOINT: ' http://x:4318/otlp ' }, commonSettings('store')),
    ).toMatchObject({
      otlpEndpoint: 'http://x:4318/otlp',
    });
    expect(() => readConfig({ SUPERCONTEXT_REASONING_URL: 'ftp://x' }, { url: stageUrl('reasoning') })).toThrow(/http/);
  });
});
