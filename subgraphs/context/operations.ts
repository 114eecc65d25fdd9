import { ContractError } from '@supercontext/contract';
import { ConfigError } from '@supercontext/runtime/config.ts';
import { copySessions } from '@supercontext/runtime/copy-sessions.ts';
import type { Operations } from '@supercontext/runtime/process/run-main.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { ContextConfig } from './config.ts';
import { openSessionLog } from './log/embedded.ts';
import { RedisSessionLog } from './log/redis-log.ts';
import { sessionKey } from './log/redis-session.ts';
import type { SessionLog, SessionPlace } from './log/session-log.ts';

/** Sessions listed at once. */
const PAGE_SESSIONS = 200;

/** A file of the form that this stage keeps, and the sessions in question. */
interface InFile {
  readonly path: string;
  readonly sessions: readonly string[];
}

/** Whether sessions that are damaged keep nothing else from being copied. */
interface Leniency {
  readonly withoutDamaged?: boolean;
}

/** For the operator: the sessions that are in Redis, out to a file and in from one. */
export const OPERATIONS: Operations<ContextConfig> = {
  /** The ids of all, the newest first; `withoutDamaged` also those of which it is yet to be seen whether they are whole. */
  sessions: (config: ContextConfig, { withoutDamaged = false }: Leniency) =>
    withLog(config, {}, async ({ log }) => {
      if (withoutDamaged) return log.allIds();
      const { ids } = await log.relist();
      const listed = await allSessions(log);
      const unlisted = new Set(ids).difference(new Set(listed));
      // One that is damaged and in no list says so here.
      for (const id of unlisted) await log.sessions([id]);
      return listed;
    }),

  /** Copies sessions to a new file, each as it is at one moment; those that are gone meanwhile are left out. Which are damaged. */
  export: (config: ContextConfig, { path, sessions, withoutDamaged = false }: InFile & Leniency) =>
    withLog(config, {}, async ({ log }) => {
      const file = openSessionLog(path);
      const copy = (id: string) =>
        file.importSession(log.exportSession(id)).catch((error: unknown) => {
          if (!(error instanceof ContractError) || error.code !== 'SESSION_NOT_FOUND') throw error;
        });
      try {
        const drop = (id: string) => file.erase(id);
        const damaged = await copySessions(sessions, { isLenient: withoutDamaged, idOf: (id) => id, copy, drop });
        await file.givePlacesAfter(await log.lastPlace());
        return damaged;
      } finally {
        await file.close();
      }
    }),

  /** Takes in all sessions of a file: how many there are. */
  import: (config: ContextConfig, { path }: Omit<InFile, 'sessions'>) =>
    withLog(config, { isRestoring: true }, async ({ log }) => {
      const file = openSessionLog(path);
      try {
        const ids = await allSessions(file);
        for (const id of ids) await log.importSession(file.exportSession(id));
        await log.givePlacesAfter(await file.lastPlace());
        return { sessions: ids.length };
      } finally {
        await file.close();
      }
    }),

  /** Takes sessions out of a file. */
  forget: async (_config: ContextConfig, { path, sessions }: InFile) => {
    const file = openSessionLog(path);
    try {
      for (const id of sessions) await file.erase(id);
    } finally {
      await file.close();
    }
  },

  /** Which master has a session's log, and how long that is; null when there is no such session. */
  where: (config: ContextConfig, { session }: { readonly session: string }) =>
    withLog(config, {}, async ({ log, masterOf }) => {
      const [record] = await log.sessions([session]);
      if (record == null) return null;
      return { shard: masterOf(sessionKey(session)), entries: record.fragments, tokens: record.tokens };
    }),
};

interface Opened {
  readonly log: RedisSessionLog;
  readonly masterOf: (key: string) => string | null;
}

async function withLog<Result>(
  { redis: settings }: Pick<ContextConfig, 'redis'>,
  options: { readonly isRestoring?: boolean },
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  if (settings === null) throw new ConfigError(['SUPERCONTEXT_REDIS is not set: this is about state in Redis']);
  const redis = await openRedis(settings, { tenantKey: null, ...options });
  const log = new RedisSessionLog(redis);
  try {
    return await work({ log, masterOf: (key) => redis.masterOf(key) });
  } finally {
    await log.close();
  }
}

/** @throws ContractError STORAGE_CORRUPT for one that is damaged: none is left out in silence */
async function allSessions(log: SessionLog): Promise<string[]> {
  const ids: string[] = [];
  const about = { orderBy: 'creation', fromEnd: false, before: null, archived: null, titleContains: null } as const;
  for (let after: SessionPlace | null = null; ; ) {
    const page = await log.list({ ...about, size: PAGE_SESSIONS, after });
    for (const { session } of page) {
      if (session instanceof ContractError) throw session;
      ids.push(session.id);
    }
    after = page.at(-1) ?? null;
    if (after === null) return ids;
  }
}
