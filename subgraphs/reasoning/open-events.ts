import { join } from 'node:path';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { ReasoningConfig } from './config.ts';
import type { ErasureHolds } from './erasure-holds.ts';
import type { AnswerOutbox } from './events/answer-outbox.ts';
import { EmbeddedEventLog } from './events/embedded.ts';
import type { EventLog } from './events/event-log.ts';
import { RedisEventLog } from './events/redis-event-log.ts';
import { LocalErasureHolds } from './local-erasure-holds.ts';
import type { AnswerRecorder } from './record-answer.ts';
import { RedisErasureHolds } from './redis-erasure-holds.ts';

/** How soon what a process has left that is gone is seen to by another one, once it is known to be gone. */
const LOOK_MS = 5_000;

export interface OpenedEvents {
  readonly events: EventLog & AnswerOutbox;
  readonly holds: ErasureHolds;
}

/**
 * Opens the log of generations: in Redis where the settings name one, else in the file of the stage's folder. Never in the one for
 * want of the other. What was left running by processes that are gone is ended. `parts` closes it.
 * @throws ConfigError, ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT
 */
export async function openEvents(
  { dataFolder, redis: settings, log }: Pick<ReasoningConfig, 'dataFolder' | 'redis'> & { readonly log: Logger },
  parts: AsyncDisposableStack,
): Promise<OpenedEvents> {
  let opened: OpenedEvents & { readonly events: { close(): Promise<void> } };
  if (settings === null) {
    const events = new EmbeddedEventLog(join(dataFolder, 'reasoning', 'generations.sqlite'));
    opened = { events, holds: new LocalErasureHolds() };
  } else {
    const redis = await openRedis(settings, { tenantKey: null });
    parts.defer(() => redis.close());
    opened = { events: await RedisEventLog.open({ redis }), holds: new RedisErasureHolds(redis) };
  }
  parts.defer(() => opened.events.close());
  await failOrphans(opened.events, log);
  return opened;
}

/** Sees, now and then, to what other processes have left that are gone: generations without an end, answers not recorded. */
export function watchOthers(
  { events, answers, log }: { readonly events: EventLog; readonly answers: AnswerRecorder; readonly log: Logger },
  parts: AsyncDisposableStack,
): void {
  const look = async () => {
    // Whoever needs Redis says that it is away.
    await failOrphans(events, log).catch((err: unknown) => log.debug({ err }, 'cannot look for what was left running'));
    answers.retry();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  parts.defer(() => clearInterval(timer));
}

async function failOrphans(events: EventLog, log: Logger): Promise<void> {
  const orphans = await events.failOrphans();
  if (orphans > 0) log.warn({ orphans }, 'generations of a process that is gone ended as failed');
}
