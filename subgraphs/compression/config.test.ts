import { describe, expect, it } from 'vitest';
import { readCompressionConfig } from './config.ts';

const KEY = { SUPERCONTEXT_SIGNING_KEY: 'c'.repeat(32) };

describe('the configuration', () => {
  it('needs nothing but the signing key', () => {
    expect(readCompressionConfig(KEY)).toMatchObject({ port: 4003, threads: 1, pauseMs: 2, sweepMs: 60_000 });
  });

  it('names every fault at once', () => {
    const env = {
      SUPERCONTEXT_COMPRESSION_THREADS: '0',
      SUPERCONTEXT_STORE_URL: 'store',
      SUPERCONTEXT_COMPRESSION_SWEEP_MS: 'x',
    };
    expect(() => readCompressionConfig(env)).toThrow(
      expect.objectContaining({
        faults: [
          expect.stringContaining('SUPERCONTEXT_SIGNING_KEY'),
          expect.stringContaining('SUPERCONTEXT_STORE_URL'),
          expect.stringContaining('SUPERCONTEXT_COMPRESSION_THREADS'),
          expect.stringContaining('SUPERCONTEXT_COMPRESSION_SWEEP_MS'),
        ],
      }),
    );
  });
});
