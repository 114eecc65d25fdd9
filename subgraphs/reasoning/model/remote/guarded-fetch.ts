import { ContractError } from '@supercontext/contract';

const MiB = 1024 * 1024;

/** Of one answer, events and all. */
const MAXIMUM_ANSWER_BYTES = 32 * MiB;
/** Of one event; it is parsed at once. */
const MAXIMUM_LINE_BYTES = MiB;
const MAXIMUM_ERROR_BYTES = 64 * 1024;

const LINE_FEED = 10;

/**
 * `fetch` for a server that is not trusted with this process: of an answer no more than 32 MiB are read and no line longer than
 * 1 MiB, of an error no more than 64 KiB; and no redirect is followed, since the key and the prompt are for this server alone.
 * Ends the connection of an answer that is over a bound; its body then fails with MODEL_FAILED.
 */
export function guardedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetchAtMost(MAXIMUM_ANSWER_BYTES, input, init);
}

/** The same with another bound, for what is parsed at once. */
export async function fetchAtMost(
  mostBytes: number,
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  if (response.body === null) return response;
  const { ok, status, statusText, headers } = response;
  const bound = ok ? mostBytes : Math.min(mostBytes, MAXIMUM_ERROR_BYTES);
  return new Response(response.body.pipeThrough(bounded(bound)), { status, statusText, headers });
}

function bounded(mostBytes: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  let lineBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      const lastEnd = chunk.lastIndexOf(LINE_FEED);
      lineBytes = lastEnd < 0 ? lineBytes + chunk.length : chunk.length - 1 - lastEnd;
      if (bytes > mostBytes || lineBytes > MAXIMUM_LINE_BYTES) {
        throw new ContractError('MODEL_FAILED', 'the server sends more than is read of one answer');
      }
      controller.enqueue(chunk);
    },
  });
}
