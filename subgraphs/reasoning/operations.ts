import { ConfigError } from '@supercontext/runtime/config.ts';
import { copySessions } from '@supercontext/runtime/copy-sessions.ts';
import type { Operations } from '@supercontext/runtime/process/run-main.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { ReasoningConfig } from './config.ts';
import { EmbeddedEventLog } from './events/embedded.ts';
import { RedisEventLog } from './events/redis-event-log.ts';

/** A file of the form that this stage keeps, and the sessions in question. */
interface InFile {
  readonly path: string;
  readonly sessions: readonly string[];
}

interface Export extends InFile {
  /** Whether sessions that are damaged keep nothing else from being copied. */
  readonly withoutDamaged?: boolean;
}

/** For the operator: the generations that are in Redis, out to a file and in from one. */
export const OPERATIONS: Operations<ReasoningConfig> = {
  /** Those of which there is something damaged. */
  export: (config: ReasoningConfig, { path, sessions, withoutDamaged: isLenient = false }: Export) =>
    withLog(config, {}, (log) =>
      inFile(path, (file) => {
        const copy = (id: string) => file.importSession(id, log.exportSession(id));
        return copySessions(sessions, { isLenient, idOf: (id) => id, copy, drop: (id) => file.erase(id) });
      }),
    ),

  /** Takes in the generations of these sessions, and which of all are to be erased: how many generations were not there before. */
  import: (config: ReasoningConfig, { path, sessions }: InFile) =>
    withLog(config, { isRestoring: true }, (log) =>
      inFile(path, async (file) => {
        let generations = 0;
        for (const id of sessions) generations += await log.importSession(id, file.exportSession(id));
        for (const id of await file.erasures()) await log.noteErasure(id);
        return { generations };
      }),
    ),

  /** Takes sessions out of a file. */
  forget: (_config: ReasoningConfig, { path, sessions }: InFile) =>
    inFile(path, async (file) => {
      for (const id of sessions) await file.erase(id);
    }),

  /** Sessions that are to be erased. */
  erasures: (config: ReasoningConfig) => withLog(config, {}, async (log) => log.erasures()),
};

async function withLog<Result>(
  { redis: settings }: Pick<ReasoningConfig, 'redis'>,
  options: { readonly isRestoring?: boolean },
  work: (log: RedisEventLog) => Promise<Result>,
): Promise<Result> {
  if (settings === null) throw new ConfigError(['SUPERCONTEXT_REDIS is not set: this is about state in Redis']);
  await using parts = new AsyncDisposableStack();
  const redis = await openRedis(settings, { tenantKey: null, ...options });
  parts.defer(() => redis.close());
  const log = await RedisEventLog.open({ redis });
  parts.defer(() => log.close());
  return await work(log);
}

async function inFile<Result>(path: string, work: (file: EmbeddedEventLog) => Promise<Result>): Promise<Result> {
  const file = new EmbeddedEventLog(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
