import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tenantKey } from './tenant-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the tenant key', () => {
  it('is made once, for the owner alone, and found again', () => {
    const path = join(folder, 'new', 'tenant.key');
    const made = tenantKey(null, path);
    expect(made).toHaveLength(32);
    expect(tenantKey(null, path)).toEqual(made);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'new'))).toEqual(['tenant.key']);
  });

  it('is the configured one when there is one', () => {
    const path = join(folder, 'tenant.key');
    expect(tenantKey('x'.repeat(32), path).toString()).toBe('x'.repeat(32));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is never replaced when its file is damaged', () => {
    const path = join(folder, 'tenant.key');
    writeFileSync(path, 'half a k');
    expect(() => tenantKey(null, path)).toThrow('does not hold a tenant key');
  });
});
