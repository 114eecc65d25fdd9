import type { LogReplica, StoreStage } from './calls/store.ts';
import type { SessionLog } from './log/session-log.ts';

/** Whether the store's copy is what the log begins with. */
export async function isCopyOf(
  log: SessionLog,
  sessionId: string,
  copy: Pick<LogReplica, 'knownThrough' | 'digest'>,
): Promise<boolean> {
  return (await log.digest(sessionId, copy.knownThrough)) === copy.digest;
}

/**
 * The last position through which log and copy are the same; -1 when they differ from the first entry on. Asks the store
 * some digests at a time: about the logarithm of the copy's length.
 * @throws ContractError of log and store
 */
export async function commonThrough(
  log: SessionLog,
  store: StoreStage,
  sessionId: string,
  { knownThrough, lastPosition }: { readonly knownThrough: number; readonly lastPosition: number },
): Promise<number> {
  let same = -1;
  let other = Math.min(knownThrough, lastPosition) + 1;
  while (same + 1 < other) {
    const positions = between(same, other);
    const copies = await store.digests(sessionId, positions);
    for (const [at, position] of positions.entries()) {
      const digest = await log.digest(sessionId, position);
      if (digest === null || digest !== copies[at]) {
        other = position;
        break;
      }
      same = position;
    }
  }
  return same;
}

const PROBES = 16;

/** Positions spread over what lies between two, the last one before `other` among them; ascending. */
function between(same: number, other: number): number[] {
  const count = other - 1 - same;
  const probes = Math.min(PROBES, count);
  return Array.from({ length: probes }, (_, at) => same + Math.ceil((count * (at + 1)) / probes));
}
