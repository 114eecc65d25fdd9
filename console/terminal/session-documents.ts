import { type GraphClient, GraphRequestError, SessionDocumentsDocument } from '@supercontext/client';

const PAGE = 1_000;

/** The documents of a session: path -> hash. @throws GraphRequestError, SESSION_NOT_FOUND where there is no such session */
export async function documentsOf(
  client: GraphClient,
  sessionId: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for (let after: string | null = null; ; ) {
    const variables: { id: string; first: number; after: string | null } = { id: sessionId, first: PAGE, after };
    const { session } = await client.query(SessionDocumentsDocument, variables, { signal });
    if (session === null) throw notFound();
    for (const { node } of session.documents.edges) documents.set(node.path, node.hash);
    if (!session.documents.pageInfo.hasNextPage) return documents;
    after = session.documents.pageInfo.endCursor;
  }
}

function notFound(): GraphRequestError {
  return new GraphRequestError('SESSION_NOT_FOUND', 'there is no session with this id', {
    remedy: 'supercontext sessions lists those there are',
  });
}
