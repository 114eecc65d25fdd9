import { errorOfAnswer, GraphRequestError, unreachable, type WireError } from './graph-request-error.ts';
import type { SentDocument } from './operation.ts';
import { isUnknownHash, nameDocument } from './send-document.ts';

/** An answer as it came: data, errors beside it, or both. */
export interface Answer {
  readonly data: unknown;
  readonly error: GraphRequestError | null;
}

export interface HttpRequest {
  readonly url: string;
  readonly document: SentDocument;
  readonly variables: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly onSent: (sizeBytes: number) => void;
}

const encoder = new TextEncoder();

/**
 * Sends one query or mutation over HTTP, by its hash and, where the server does not know it, once more whole.
 * @throws GraphRequestError SUBGRAPH_UNAVAILABLE when nothing answers; the signal's reason when it is aborted.
 */
export async function sendOverHttp(request: HttpRequest): Promise<Answer> {
  const answer = await post(request, false);
  return answer.error !== null && isUnknownHash(answer.error) ? await post(request, true) : answer;
}

async function post(
  { url, document, variables, headers, signal, onSent }: HttpRequest,
  whole: boolean,
): Promise<Answer> {
  const body = encoder.encode(JSON.stringify({ variables, ...nameDocument(document, whole) }));
  onSent(body.byteLength);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: signal ?? null,
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(url, error);
  }
  return readAnswer(text, status, url);
}

function readAnswer(text: string, status: number, url: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    // What answers here is no gateway, or a proxy in front of one that is away.
    if (status >= 500) throw unreachable(url, cause);
    throw new GraphRequestError('MESSAGE_MALFORMED', `${url} answered ${status} with something that is not JSON`, {
      remedy: "check that the address is a Supercontext gateway's",
      cause,
    });
  }
  const { data, errors } = (answer ?? {}) as { data?: unknown; errors?: readonly WireError[] };
  return { data: data ?? null, error: errors === undefined ? null : errorOfAnswer(errors) };
}
