import { join } from 'node:path';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import { reportDamage } from '@supercontext/runtime/sqlite/derived.ts';
import type { CompressionConfig } from './config.ts';
import { openJobQueue } from './jobs/embedded.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { openRedisJobQueue } from './jobs/redis-jobs.ts';
import { openSummaryStore } from './summaries/embedded.ts';
import { RedisSummaryStore } from './summaries/redis-summaries.ts';
import type { SummaryStore } from './summaries/summary-store.ts';

export interface Stores {
  readonly summaries: SummaryStore;
  readonly queue: JobQueue;
}

/**
 * Opens the summaries and the jobs: in Redis where the settings name one, else in the files of the stage's folder. Never in the
 * one for want of the other. `parts` closes them.
 * @throws ConfigError, ContractError STORAGE_UNAVAILABLE
 */
export async function openStores(
  config: Pick<CompressionConfig, 'dataFolder' | 'maximumAttempts' | 'redis'> & { readonly log: Logger },
  parts: AsyncDisposableStack,
): Promise<Stores> {
  const { maximumAttempts, log } = config;
  if (config.redis !== null) {
    const redis = await openRedis(config.redis, { tenantKey: null });
    parts.defer(() => redis.close());
    const onDamaged = (what: string, fault: unknown) =>
      log.error({ err: fault, what }, 'what is damaged in Redis was given up; it is made again');
    const summaries = new RedisSummaryStore({ redis, onDamaged });
    return { summaries, queue: await openRedisJobQueue({ redis, maximumAttempts, onDamaged }) };
  }
  const folder = join(config.dataFolder, 'compression');
  const onDamaged = reportDamage(log);
  const summaries = openSummaryStore({ path: join(folder, 'summaries.sqlite'), onDamaged });
  parts.defer(() => summaries.close());
  const queue = openJobQueue({ path: join(folder, 'jobs.sqlite'), maximumAttempts, onDamaged });
  parts.defer(() => queue.close());
  return { summaries, queue };
}
