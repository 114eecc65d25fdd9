import { type GraphClient, GraphRequestError, SessionTurnsDocument } from '@supercontext/client';
import type { RecordedTurn } from './conversation-state.ts';

/** A page of a conversation. */
export interface TurnPage {
  /** Oldest first. */
  readonly turns: readonly RecordedTurn[];
  /** Where the turns before these end; null when these are the first. */
  readonly before: string | null;
  /** Why something of them is missing. */
  readonly incomplete: GraphRequestError | null;
}

const PAGE = 50;

/** The latest turns before a place, the latest of all for null. @throws GraphRequestError */
export async function loadTurns(
  client: GraphClient,
  id: string,
  before: string | null,
  signal: AbortSignal,
): Promise<TurnPage> {
  let incomplete: GraphRequestError | null = null;
  const onPartial = (error: GraphRequestError) => {
    incomplete = error;
  };
  const { session } = await client.query(SessionTurnsDocument, { id, last: PAGE, before }, { signal, onPartial });
  if (session === null) {
    throw incomplete ?? new GraphRequestError('SESSION_NOT_FOUND', 'there is no such session any more');
  }
  const { edges, pageInfo } = session.turns;
  return {
    turns: edges.map(({ node }) => node),
    before: pageInfo.hasPreviousPage ? pageInfo.startCursor : null,
    incomplete,
  };
}
