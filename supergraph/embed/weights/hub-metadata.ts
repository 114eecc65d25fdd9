import { SourceUnavailable } from './source-unavailable.ts';
import type { WeightsSource } from './weights-source.ts';

const TIMEOUT_MS = 30_000;
/** A repository that was renamed leads to its new name. */
const MOST_REDIRECTS = 5;

/** What a hub says of a file before it is fetched. */
export interface HubMetadata {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The revision that has this file for ever. */
  readonly commit: string;
}

/**
 * Asks a hub for size, hash and revision of a file of its large storage: the headers of its answer to HEAD, which leads elsewhere for
 * the bytes. Throws `SourceUnavailable` when it does not say them.
 */
export async function askHub(
  source: Extract<WeightsSource, { kind: 'hugging-face' }>,
  hubUrl: string,
): Promise<HubMetadata> {
  const { origin } = new URL(hubUrl);
  let url = `${hubUrl}/${source.repository}/resolve/${source.revision}/${source.path}`;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const { status, headers } = await head(url);
    const sha256 = headers.get('x-linked-etag')?.replaceAll('"', '') ?? '';
    const sizeBytes = Number(headers.get('x-linked-size') ?? '');
    const commit = headers.get('x-repo-commit') ?? '';
    if (
      /^[0-9a-f]{64}$/.test(sha256) &&
      Number.isSafeInteger(sizeBytes) &&
      sizeBytes > 0 &&
      /^[0-9a-f]{40}$/.test(commit)
    )
      return { sizeBytes, sha256, commit };
    const location = headers.get('location');
    if (status < 300 || status >= 400 || location === null || !URL.canParse(location, url)) {
      throw new SourceUnavailable(`${url} answered ${status} without the size and sha256 of the file`);
    }
    const next = new URL(location, url);
    // The hub itself says what its file is, nobody it leads to.
    if (next.origin !== origin)
      throw new SourceUnavailable(`${url} leads to ${next.origin} without saying what is there`);
    url = next.href;
  }
  throw new SourceUnavailable(`${url} leads on and on`);
}

async function head(url: string): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(url, { method: 'HEAD', redirect: 'manual', headers: { 'accept-encoding': 'identity' }, signal });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new SourceUnavailable(`${url} cannot be reached (${error instanceof Error ? error.message : error}${cause})`);
  }
}
