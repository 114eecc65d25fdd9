import { createHash } from 'node:crypto';
import { AppendContextDocument, accepted, type GraphClient, GraphRequestError, repeat } from '@supercontext/client';
import { secretIn } from './find-secrets.ts';
import { formatBytes, formatCount } from './format-quantity.ts';
import type { LeftOut } from './left-out.ts';
import type { Output } from './output.ts';
import { plainText } from './plain-text.ts';
import { readPaths, type TextFile } from './read-paths.ts';
import { UsageFault } from './usage-fault.ts';

/** Files on their way at once: while one is made durable the next is counted. */
const IN_FLIGHT = 4;
const LEFT_OUT_SHOWN = 20;
const TELL_EVERY_MS = 500;
/** A file that the platform will not take costs itself alone. */
const OF_THE_FILE: ReadonlySet<string> = new Set(['INPUT_INVALID', 'REQUEST_TOO_LARGE', 'REQUEST_TOO_COMPLEX']);

export interface AppendOptions {
  readonly sessionId: string;
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** What an append came to. */
interface Appended {
  files: number;
  /** Files that the session had already, as they are. */
  known: number;
  fragments: number;
  tokens: number;
  sizeBytes: number;
  leftOut: number;
  faults: number;
}

/**
 * Appends files and folders to a session, each file under a key made of its path and text: what the session has already is not
 * added again, so that a command that was interrupted is run again. Files go in about the order of their paths, the parts of one in theirs.
 * @returns the status: 1 when something could not be read or was refused
 * @throws GraphRequestError; UsageFault when there is no text in the paths; the signal's reason
 */
export async function appendPaths(client: GraphClient, output: Output, options: AppendOptions): Promise<number> {
  const { paths, signal, json } = options;
  const startMs = performance.now();
  const total: Appended = { files: 0, known: 0, fragments: 0, tokens: 0, sizeBytes: 0, leftOut: 0, faults: 0 };
  const leaveOut = ({ path, why, isFault }: LeftOut) => {
    total.leftOut += 1;
    if (isFault) total.faults += 1;
    if (isFault || total.leftOut <= LEFT_OUT_SHOWN) output.note(`left out ${plainText(path)}: ${why}`);
  };
  const files = readPaths(paths, leaveOut, signal);
  let toldAtMs = startMs;
  async function work(): Promise<void> {
    for await (const file of files) {
      warn(file, output);
      await appendFile(client, file, { ...options, total, leaveOut });
      if (performance.now() - toldAtMs < TELL_EVERY_MS) continue;
      toldAtMs = performance.now();
      output.note(`${formatCount(total.tokens)} tokens, ${formatCount(total.files)} files`);
    }
  }
  // All pull from one generator; when one fails, the others stop with it.
  await Promise.all(Array.from({ length: IN_FLIGHT }, work)).finally(() => files.return());
  if (total.leftOut > LEFT_OUT_SHOWN) output.note(`left out ${formatCount(total.leftOut)} in all`);
  if (total.files + total.known === 0) throw new UsageFault(`there is no text in ${paths.join(', ')}`);
  if (json) output.line(JSON.stringify({ sessionId: options.sessionId, ...total }));
  else output.line(summaryOf(total, (performance.now() - startMs) / 1_000, output));
  return total.faults > 0 ? 1 : 0;
}

function warn({ path, parts }: TextFile, output: Output): void {
  const secret = parts.map((part) => secretIn(path, part)).find((found) => found !== null);
  if (secret !== undefined) output.note(`careful, ${plainText(path)} may hold a secret: ${secret}`);
}

interface AppendingFile extends AppendOptions {
  readonly total: Appended;
  readonly leaveOut: (leftOut: LeftOut) => void;
}

async function appendFile(
  client: GraphClient,
  { path, parts }: TextFile,
  { sessionId, signal, total, leaveOut }: AppendingFile,
): Promise<void> {
  let isKnown = true;
  for (const [part, text] of parts.entries()) {
    const input = { sessionId, idempotencyKey: keyOf(path, part, text), items: [{ file: { path, text } }] };
    try {
      const { receipt } = await repeat(
        async () => accepted((await client.mutate(AppendContextDocument, { input }, { signal })).appendContext),
        signal,
      );
      if (receipt === null || receipt.replayed) continue;
      isKnown = false;
      total.fragments += receipt.fragments;
      total.tokens += receipt.tokens;
      total.sizeBytes += receipt.sizeBytes;
    } catch (error) {
      if (!(error instanceof GraphRequestError) || !OF_THE_FILE.has(error.code)) throw error;
      leaveOut({ path, why: error.message, isFault: true });
      return;
    }
  }
  if (isKnown) total.known += 1;
  else total.files += 1;
}

function keyOf(path: string, part: number, text: string): string {
  const hash = createHash('sha256').update(`${path}\0${part}\0`).update(text);
  return `file-${hash.digest('hex').slice(0, 48)}`;
}

function summaryOf({ files, known, fragments, tokens, sizeBytes }: Appended, seconds: number, output: Output): string {
  const appended =
    `${output.paint('green', 'appended')} ${formatCount(tokens)} tokens of ${formatCount(files)} files ` +
    `(${formatBytes(sizeBytes)}, ${formatCount(fragments)} fragments) in ${seconds.toFixed(1)} s, ` +
    `${formatCount(Math.round(tokens / seconds))} tokens/s`;
  return known === 0 ? appended : `${appended}; ${formatCount(known)} more were there already`;
}
