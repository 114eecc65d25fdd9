import { type GraphClient, type SessionFieldsFragment, SessionsDocument } from '@supercontext/client';

/** A page of the list of sessions. */
export interface SessionPage {
  readonly sessions: readonly SessionFieldsFragment[];
  /** Where the next page begins; null behind the last. */
  readonly after: string | null;
}

/** Which sessions are listed. */
export interface SessionsWanted {
  /** Part of the title, at most 200 characters; all for an empty one. */
  readonly title: string;
  readonly archived: boolean;
}

const PAGE = 100;

/** One page, the latest used first. @throws GraphRequestError; the signal's reason */
export async function loadPage(
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

/** The list from its beginning, at least so many sessions of it if there are. @throws GraphRequestError; the signal's reason */
export async function loadBeginning(
  client: GraphClient,
  wanted: SessionsWanted,
  atLeast: number,
  signal: AbortSignal,
): Promise<SessionPage> {
  let read = await loadPage(client, wanted, null, signal);
  while (read.after !== null && read.sessions.length < atLeast) {
    const next = await loadPage(client, wanted, read.after, signal);
    read = joinPages(read, next);
  }
  return read;
}

/** Two pages as one. A session that moved up in between is in both, and shown once. */
export function joinPages({ sessions }: SessionPage, next: SessionPage): SessionPage {
  const ids = new Set(sessions.map(({ id }) => id));
  return { sessions: [...sessions, ...next.sessions.filter(({ id }) => !ids.has(id))], after: next.after };
}
