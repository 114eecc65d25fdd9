import { setTimeout as sleep } from 'node:timers/promises';

/** An answer as it came over the wire: what a client without types sees. */
export interface RawAnswer {
  readonly status: number;
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly details?: Record<string, unknown> };
  }[];
}

/** Sends one operation as any HTTP client would, valid or not. */
export async function post(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

/** The code of the one error an answer carries, wherever it stands: business errors in payloads, others in `errors`. */
export function errorCode(answer: RawAnswer): string | undefined {
  const [first] = answer.errors ?? [];
  if (first !== undefined) return first.extensions?.code;
  for (const payload of Object.values(answer.data ?? {}) as ({ userErrors?: readonly { code: string }[] } | null)[]) {
    const code = payload?.userErrors?.[0]?.code;
    if (code !== undefined) return code;
  }
  return undefined;
}

export async function openSession(url: string, title = 'test'): Promise<string> {
  const answer = await post(
    url,
    'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } userErrors { code } } }',
    { input: { title } },
  );
  const { openSession } = answer.data as unknown as { openSession: { session: { id: string } } };
  return openSession.session.id;
}

export const APPEND = `mutation ($input: AppendContextInput!) {
  appendContext(input: $input) {
    session { revision tokens fragmentCount }
    receipt { revision fragments tokens sizeBytes replayed }
    userErrors { __typename code message ... on RevisionConflict { currentRevision } }
  }
}`;

export interface AppendAnswer {
  readonly appendContext: {
    readonly session: { readonly revision: number; readonly tokens: number; readonly fragmentCount: number } | null;
    readonly receipt: {
      readonly revision: number;
      readonly fragments: number;
      readonly tokens: number;
      readonly sizeBytes: number;
      readonly replayed: boolean;
    } | null;
    readonly userErrors: readonly {
      readonly __typename: string;
      readonly code: string;
      readonly currentRevision?: number;
    }[];
  };
}

export async function append(
  url: string,
  input: Record<string, unknown>,
): Promise<RawAnswer & { readonly data?: AppendAnswer }> {
  return (await post(url, APPEND, { input })) as unknown as RawAnswer & { readonly data?: AppendAnswer };
}

/** Asks a question, and waits until its answer has ended. The generation's id. */
export async function askAndAwait(url: string, sessionId: string, prompt: string): Promise<string> {
  const asked = await post(url, 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }', {
    input: { sessionId, prompt },
  });
  const { ask } = asked.data as unknown as { ask: { generation: { id: string } } };
  for (;;) {
    const answer = await post(url, 'query ($id: ID!) { generation(id: $id) { status } }', ask.generation);
    const { generation } = answer.data as unknown as { generation: { status: string } };
    if (generation.status !== 'RUNNING') return ask.generation.id;
    await sleep(10);
  }
}

/** Longer than any session of these tests takes on a busy machine. */
const COMPRESSED_WITHIN_MS = 30_000;

/** Waits until compression has made something of a session and has nothing to do for it. @throws Error when that takes too long */
export async function untilCompressed(url: string, id: string): Promise<void> {
  const query = 'query ($id: ID!) { session(id: $id) { compression { nodes pendingJobs } } }';
  for (const endMs = performance.now() + COMPRESSED_WITHIN_MS; performance.now() < endMs; await sleep(100)) {
    const { data } = await post(url, query, { id });
    const { session } = data as unknown as { session: { compression: { nodes: number; pendingJobs: number } } };
    if (session.compression.nodes > 0 && session.compression.pendingJobs === 0) return;
  }
  throw new Error(`session ${id} is not compressed after ${COMPRESSED_WITHIN_MS} ms`);
}
