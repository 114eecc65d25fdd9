import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoWeights, obtainFile } from '@supercontext/embed/weights/obtain-file.ts';
import { SourceUnavailable } from '@supercontext/embed/weights/source-unavailable.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findManifest, type ModelManifest, readManifests } from './manifest.ts';
import { cachedModelPath } from './model-cache.ts';
import { pinManifest, withPin } from './pinned-manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'pinned-'));
const weights = Buffer.alloc(300_000, 'weights of a hub ');
const sha256 = createHash('sha256').update(weights).digest('hex');
const COMMIT = 'c'.repeat(40);

/** A hub that behaves as the real one: HEAD says what the file is and leads to where its bytes are, which knows ranges. */
const requests: string[] = [];
let headers: Record<string, string>;
/** What the store of bytes does; each test may say otherwise. */
let store: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
  if (request.url?.startsWith('/old/')) {
    response.writeHead(307, { location: request.url.replace('/old/', '/ada/') }).end();
  } else if (request.url?.startsWith('/store/')) store(request, response);
  else response.writeHead(302, { location: '/store/blob?signed=1', ...headers }).end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function sendRange({ headers: { range } }: IncomingMessage, response: ServerResponse, body = weights): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (range === undefined) response.writeHead(200).end(body);
  else
    response
      .writeHead(206, { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` })
      .end(body.subarray(start));
}

const manifest: ModelManifest = {
  ...findManifest(readManifests()),
  id: 'tiny',
  file: 'tiny.gguf',
  sizeBytes: null,
  sha256: null,
  sources: [{ kind: 'hugging-face', repository: 'ada/tiny', revision: 'main', path: 'tiny.gguf' }],
};

let config: Parameters<typeof obtainFile>[1];
beforeEach(() => {
  requests.length = 0;
  headers = { 'x-linked-etag': `"${sha256}"`, 'x-linked-size': `${weights.length}`, 'x-repo-commit': COMMIT };
  store = sendRange;
  config = { cacheDirectory: mkdtempSync(join(folder, 'cache-')), localPath: undefined, hubUrl, environment: {} };
});
const obtain = async () => obtainFile(await pinManifest(manifest, config), config, () => {});

describe('a model whose hub says what its file is', () => {
  it('is pinned when it is fetched first, and asked about no more', async () => {
    expect(withPin(manifest, config.cacheDirectory)).toBe(manifest);
    const path = await obtain();
    expect(readFileSync(path)).toEqual(weights);
    expect(requests).toEqual([
      'HEAD /ada/tiny/resolve/main/tiny.gguf',
      `GET /ada/tiny/resolve/${COMMIT}/tiny.gguf`,
      'GET /store/blob?signed=1',
    ]);
    const pinned = withPin(manifest, config.cacheDirectory);
    expect(pinned).toMatchObject({ sha256, sizeBytes: weights.length, sources: [{ revision: COMMIT }] });
    expect(cachedModelPath(config.cacheDirectory, pinned)).toBe(path);
    // What the hub has later is another matter.
    headers['x-linked-etag'] = 'f'.repeat(64);
    expect(await obtain()).toBe(path);
    expect(requests).toHaveLength(3);
    expect(withPin({ ...manifest, sources: [] }, config.cacheDirectory).sha256).toBeNull();
  });

  it('is found where its repository was renamed to', async () => {
    const renamed = { ...manifest, sources: [{ ...manifest.sources[0], repository: 'old/tiny' } as never] };
    expect(await pinManifest(renamed, config)).toMatchObject({ sha256 });
    expect(requests[0]).toBe('HEAD /old/tiny/resolve/main/tiny.gguf');
  });

  it('is gone on with where a connection broke', async () => {
    let cuts = 0;
    store = (request, response) => {
      cuts += 1;
      if (cuts > 3) return sendRange(request, response);
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      response.writeHead(start === 0 ? 200 : 206, {
        'content-length': weights.length - start,
        'content-range': `bytes ${start}-${weights.length - 1}/${weights.length}`,
      });
      response.write(weights.subarray(start, start + 60_000), () => setTimeout(() => response.destroy(), 50));
    };
    expect(readFileSync(await obtain())).toEqual(weights);
    const ranges = requests.flatMap((request) => /GET \/store.*bytes=(\d+)-/.exec(request)?.[1] ?? []);
    expect(ranges).toHaveLength(3);
    expect(ranges.every((start, index) => Number(start) > Number(ranges[index - 1] ?? 0))).toBe(true);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    [
      'other bytes than it said',
      (request, response) => sendRange(request, response, Buffer.alloc(weights.length, 'x')),
      /has sha256/,
    ],
    ['too few', (request, response) => sendRange(request, response, weights.subarray(1)), /bytes, its manifest says/],
    [
      'too many',
      (request, response) => sendRange(request, response, Buffer.concat([weights, weights])),
      /is longer than/,
    ],
    ['a fault', (_, response) => void response.writeHead(503).end(), /answered 503/],
    [
      'nothing, again and again',
      (_, response) => {
        response.writeHead(200, { 'content-length': weights.length }).flushHeaders();
        setTimeout(() => response.destroy(), 20);
      },
      /cannot be reached/,
    ],
    [
      'another range than it was asked for',
      (request, response) => {
        if (request.headers.range !== undefined)
          return void response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('x');
        response.writeHead(200, { 'content-length': weights.length });
        response.write(weights.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 50));
        return undefined;
      },
      /sent another range/,
    ],
  ])('is not had from a store that sends %s', async (_, does, message) => {
    store = does;
    const fetching = obtain();
    await expect(fetching).rejects.toBeInstanceOf(NoWeights);
    await expect(fetching).rejects.toThrow(message);
  });

  it.each<[string, () => void, RegExp]>([
    ['does not say the hash', () => void delete headers['x-linked-etag'], /without the size and sha256|without saying/],
    ['says a hash of another kind', () => Object.assign(headers, { 'x-linked-etag': '"abc"' }), /without/],
    ['says no size', () => Object.assign(headers, { 'x-linked-size': 'many' }), /without/],
    [
      'leads elsewhere before it says anything',
      () => {
        headers = { location: 'http://127.0.0.2:9/elsewhere' };
      },
      /leads to http:\/\/127.0.0.2:9 without saying/,
    ],
  ])('is not pinned to a hub that %s', async (_, change, message) => {
    store = (_request, response) => void response.writeHead(404).end();
    change();
    const pinning = pinManifest(manifest, config);
    await expect(pinning).rejects.toBeInstanceOf(SourceUnavailable);
    await expect(pinning).rejects.toThrow(message);
    expect(withPin(manifest, config.cacheDirectory)).toBe(manifest);
  });
});

it('every model of the list either says what its file is, or has a hub that does', () => {
  const manifests = readManifests();
  expect(manifests.map(({ id }) => id)).toContain('qwen2.5-0.5b-instruct');
  for (const one of manifests)
    expect(one.sha256 !== null || one.sources.some(({ kind }) => kind === 'hugging-face')).toBe(true);
});
