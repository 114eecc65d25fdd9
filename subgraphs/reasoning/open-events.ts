import { join } from 'node:path';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { ReasoningConfig } from './config.ts';
import type { AnswerOutbox } from './events/answer-outbox.ts';
import { EmbeddedEventLog } from './events/embedded.ts';
import type { EventLog } from './events/event-log.ts';
import { RedisEventLog } from './events/redis-event-log.ts';
import type { AnswerRecorder } from './record-answer.ts';

/** How soon what a process has left that is gone is seen to by another one, once it is known to be gone. */
const LOOK_MS = 5_000;

/**
 * Opens the log of generations: in Redis where the settings name one, else in the file of the stage's folder. Never in the one for
 * want of the other. What was left running by processes that are gone is ended. `parts` closes it.
 * @throws ConfigError, ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT
 */
export async function openEvents(
  { dataFolder, redis: settings, log }: Pick<ReasoningConfig, 'dataFolder' | 'redis'> & { readonly log: Logger },
  parts: AsyncDisposableStack,
): Promise<EventLog & AnswerOutbox> {
  let events: EventLog & AnswerOutbox & { close(): Promise<void> };
  if (settings === null) events = new EmbeddedEventLog(join(dataFolder, 'reasoning', 'generations.sqlite'));
  else {
    const redis = await openRedis(settings, { tenantKey: null });
    parts.defer(() => redis.close());
    events = await RedisEventLog.open({ redis });
  }
  parts.defer(() => events.close());
  await failOrphans(events, log);
  return events;
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
