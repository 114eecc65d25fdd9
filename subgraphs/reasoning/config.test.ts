import { readFileSync } from 'node:fs';
import { commonSettings } from '@supercontext/runtime/common-settings.ts';
import { describe, expect, it } from 'vitest';
import { readReasoningConfig, SETTINGS } from './config.ts';

const KEY = { SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) };

describe('the settings of the reasoning stage', () => {
  it('are all in the README, with the words of the table', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8').replaceAll('`', '');
    const shared = new Set(Object.keys(commonSettings('reasoning')));
    const missing = Object.entries(SETTINGS)
      .filter(([key]) => !shared.has(key))
      .filter(([, { variable, meaning }]) => !readme.includes(variable) || !readme.includes(meaning))
      .map(([, { variable }]) => variable);
    expect(missing).toEqual([]);
  });

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
