import { ConfigError } from '@supercontext/runtime/config.ts';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from './config.ts';

const SUPERCONTEXT_SIGNING_KEY = 'k'.repeat(32);
const read = (env: Record<string, string> = {}) => gatewayConfig({ SUPERCONTEXT_SIGNING_KEY, ...env });
const faults = (env: Record<string, string>): readonly string[] => {
  try {
    gatewayConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [String(error)];
  }
};

describe('gatewayConfig', () => {
  it('listens on loopback unless it is told twice', () => {
    expect(read().host).toBe('127.0.0.1');
    for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.evil.test']) {
      expect(faults({ SUPERCONTEXT_SIGNING_KEY, SUPERCONTEXT_HOST: host })[0]).toContain('SUPERCONTEXT_ALLOW_REMOTE');
      expect(read({ SUPERCONTEXT_HOST: host, SUPERCONTEXT_ALLOW_REMOTE: '1' }).host).toBe(host);
    }
    for (const host of ['localhost', '::1', '127.8.9.1']) expect(read({ SUPERCONTEXT_HOST: host }).host).toBe(host);
  });

  it('names every fault at once', () => {
    const found = faults({ SUPERCONTEXT_MAX_DEPTH: 'deep', SUPERCONTEXT_STORE_URL: 'store' });
    expect(found.join()).toMatch(/SUPERCONTEXT_SIGNING_KEY/);
    expect(found.join()).toMatch(/SUPERCONTEXT_MAX_DEPTH="deep"/);
    expect(found.join()).toMatch(/SUPERCONTEXT_STORE_URL="store"/);
  });

  it('overrides the routing URLs that are set and no others', () => {
    expect(read().subgraphUrls).toEqual({});
    expect(read({ SUPERCONTEXT_STORE_URL: 'http://s.test/graphql' }).subgraphUrls).toEqual({
      store: 'http://s.test/graphql',
    });
  });

  it.each([
    ['SUPERCONTEXT_MAX_ALIASES', '7', 'limits.maxAliases', 7],
    ['SUPERCONTEXT_MAX_DOCUMENT_TOKENS', '7', 'limits.maxTokens', 7],
    ['SUPERCONTEXT_REQUEST_TIMEOUT_MS', '7', 'subgraph.timeoutMs', 7],
    ['SUPERCONTEXT_STREAM_BUFFER_EVENTS', '70', 'stream.bufferEvents', 70],
    ['SUPERCONTEXT_SLOW_READER_MS', '7', 'stream.slowReaderMs', 7],
    [
      'SUPERCONTEXT_CORS_ORIGINS',
      'http://A.test:80, http://b.test/',
      'corsOrigins',
      ['http://a.test', 'http://b.test'],
    ],
    ['SUPERCONTEXT_HOSTS', 'Graph.example,b.test:8080,', 'hosts', ['graph.example', 'b.test:8080']],
  ])('%s reaches the part that reads it', (variable, value, path, expected) => {
    expect(read({ [variable]: value })).toHaveProperty(path, expected);
  });

  it.each([
    ['SUPERCONTEXT_CORS_ORIGINS', 'null'],
    ['SUPERCONTEXT_CORS_ORIGINS', 'https://a.test/path'],
    ['SUPERCONTEXT_CORS_ORIGINS', 'a.test'],
    ['SUPERCONTEXT_HOSTS', 'http://a.test'],
    ['SUPERCONTEXT_HOSTS', 'a b'],
  ])('names %s when one of it is none: %s', (variable, value) => {
    expect(faults({ SUPERCONTEXT_SIGNING_KEY, [variable]: value })[0]).toContain(variable);
  });
});
