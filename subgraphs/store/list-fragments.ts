import { ContractError } from '@supercontext/contract';
import { formatFragmentId } from './fragment-id.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
import { compareLog, type SessionReference, storeBehind } from './log-gap.ts';

const MAXIMUM_FIRST = 512;
const CURSOR = /^position:(0|[1-9]\d{0,15})$/;

/** An edge whose fragment is still to be read, together with those of its neighbours. */
export interface FragmentEdgeNode {
  readonly cursor: string;
  readonly position: number;
  readonly fragmentId: string;
}

export interface FragmentPage {
  readonly edges: FragmentEdgeNode[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * One page of a session's log, in order. A session nothing is known of has an empty one. A page that reaches into what the
 * store has yet to be told is refused, one before that is served.
 * @throws ContractError INPUT_INVALID, CURSOR_UNKNOWN, STORE_BEHIND naming the gap, STORAGE_UNAVAILABLE
 */
export async function listFragments(
  fragments: FragmentStore,
  session: SessionReference,
  { first, after }: { readonly first: number; readonly after: string | null },
): Promise<FragmentPage> {
  if (first < 1 || first > MAXIMUM_FIRST) {
    throw new ContractError('INPUT_INVALID', `first: 1 to ${MAXIMUM_FIRST}, got ${first}`, { argument: 'first' });
  }
  const { lastPosition, gap } = await compareLog(fragments, session);
  const from = after === null ? 0 : positionOf(after, lastPosition) + 1;
  const through = Math.min(from + first - 1, lastPosition);
  if (gap !== null && through >= Math.max(from, gap.from)) throw storeBehind(gap);
  const listed = through < from ? [] : await fragments.entries(session.id, from, through - from + 1);
  const edges = listed.map(({ position, hash }) => ({
    cursor: cursorOf(position),
    position,
    fragmentId: formatFragmentId(session.id, hash),
  }));
  const last = edges.at(-1);
  return {
    edges,
    pageInfo: {
      hasNextPage: last !== undefined && last.position < lastPosition,
      endCursor: last?.cursor ?? null,
    },
  };
}

function cursorOf(position: number): string {
  return Buffer.from(`position:${position}`).toString('base64url');
}

function positionOf(cursor: string, lastPosition: number): number {
  const [, digits] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const position = Number(digits);
  if (digits !== undefined && position <= lastPosition && cursorOf(position) === cursor) return position;
  throw new ContractError('CURSOR_UNKNOWN', 'after is no cursor of this list', { argument: 'after' });
}
