import { describe, expect, it } from 'vitest';
import { indexBudgetBytes, readStoreConfig } from './config.ts';

const required = { SUPERCONTEXT_SIGNING_KEY: 's'.repeat(32) };

describe('the configuration of the store', () => {
  it('has a default for all but the signing key', () => {
    expect(() => readStoreConfig({})).toThrow('SUPERCONTEXT_SIGNING_KEY');
    expect(readStoreConfig(required)).toMatchObject({ port: 4002, tenantKey: null, segmentFragments: 1_024 });
  });

  it('takes each of its settings', () => {
    const config = readStoreConfig({
      ...required,
      SUPERCONTEXT_TENANT_KEY: 't'.repeat(40),
      SUPERCONTEXT_STORE_INDEX_MIB: '3',
      SUPERCONTEXT_STORE_SEGMENT_FRAGMENTS: '64',
    });
    expect(config.tenantKey).toBe('t'.repeat(40));
    expect(indexBudgetBytes(config)).toBe(3 * 1024 * 1024);
    expect(config.segmentFragments).toBe(64);
  });

  it('names every fault at once and hides secrets', () => {
    const faulty = () =>
      readStoreConfig({ ...required, SUPERCONTEXT_TENANT_KEY: 'short', SUPERCONTEXT_STORE_INDEX_MIB: '0' });
    expect(faulty).toThrow(/SUPERCONTEXT_TENANT_KEY=\(hidden\).*SUPERCONTEXT_STORE_INDEX_MIB="0"/);
  });
});
