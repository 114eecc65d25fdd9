import { ContractError } from '@supercontext/contract';

const MiB = 1024 * 1024;

/** Of one answer, events and all. */
const MAXIMUM_ANSWER_BYTES = 32 * MiB;
/** Of one event of a stream; it is parsed at once. */
const MAXIMUM_LINE_BYTES = MiB;
const MAXIMUM_ERROR_BYTES = 64 * 1024;

const LINE_FEED = 10;
/** With which a stream of events is over, though its connection may stay open. */
const END_OF_STREAM = /\ndata: ?\[DONE\]\r?\n/;
const LONGEST_END_BYTES = 16;

type Bytes = Uint8Array<ArrayBuffer>;
type Filter = TransformStream<Bytes, Bytes>;

/**
 * `fetch` for a stream of events of a server that is not trusted with this process: no more than 32 MiB are read and no line longer
 * than 1 MiB, of an error the first 64 KiB; and no redirect is followed, since the key and the prompt are for this server alone.
 * Ends the connection of a stream that says it is over, and of one that is over a bound; its body then fails with MODEL_FAILED.
 */
export function guardedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetchThrough(() => events(), input, init);
}

/** The same for what is parsed as a whole, of which `mostBytes` are read. */
export function fetchAtMost(mostBytes: number, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetchThrough(() => atMost(mostBytes), input, init);
}

async function fetchThrough(
  filter: () => Filter,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  if (response.body === null) return response;
  const { ok, status, statusText, headers } = response;
  const body = response.body.pipeThrough(ok ? filter() : firstOf(MAXIMUM_ERROR_BYTES));
  return new Response(body, { status, statusText, headers });
}

function atMost(mostBytes: number): Filter {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw overBound();
      controller.enqueue(chunk);
    },
  });
}

function events(): Filter {
  let bytes = 0;
  let lineBytes = 0;
  /** The end of what came before, in which the end of the stream may have begun. */
  let before = '\n';
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      const lastEnd = chunk.lastIndexOf(LINE_FEED);
      lineBytes = lastEnd < 0 ? lineBytes + chunk.length : chunk.length - 1 - lastEnd;
      if (bytes > MAXIMUM_ANSWER_BYTES || lineBytes > MAXIMUM_LINE_BYTES) throw overBound();
      const seen = before + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      const end = END_OF_STREAM.exec(seen);
      if (end === null) {
        before = seen.slice(-LONGEST_END_BYTES);
        controller.enqueue(chunk);
        return;
      }
      controller.enqueue(chunk.subarray(0, end.index + end[0].length - before.length));
      controller.terminate();
    },
  });
}

/** What an error says is worth less than that it is one: its status counts, however much comes with it. */
function firstOf(mostBytes: number): Filter {
  let bytesLeft = mostBytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, bytesLeft));
      bytesLeft -= chunk.length;
      if (bytesLeft <= 0) controller.terminate();
    },
  });
}

function overBound(): ContractError {
  return new ContractError('MODEL_FAILED', 'the server sends more than is read of one answer');
}
