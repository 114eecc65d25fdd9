import { post } from './graph.ts';

/** The log of a session as a reader sees it: the text of every fragment, in order. */
export async function readLog(url: string, sessionId: string): Promise<string[]> {
  const texts: string[] = [];
  for (let after: string | null = null; ; ) {
    const answer = await post(
      url,
      'query ($id: ID!, $after: Cursor) { session(id: $id) { fragments(first: 200, after: $after) { edges { node { text } } pageInfo { hasNextPage endCursor } } } }',
      { id: sessionId, after },
    );
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    const { session } = answer.data as unknown as {
      session: {
        fragments: { edges: { node: { text: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    };
    texts.push(...session.fragments.edges.map(({ node }) => node.text));
    if (!session.fragments.pageInfo.hasNextPage) return texts;
    after = session.fragments.pageInfo.endCursor;
  }
}
