import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it.each(['half a k', '', 'g'.repeat(64), `${'a'.repeat(64)}\n`])(
    'is named, and never replaced, when its file holds %j',
    (text) => {
      const path = join(folder, 'tenant.key');
      writeFileSync(path, text);
      expect(() => tenantKey(null, path)).toThrow(
        expect.objectContaining({ code: 'STORAGE_CORRUPT', message: expect.stringContaining(path) }),
      );
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('is named when its file cannot be read', () => {
    mkdirSync(join(folder, 'tenant.key'));
    expect(() => tenantKey(null, join(folder, 'tenant.key'))).toThrow(
      expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }),
    );
  });
});
