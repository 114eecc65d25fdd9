import { describe, expect, it } from 'vitest';
import { readReasoningConfig } from './config.ts';

const KEY = { SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) };

describe('the settings of the reasoning stage', () => {
  it('take every value from its variable', () => {
    const config = readReasoningConfig({
      ...KEY,
      SUPERCONTEXT_CONTEXT_URL: 'http://elsewhere:1/graphql',
      SUPERCONTEXT_MODEL: 'extractive',
      SUPERCONTEXT_MODEL_PATH: import.meta.filename,
      XDG_CACHE_HOME: '/cache',
      SUPERCONTEXT_PROVIDER: 'cuda',
      SUPERCONTEXT_ENGINE_THREADS: '3',
      SUPERCONTEXT_ENGINE_SLOTS: '5',
      SUPERCONTEXT_ENGINE_KV_MIB: '77',
      SUPERCONTEXT_ENGINE_QUEUE: '0',
    });
    expect(config).toMatchObject({
      contextUrl: 'http://elsewhere:1/graphql',
      model: 'extractive',
      modelPath: import.meta.filename,
      cacheHome: '/cache',
      provider: 'cuda',
      threads: 3,
      slots: 5,
      kvMebibytes: 77,
      queueLimit: 0,
    });
  });

  it('name every fault at once', () => {
    expect(() => readReasoningConfig({ SUPERCONTEXT_PROVIDER: 'tpu', SUPERCONTEXT_ENGINE_SLOTS: '0' })).toThrow(
      /SIGNING_KEY[\s\S]*PROVIDER="tpu"[\s\S]*SLOTS="0"/,
    );
  });
});
