import {
  boundsOf,
  encodeCursor,
  type PageArguments,
  type PageInfo,
  pageInfoOf,
  pageRequest,
  stretchWithin,
} from '@supercontext/runtime/serve/connections.ts';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { formatFragmentId } from './fragment-id.ts';
import type { FragmentStore, LogEntry } from './fragments/fragment-store.ts';
import { compareLog, type SessionReference, storeBehind } from './log-gap.ts';

export const PAGE_SIZES = { standard: 50, most: 512 };

/** An edge whose fragment is still to be read, together with those of its neighbours. */
export interface FragmentEdgeNode {
  readonly cursor: string;
  readonly position: number;
  readonly fragmentId: string;
}

export interface FragmentPage {
  readonly edges: FragmentEdgeNode[];
  readonly pageInfo: PageInfo;
}

/**
 * One page of a session's log, in order, without what is withdrawn. A session nothing is known of has an empty one. A page that reaches into what the
 * store has yet to be told is refused, one before that is served.
 * @throws ContractError INPUT_INVALID, CURSOR_UNKNOWN, STORE_BEHIND naming the gap, STORAGE_UNAVAILABLE
 */
export async function listFragments(
  fragments: FragmentStore,
  session: SessionReference,
  page: PageArguments,
): Promise<FragmentPage> {
  const list = `fragments ${session.id}`;
  const request = pageRequest(list, page, PAGE_SIZES);
  const { lastPosition, gap } = await compareLog(fragments, session);
  const withdrawn = await fragments.withdrawn(session.id);
  const count = lastPosition + 1 - withdrawn.countBefore(lastPosition + 1);
  // A cursor names a position, which never moves: what it was given for may have been withdrawn since.
  const { after, before } = boundsOf(request, lastPosition + 1);
  const bounds = {
    after: after === null ? null : after - withdrawn.countBefore(after + 1),
    before: before === null ? null : before - withdrawn.countBefore(before),
  };
  const places = stretchWithin(request, bounds, count);
  if (gap !== null && reaches(places, withdrawn, gap)) throw storeBehind(gap);
  const listed = await readPlaces(fragments, session.id, withdrawn, places);
  const edges = listed.map(({ position, hash }) => ({
    cursor: encodeCursor(list, position),
    position,
    fragmentId: formatFragmentId(session.id, hash),
  }));
  return { edges, pageInfo: pageInfoOf(edges, places, count) };
}

function reaches({ from, through }: Stretch, withdrawn: Withdrawn, gap: Stretch): boolean {
  return through >= from && withdrawn.positionAt(through) >= Math.max(withdrawn.positionAt(from), gap.from);
}

/** The entries at these places, when those withdrawn are left out. */
async function readPlaces(
  fragments: FragmentStore,
  sessionId: string,
  withdrawn: Withdrawn,
  { from, through }: Stretch,
): Promise<readonly LogEntry[]> {
  if (through < from) return [];
  const positions = Array.from({ length: through - from + 1 }, (_, at) => withdrawn.positionAt(from + at));
  return fragments.entriesAt(sessionId, positions);
}
