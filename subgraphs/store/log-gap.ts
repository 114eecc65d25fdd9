import { ContractError } from '@supercontext/contract';
import { isLater } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';

/** A session as a caller names it, with what the context stage says of its log where the graph asked for that. */
export interface SessionReference {
  readonly id: string;
  readonly logLength?: number;
  readonly logDigest?: string;
  readonly withdrawnDigest?: string;
}

/** A stretch of a log, both ends included. */
export interface LogGap {
  readonly from: number;
  readonly through: number;
}

/** How the store's copy of a log stands to the log. */
export interface LogComparison {
  /** Last position that is to be shown: the copy may be longer than the log. */
  readonly lastPosition: number;
  /** What of the log the copy lacks; null when nothing. */
  readonly gap: LogGap | null;
}

/**
 * Compares the store's copy of a log with the log as the context stage told it: by length, and by digest where the copy is
 * long enough, and by what is withdrawn. A copy that differs somewhere lacks everything, since the place is not known. Without a word of the context
 * stage the copy is taken for the log.
 */
export async function compareLog(
  fragments: FragmentStore,
  { id, logLength, logDigest, withdrawnDigest }: SessionReference,
): Promise<LogComparison> {
  const known = await fragments.known(id);
  const { knownThrough } = known;
  if (logLength === undefined) return { lastPosition: knownThrough, gap: null };
  // What is withdrawn is known as it has become since: so is the log, of which the caller would else see neither version.
  const isAhead = withdrawnDigest !== undefined && isLater(known.withdrawnDigest, withdrawnDigest);
  const lastPosition = isAhead ? Math.max(knownThrough, logLength - 1) : logLength - 1;
  if (knownThrough < lastPosition) return { lastPosition, gap: { from: knownThrough + 1, through: lastPosition } };
  const isLog = logDigest === undefined || (await fragments.digest(id, logLength - 1)) === logDigest;
  const isSame = isLog && (withdrawnDigest === undefined || isUpTo(known.withdrawnDigest, withdrawnDigest));
  return { lastPosition, gap: isSame ? null : { from: 0, through: lastPosition } };
}

/** Whether what is withdrawn is known as it was when the graph asked, or as it is since. */
function isUpTo(known: string, asked: string): boolean {
  return known === asked || isLater(known, asked);
}

/** That what was asked for lies in the gap. */
export function storeBehind({ from, through }: LogGap): ContractError {
  return new ContractError('STORE_BEHIND', `the store has yet to be told positions ${from} to ${through} of the log`, {
    from,
    through,
  });
}
