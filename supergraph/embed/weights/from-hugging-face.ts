import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceUnavailable } from './source-unavailable.ts';
import type { WeightsSource } from './weights-source.ts';

const TIMEOUT_MS = 30 * 60_000;
/** Of connections that break on the way; each goes on where the last one ended. */
const MOST_TRIES = 5;
const PAUSE_MS = 500;

export interface HubDownload {
  readonly source: Extract<WeightsSource, { kind: 'hugging-face' }>;
  readonly hubUrl: string;
  readonly sizeBytes: number;
  readonly target: string;
}

/** Downloads one file of a hub repository to `target`; goes on after a broken connection, stops as soon as it is longer than it should be. */
export async function fromHuggingFace({ source, hubUrl, sizeBytes, target }: HubDownload): Promise<void> {
  const url = `${hubUrl}/${source.repository}/resolve/${source.revision}/${source.path}`;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (let tries = 1; ; tries++) {
    const doneBytes = tries === 1 ? 0 : await sizeOf(target);
    try {
      await download({ url, target, doneBytes, sizeBytes, signal });
      return;
    } catch (error) {
      if (error instanceof SourceUnavailable) throw error;
      // Only what has got on is tried again: a hub that cannot be reached is told at once.
      const hasGotOn = (await sizeOf(target)) > doneBytes;
      if (!hasGotOn || tries >= MOST_TRIES || signal.aborted) throw unreachable(url, error);
      await sleep(PAUSE_MS);
    }
  }
}

interface Download {
  readonly url: string;
  readonly target: string;
  readonly doneBytes: number;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
}

async function download({ url, target, doneBytes, sizeBytes, signal }: Download): Promise<void> {
  const headers: Record<string, string> = doneBytes > 0 ? { range: `bytes=${doneBytes}-` } : {};
  const response = await fetch(url, { headers, signal });
  if (!response.ok || response.body === null) throw new SourceUnavailable(`${url} answered ${response.status}`);
  // A server that knows no ranges sends all of it again.
  const from = response.status === 206 ? doneBytes : 0;
  if (response.status === 206 && !response.headers.get('content-range')?.startsWith(`bytes ${doneBytes}-`)) {
    throw new SourceUnavailable(`${url} sent another range than the one from byte ${doneBytes} on`);
  }
  let received = from;
  const limit = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.byteLength;
      if (received > sizeBytes) done(new SourceUnavailable(`${url} is longer than ${sizeBytes} bytes`));
      else done(null, chunk);
    },
  });
  await pipeline(response.body, limit, createWriteStream(target, { flags: from > 0 ? 'a' : 'w' }));
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function unreachable(url: string, error: unknown): SourceUnavailable {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return new SourceUnavailable(`${url} cannot be reached (${error instanceof Error ? error.message : error}${cause})`);
}
