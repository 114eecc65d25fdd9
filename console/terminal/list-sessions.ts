import {
  accepted,
  type GraphClient,
  newIdempotencyKey,
  OpenSessionDocument,
  SessionsDocument,
} from '@supercontext/client';
import { formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';
import { excerpt } from './plain-text.ts';

const PAGE = 100;
const TITLE_CHARACTERS = 80;

/** Prints all sessions, newest first. @throws GraphRequestError */
export async function listSessions(client: GraphClient, output: Output): Promise<void> {
  let listed = 0;
  for (let after: string | null = null; ; ) {
    const variables: { first: number; after: string | null } = { first: PAGE, after };
    const { sessions } = await client.query(SessionsDocument, variables);
    for (const { node } of sessions.edges) {
      const tokens = `${formatCount(node.tokens)} tokens`.padStart(18);
      const opened = node.createdAt.slice(0, 16).replace('T', ' ');
      output.line(
        `${node.id}${tokens}  ${output.paint('dim', opened)}  ${excerpt(node.title ?? '', TITLE_CHARACTERS)}`.trimEnd(),
      );
      listed += 1;
    }
    if (!sessions.pageInfo.hasNextPage) break;
    after = sessions.pageInfo.endCursor;
  }
  if (listed === 0) output.note('no sessions yet: supercontext open "A title"');
}

/** Opens a session and prints its id, alone on a line for scripts. @throws GraphRequestError */
export async function openSession(client: GraphClient, output: Output, title: string | undefined): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), ...(title === undefined ? {} : { title }) };
  const { session } = accepted((await client.mutate(OpenSessionDocument, { input })).openSession);
  output.line(session?.id);
}
