import type { SubgraphClient, TypedDocument } from '@supercontext/runtime/call/call-subgraph.ts';
import { BackupFault } from './manifest.ts';

/** Erasures go on so long after a backup that was killed. */
const LEASE_SECONDS = 20;
const RENEW_EVERY_MS = 4_000;
/** An erasure that is under way ends first: the store looks through the logs of all sessions. */
const FIRST_DEADLINE_MS = 100_000;

const HOLD =
  'mutation ($lease: ID, $seconds: Int!) { lease: holdErasures(lease: $lease, seconds: $seconds) }' as unknown as TypedDocument<
    { readonly lease: string | null },
    { readonly lease: string | null; readonly seconds: number }
  >;

/**
 * Does `work` while all erasures wait: a lease of the reasoning stage, which starts them, renewed until `work` is done.
 * @throws BackupFault when erasures may have gone on meanwhile, as after a restart of that stage; what `work` and the stage throw
 */
export async function whileErasuresWait<Result>(
  reasoning: SubgraphClient,
  work: () => Promise<Result>,
): Promise<Result> {
  const first = await reasoning.call(HOLD, { lease: null, seconds: LEASE_SECONDS }, { deadlineMs: FIRST_DEADLINE_MS });
  const renew = async (seconds: number): Promise<boolean> => {
    const { lease } = await reasoning.call(HOLD, { lease: first.lease, seconds }, { deadlineMs: RENEW_EVERY_MS });
    return lease !== null;
  };
  let renewing: Promise<unknown> = Promise.resolve();
  // One that is not answered is made up for by the next; a lease that has ended meanwhile stays ended.
  const timer = setInterval(() => {
    renewing = renew(LEASE_SECONDS).catch(() => {});
  }, RENEW_EVERY_MS);
  let wasHeld = false;
  let result: Result;
  try {
    result = await work();
  } finally {
    clearInterval(timer);
    // A renewal that overtakes the end would begin the lease's time anew.
    await renewing;
    wasHeld = await renew(0).catch(() => false);
  }
  if (wasHeld) return result;
  throw new BackupFault(['the reasoning stage was away while the backup was made and may have erased: make it again']);
}
