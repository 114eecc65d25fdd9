import { describe, expect, it } from 'vitest';
import { readContextConfig } from './config.ts';

const key = 'k'.repeat(32);

describe('the settings of the context stage', () => {
  it('need nothing but the signing key', () => {
    expect(readContextConfig({ SUPERCONTEXT_SIGNING_KEY: key })).toMatchObject({
      port: 4001,
      storeUrl: 'http://127.0.0.1:4002/graphql',
      compressionUrl: 'http://127.0.0.1:4003/graphql',
      searchDeadlineMs: 2_000,
      digestDeadlineMs: 500,
      textsMebibytes: 32,
    });
  });

  it('are all read', () => {
    const config = readContextConfig({
      SUPERCONTEXT_SIGNING_KEY: key,
      SUPERCONTEXT_CONTEXT_PORT: '1',
      SUPERCONTEXT_STORE_URL: 'http://store/graphql',
      SUPERCONTEXT_COMPRESSION_URL: 'http://compression/graphql',
      SUPERCONTEXT_CONTEXT_SEARCH_DEADLINE_MS: '11',
      SUPERCONTEXT_CONTEXT_DIGEST_DEADLINE_MS: '12',
      SUPERCONTEXT_CONTEXT_TEXTS_MIB: '13',
    });
    expect(config).toMatchObject({
      port: 1,
      storeUrl: 'http://store/graphql',
      compressionUrl: 'http://compression/graphql',
      searchDeadlineMs: 11,
      digestDeadlineMs: 12,
      textsMebibytes: 13,
    });
  });

  it('are refused all together when they are wrong', () => {
    expect(() => readContextConfig({ SUPERCONTEXT_STORE_URL: 'store', SUPERCONTEXT_CONTEXT_TEXTS_MIB: '0' })).toThrow(
      /SIGNING_KEY.*STORE_URL.*TEXTS_MIB/s,
    );
  });
});
