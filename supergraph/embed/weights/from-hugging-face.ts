import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SourceUnavailable } from './source-unavailable.ts';
import type { WeightsSource } from './weights-source.ts';

const TIMEOUT_MS = 30 * 60_000;

export interface HubDownload {
  readonly source: Extract<WeightsSource, { kind: 'hugging-face' }>;
  readonly hubUrl: string;
  readonly sizeBytes: number;
  readonly target: string;
}

/** Downloads one file of a hub repository to `target`; stops as soon as it is longer than it should be. */
export async function fromHuggingFace({ source, hubUrl, sizeBytes, target }: HubDownload): Promise<void> {
  const url = `${hubUrl}/${source.repository}/resolve/${source.revision}/${source.path}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok || response.body === null) throw new SourceUnavailable(`${url} answered ${response.status}`);
    let received = 0;
    const limit = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        received += chunk.byteLength;
        if (received > sizeBytes) done(new SourceUnavailable(`${url} is longer than ${sizeBytes} bytes`));
        else done(null, chunk);
      },
    });
    await pipeline(response.body, limit, createWriteStream(target));
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new SourceUnavailable(`${url} cannot be reached (${error instanceof Error ? error.message : error}${cause})`);
  }
}
