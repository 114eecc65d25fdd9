import { join } from 'node:path';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { ContextConfig } from '../config.ts';
import { openSessionLog } from './embedded.ts';
import { RedisSessionLog } from './redis-log.ts';
import type { SessionLog } from './session-log.ts';

/**
 * The session log where the settings say that state is kept: in Redis when one is named, and never elsewhere then; else in a file of
 * the data folder, which this process owns.
 * @throws ConfigError, ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT, STORAGE_FULL
 */
export async function openLog(
  { redis, dataFolder }: Pick<ContextConfig, 'redis' | 'dataFolder'>,
  logger: Logger,
): Promise<SessionLog> {
  if (redis === null) return openSessionLog(join(dataFolder, 'context', 'log.sqlite'));
  const report = (relisted: number) =>
    logger.warn({ sessions: relisted }, 'sessions were in some list no more, as when Redis lost keys; they are again');
  const log = new RedisSessionLog(await openRedis(redis, { tenantKey: null }), report);
  log.relistSoon();
  return log;
}
