import type { ReadStream } from 'node:fs';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFile {
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Names with a hash of the content in them may be kept for good. */
  readonly cacheControl: string;
  readonly body: () => ReadStream;
}

/** The file of `folder` that a URL path means; `/` means index.html, whose page keeps where it is after a `#`. */
export async function findStaticFile(folder: string, urlPath: string): Promise<StaticFile | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const path = normalize(join(folder, decoded === '/' ? 'index.html' : decoded));
  if (!path.startsWith(normalize(folder) + sep)) return undefined;
  const contentType = CONTENT_TYPES[extname(path).toLowerCase()];
  if (contentType === undefined) return undefined;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const isHashed = /-[\w-]{8,}\.\w+$/.test(path);
  return {
    contentType,
    sizeBytes: found.size,
    cacheControl: isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    body: () => createReadStream(path),
  };
}
