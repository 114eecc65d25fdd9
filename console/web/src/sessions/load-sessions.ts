import { type GraphClient, type SessionFieldsFragment, SessionsDocument } from '@supercontext/client';

/** A page of the list of sessions. */
export interface SessionPage {
  readonly sessions: readonly SessionFieldsFragment[];
  /** Where the next page begins; null behind the last. */
  readonly after: string | null;
}

const PAGE = 100;

/** Which sessions are listed. */
export interface SessionsWanted {
  /** Part of the title, at most 200 characters; all for an empty one. */
  readonly title: string;
  readonly archived: boolean;
}

/** One page, the latest used first. @throws GraphRequestError; the signal's reason */
export async function loadSessions(
  client: GraphClient,
  { title, archived }: SessionsWanted,
  after: string | null,
  signal: AbortSignal,
): Promise<SessionPage> {
  const filter = { archived, ...(title === '' ? {} : { titleContains: title }) };
  const { sessions } = await client.query(SessionsDocument, { first: PAGE, after, filter }, { signal });
  const { hasNextPage, endCursor } = sessions.pageInfo;
  return { sessions: sessions.edges.flatMap(({ node }) => node ?? []), after: hasNextPage ? endCursor : null };
}

/** Sessions as they were just read, before those that are known besides; each once. */
export function mergeSessions(
  fresh: readonly SessionFieldsFragment[],
  known: readonly SessionFieldsFragment[],
): readonly SessionFieldsFragment[] {
  const ids = new Set(fresh.map(({ id }) => id));
  return [...fresh, ...known.filter(({ id }) => !ids.has(id))];
}
