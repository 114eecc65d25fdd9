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

export interface ListOptions {
  readonly json: boolean;
  /** Those put aside, instead of the others. */
  readonly archived: boolean;
}

/** Prints sessions, the one used last first, a line each; as JSON an object a line. @throws GraphRequestError */
export async function listSessions(
  client: GraphClient,
  output: Output,
  { json, archived }: ListOptions,
): Promise<void> {
  let listed = 0;
  for (let after: string | null = null; ; ) {
    const variables: { first: number; after: string | null; filter: { archived: boolean } } = {
      ...{ first: PAGE, after, filter: { archived } },
    };
    const { sessions } = await client.query(SessionsDocument, variables);
    for (const { node } of sessions.edges) {
      if (node === null) continue;
      const { id, title, tokens, createdAt, lastActivityAt, archivedAt } = node;
      if (json) output.line(JSON.stringify({ id, title, tokens, createdAt, lastActivityAt, archivedAt }));
      else output.line(lineOf(node, output));
      listed += 1;
    }
    if (!sessions.pageInfo.hasNextPage) break;
    after = sessions.pageInfo.endCursor;
  }
  if (listed === 0) output.note(archived ? 'no session is archived' : 'no sessions yet: supercontext open "A title"');
}

interface ListedSession {
  readonly id: string;
  readonly title?: string | null;
  readonly tokens: number;
  readonly lastActivityAt: string;
}

function lineOf({ id, title, tokens, lastActivityAt }: ListedSession, output: Output): string {
  const size = `${formatCount(tokens)} tokens`.padStart(18);
  const used = output.paint('dim', lastActivityAt.slice(0, 16).replace('T', ' '));
  return `${id}${size}  ${used}  ${excerpt(title ?? '', TITLE_CHARACTERS)}`.trimEnd();
}

/** Opens a session and prints its id, alone on a line for scripts. @throws GraphRequestError */
export async function openSession(
  client: GraphClient,
  output: Output,
  title: string | undefined,
  json: boolean,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), ...(title === undefined ? {} : { title }) };
  const { session } = accepted((await client.mutate(OpenSessionDocument, { input })).openSession);
  if (json) output.line(JSON.stringify({ id: session?.id, title: title ?? null }));
  else output.line(session?.id);
}
