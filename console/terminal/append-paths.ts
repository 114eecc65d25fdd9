import {
  AppendContextDocument,
  accepted,
  batchesOf,
  type GraphClient,
  newIdempotencyKey,
  repeat,
} from '@supercontext/client';
import { formatBytes, formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';
import { readPaths } from './read-paths.ts';
import { UsageFault } from './usage-fault.ts';

const LEFT_OUT_SHOWN = 5;

interface AppendOptions {
  readonly sessionId: string;
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Appends files and folders to a session, a batch at a time; each batch is acknowledged before the next one is sent, and one
 * that fails is sent again under its key. @throws GraphRequestError, UsageFault when there is no text in the paths.
 */
export async function appendPaths(
  client: GraphClient,
  output: Output,
  { sessionId, paths, signal }: AppendOptions,
): Promise<void> {
  const startMs = performance.now();
  const total = { files: 0, fragments: 0, tokens: 0, sizeBytes: 0 };
  let leftOut = 0;
  const files = readPaths(paths, ({ path, why }) => {
    leftOut += 1;
    if (leftOut <= LEFT_OUT_SHOWN) output.note(`left out ${path}: ${why}`);
  });
  for await (const batch of batchesOf(files)) {
    const input = {
      sessionId,
      idempotencyKey: newIdempotencyKey(),
      items: batch.map(({ path, text }) => ({ file: { path, text } })),
    };
    const { receipt } = await repeat(
      async () => accepted((await client.mutate(AppendContextDocument, { input }, { signal })).appendContext),
      signal,
    );
    total.files += batch.length;
    total.fragments += receipt?.fragments ?? 0;
    total.tokens += receipt?.tokens ?? 0;
    total.sizeBytes += receipt?.sizeBytes ?? 0;
    output.note(`${formatCount(total.tokens)} tokens, ${formatCount(total.files)} files`);
  }
  if (leftOut > LEFT_OUT_SHOWN) output.note(`left out ${formatCount(leftOut - LEFT_OUT_SHOWN)} more`);
  if (total.files === 0) throw new UsageFault(`there is no text in ${paths.join(', ')}`);
  const seconds = (performance.now() - startMs) / 1_000;
  output.line(
    `${output.paint('green', 'appended')} ${formatCount(total.tokens)} tokens of ${formatCount(total.files)} files ` +
      `(${formatBytes(total.sizeBytes)}, ${formatCount(total.fragments)} fragments) in ${seconds.toFixed(1)} s, ` +
      `${formatCount(Math.round(total.tokens / seconds))} tokens/s`,
  );
}
