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

/** The latest `last` turns, at most 100, before a place; of all for null. @throws GraphRequestError; the signal's reason */
export async function loadTurns(
  client: GraphClient,
  id: string,
  { last, before }: { readonly last: number; readonly before: string | null },
  signal: AbortSignal,
): Promise<TurnPage> {
  let incomplete: GraphRequestError | null = null;
  const onPartial = (error: GraphRequestError) => {
    incomplete = error;
  };
  const { session } = await client.query(SessionTurnsDocument, { id, last, before }, { signal, onPartial });
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
