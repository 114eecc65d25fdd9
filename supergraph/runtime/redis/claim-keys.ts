import { createHmac } from 'node:crypto';
import { ConfigError } from '../config.ts';
import { openValue, sealValue } from './checked-value.ts';
import { command } from './command.ts';
import type { Reply } from './node-connection.ts';
import type { RedisClient } from './redis-client.ts';

/** The form of all keys and values together: a program reads that of its own version alone. */
export const DATA_VERSION = 1;

const VERSION_KEY = 'sc:{meta}:version';
const TENANT_KEY = 'sc:{meta}:tenant';

/** There while a backup is taken in, and after that was interrupted: nobody is to take half of it for all. */
export const RESTORING_KEY = 'sc:{meta}:restoring';

export interface ClaimOptions {
  readonly tenantKey: Uint8Array | null;
  readonly isRestoring?: boolean;
}

/**
 * Whether the keys of this Redis are of this program's version, and of this tenant: a Redis that has none yet is theirs from now on.
 * @param options.tenantKey of a stage that names things by it; null for one that does not
 * @param options.isRestoring for who takes a backup in
 * @throws ConfigError for keys of another version or tenant; ContractError STORAGE_CORRUPT, STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export async function claimKeys(redis: RedisClient, { tenantKey, isRestoring = false }: ClaimOptions): Promise<void> {
  const version = await firstValue(redis, VERSION_KEY, String(DATA_VERSION));
  if (version !== String(DATA_VERSION)) {
    throw new ConfigError([
      `SUPERCONTEXT_REDIS and what it names: its keys are of version ${version}, this program knows ${DATA_VERSION}: start the ` +
        'version that wrote them, or name a Redis without keys',
    ]);
  }
  if (!isRestoring && (await redis.readOne('EXISTS', RESTORING_KEY)) === 1) {
    throw new ConfigError([
      'SUPERCONTEXT_REDIS and what it names: a backup is being restored into it, or that was interrupted: wait, or repeat ' +
        '`npm run backup -- restore`',
    ]);
  }
  if (tenantKey === null) return;
  const own = createHmac('sha256', tenantKey).update('supercontext tenant').digest('hex');
  if ((await firstValue(redis, TENANT_KEY, own)) === own) return;
  throw new ConfigError([
    'SUPERCONTEXT_TENANT_KEY and SUPERCONTEXT_REDIS: the keys there are of a tenant with another key: set that one, or name a ' +
      'Redis without keys',
  ]);
}

/** What stands at a key, which is `value` where nothing did. */
async function firstValue(redis: RedisClient, key: string, value: string): Promise<string> {
  const replies = await redis.write([
    command('SET', key, sealValue(key, Buffer.from(value)), 'NX'),
    command('GET', key),
  ]);
  return openValue(key, replies[1] as Reply as Buffer).toString();
}
