import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tenantKey } from './tenant-key.ts';

let folder: string;
let path: string;
let fragmentsPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-key-'));
  path = join(folder, 'tenant.key');
  fragmentsPath = join(folder, 'fragments.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (code: string) => expect.objectContaining({ code, message: expect.stringContaining(path) });
const corrupt = () =>
  expect.objectContaining({
    code: 'STORAGE_CORRUPT',
    message: expect.stringMatching(/tenant\.key.*; restore it from a backup/),
    details: { file: 'tenant.key' },
  });

describe('the tenant key', () => {
  it('is made once, for the owner alone, and found again', () => {
    const deep = join(folder, 'new', 'tenant.key');
    const made = tenantKey(null, deep, fragmentsPath);
    expect(made).toHaveLength(32);
    writeFileSync(fragmentsPath, 'written with it');
    expect(tenantKey(null, deep, fragmentsPath)).toEqual(made);
    expect(statSync(deep).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'new'))).toEqual(['tenant.key']);
  });

  it('is the configured one when there is one', () => {
    expect(tenantKey('x'.repeat(32), path, fragmentsPath).toString()).toBe('x'.repeat(32));
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['half a k', '', 'a'.repeat(32), 'g'.repeat(64), `${'a'.repeat(64)}\n`, '\0'.repeat(64)])(
    'is named, and never replaced, when its file holds %j',
    (text) => {
      writeFileSync(path, text);
      expect(() => tenantKey(null, path, fragmentsPath)).toThrow(corrupt());
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('is named when a folder is where its file should be', () => {
    mkdirSync(path);
    expect(() => tenantKey(null, path, fragmentsPath)).toThrow(corrupt());
  });

  it('is not made anew beside fragments that were written with another', () => {
    writeFileSync(fragmentsPath, 'written with it');
    expect(() => tenantKey(null, path, fragmentsPath)).toThrow(corrupt());
    expect(readdirSync(folder)).toEqual(['fragments.sqlite']);
  });

  it.skipIf(process.getuid?.() === 0)('is named when its file may not be read (root may read all)', () => {
    writeFileSync(path, 'a'.repeat(64));
    chmodSync(path, 0o000);
    expect(() => tenantKey(null, path, fragmentsPath)).toThrow(named('STORAGE_UNAVAILABLE'));
  });

  it('is named when its path cannot be followed', () => {
    symlinkSync('tenant.key', path);
    expect(() => tenantKey(null, path, fragmentsPath)).toThrow(named('STORAGE_UNAVAILABLE'));
  });
});
