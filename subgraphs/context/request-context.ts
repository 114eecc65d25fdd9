import { readAlone } from '@supercontext/runtime/read-alone.ts';
import type { StageContext } from '@supercontext/runtime/stage.ts';
import DataLoader from 'dataloader';
import type { SessionLog, SessionRecord, TurnRecord } from './log/session-log.ts';
import type { ContextState } from './state.ts';

/** Collects what an operation asks for in one tick and reads it at once; identical ids once. */
export interface Loaders {
  readonly sessions: DataLoader<string, SessionRecord | null>;
  readonly turns: DataLoader<TurnKey, TurnRecord | null, string>;
}

export interface TurnKey {
  readonly sessionId: string;
  readonly index: number;
}

export interface RequestContext extends StageContext {
  readonly state: ContextState;
  readonly loaders: Loaders;
}

const IDS_A_READ = 512;

/** Made once per operation. */
export function loadersOf(log: SessionLog): Loaders {
  return {
    sessions: new DataLoader((ids: readonly string[]) => readAlone(ids, (some) => log.sessions(some)), {
      maxBatchSize: IDS_A_READ,
    }),
    turns: new DataLoader((keys: readonly TurnKey[]) => readAlone(keys, (some) => readTurns(log, some)), {
      maxBatchSize: IDS_A_READ,
      cacheKeyFn: ({ sessionId, index }) => `${sessionId} ${index}`,
    }),
  };
}

async function readTurns(log: SessionLog, keys: readonly TurnKey[]): Promise<(TurnRecord | null)[]> {
  return Promise.all(
    keys.map(async ({ sessionId, index }) => {
      const [turn] = await log.turns(sessionId, index, 1);
      return turn?.index === index ? turn : null;
    }),
  );
}
