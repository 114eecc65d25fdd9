import {
  encodeCursor,
  type PageArguments,
  type PageInfo,
  pageInfoOf,
  pageRequest,
  stretchOf,
} from '@supercontext/runtime/serve/connections.ts';
import { formatFragmentId } from './fragment-id.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
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
 * One page of a session's log, in order. A session nothing is known of has an empty one. A page that reaches into what the
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
  const stretch = stretchOf(request, lastPosition + 1);
  const { from, through } = stretch;
  if (gap !== null && through >= Math.max(from, gap.from)) throw storeBehind(gap);
  const listed = through < from ? [] : await fragments.entries(session.id, from, through - from + 1);
  const edges = listed.map(({ position, hash }) => ({
    cursor: encodeCursor(list, position),
    position,
    fragmentId: formatFragmentId(session.id, hash),
  }));
  return { edges, pageInfo: pageInfoOf(edges, stretch, lastPosition + 1) };
}
