import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClosed } from '@supercontext/runtime/sqlite/copy.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import { BackupFault } from './manifest.ts';
import { STATES } from './states.ts';

/**
 * The key that the fragments of a backup are named with.
 * @param tenantKey The operator's, where the store does not keep one in its folder.
 * @throws BackupFault where there is none, or it is another: with that no fragment would be what it is named for
 */
export function tenantKeyOf(folder: string, tenantKey: string | null): Buffer {
  const key = keyOf(folder, tenantKey);
  const [found] = readClosed(join(folder, STATES.fragments), (rows) => [
    ...rows("SELECT value FROM meta WHERE name = 'tenant-key-check'"),
  ]);
  const own = createHmac('sha256', key).update('tenant key check').digest();
  if (found === undefined || own.equals(found.value as Uint8Array)) return key;
  const kept = join(folder, STATES.tenantKey);
  const which = existsSync(kept)
    ? `hex:$(cat ${kept}), the key that was copied with them`
    : 'the one of the platform that was copied';
  throw new BackupFault([
    `SUPERCONTEXT_TENANT_KEY: the fragments of this backup are named with another key: set it to ${which}`,
  ]);
}

function keyOf(folder: string, tenantKey: string | null): Buffer {
  if (tenantKey !== null) return tenantKeyBytes(tenantKey);
  const path = join(folder, STATES.tenantKey);
  if (existsSync(path)) return Buffer.from(readFileSync(path, 'utf8'), 'hex');
  throw new BackupFault([`${STATES.tenantKey}: the backup has none; name the key in SUPERCONTEXT_TENANT_KEY`]);
}
