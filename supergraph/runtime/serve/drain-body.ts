import type { IncomingMessage } from 'node:http';

/** More than this, or longer, nobody is listened to who sends too much. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;
const DEADLINE_MS = 10_000;

/**
 * Reads the rest of a body that is refused, and forgets it. Many clients read an answer only after they have sent
 * everything: one whose connection is closed while it sends sees a broken pipe instead of the error that says why. Resolves
 * at the body's end, or when it is too much.
 */
export function drainBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let sizeBytes = 0;
    const deadline = setTimeout(resolve, DEADLINE_MS);
    const end = () => {
      clearTimeout(deadline);
      resolve();
    };
    // Whoever read it so far pauses it when they stop.
    request.unpipe().on('data', (chunk: Uint8Array) => {
      sizeBytes += chunk.length;
      if (sizeBytes > MAXIMUM_BYTES) end();
    });
    request.once('end', end).once('close', end).once('error', end);
    if (request.readableEnded || request.destroyed) end();
    else request.resume();
  });
}
