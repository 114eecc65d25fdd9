import {
  accepted,
  type GraphClient,
  newIdempotencyKey,
  OpenSessionDocument,
  repeat,
  type SessionFieldsFragment,
  SessionsDocument,
} from '@supercontext/client';
import { useCallback } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { type Loaded, useLoaded } from '../use-loaded.ts';

export interface Sessions {
  readonly list: Loaded<readonly SessionFieldsFragment[]>;
  refresh(): void;
  /** Opens a session. @throws GraphRequestError */
  open(title: string): Promise<SessionFieldsFragment>;
}

const PAGE = 100;
const MAXIMUM_LISTED = 1_000;

export function useSessions(): Sessions {
  const client = useClient();
  const [list, refresh] = useLoaded(useCallback((signal) => loadSessions(client, signal), [client]));
  const open = useCallback(
    async (title: string) => {
      const input = { idempotencyKey: newIdempotencyKey(), ...(title === '' ? {} : { title }) };
      const { session } = await repeat(async () =>
        accepted((await client.mutate(OpenSessionDocument, { input })).openSession),
      );
      if (session === null) throw new Error('the platform accepted the session and gave none');
      refresh();
      return session;
    },
    [client, refresh],
  );
  return { list, refresh, open };
}

async function loadSessions(client: GraphClient, signal: AbortSignal): Promise<readonly SessionFieldsFragment[]> {
  const found: SessionFieldsFragment[] = [];
  for (let after: string | null = null; ; ) {
    const variables: { first: number; after: string | null } = { first: PAGE, after };
    const { sessions } = await client.query(SessionsDocument, variables, { signal });
    found.push(...sessions.edges.flatMap(({ node }) => node ?? []));
    if (!sessions.pageInfo.hasNextPage || found.length >= MAXIMUM_LISTED) return found;
    after = sessions.pageInfo.endCursor;
  }
}
