import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { PRIVATE_FILE_MODE, privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';

const KEY_BYTES = 32;

const REMEDY = 'restore it from a backup: without it every fragment is unreadable';

/**
 * The key that fragments are named with: the configured one, or the one kept in `path`, which is made at the first start
 * (readable by the owner alone). Losing it makes every stored fragment unreadable, so it is written whole and flushed
 * before it is used. Two processes that start at once end with one key.
 * @param fragmentsPath What is written with the key: where that is there, the key was, and no other one is made.
 * @throws ContractError STORAGE_CORRUPT when the file does not hold a key or is gone, STORAGE_UNAVAILABLE when it cannot be read
 */
export function tenantKey(configured: string | null, path: string, fragmentsPath: string): Buffer {
  if (configured !== null) return tenantKeyBytes(configured);
  const kept = readKey(path);
  if (kept !== null) return kept;
  if (existsSync(fragmentsPath)) {
    const also = 'or set SUPERCONTEXT_TENANT_KEY where it was set before';
    throw corrupt(path, `${path}, the tenant key of ${basename(fragmentsPath)}, is missing; ${REMEDY}; ${also}`);
  }
  privateFolder(dirname(path));
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', PRIVATE_FILE_MODE);
  writeSync(file, randomBytes(KEY_BYTES).toString('hex'));
  fsyncSync(file);
  closeSync(file);
  try {
    // A link, unlike a rename, never replaces the key another process has just made.
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const made = readKey(path);
  if (made === null) throw new Error(`the tenant key cannot be kept in ${path}`);
  return made;
}

function readKey(path: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    // No such thing was made here.
    if (isCode(error, 'EISDIR')) throw corrupt(path, `${path} is a folder, not the tenant key; ${REMEDY}`);
    const why = error instanceof Error ? error.message : String(error);
    const details = { file: basename(path) };
    throw new ContractError('STORAGE_UNAVAILABLE', `${path}, the tenant key, cannot be read: ${why}`, details, error);
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw corrupt(path, `${path} does not hold the tenant key; ${REMEDY}`);
  return Buffer.from(text, 'hex');
}

function corrupt(path: string, message: string): ContractError {
  return new ContractError('STORAGE_CORRUPT', message, { file: basename(path) });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
