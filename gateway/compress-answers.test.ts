import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compressAnswers, preferredCoding } from './compress-answers.ts';

const LONG = 'This answer is longer than a packet. '.repeat(100);

let server: FastifyInstance;

beforeEach(() => {
  server = fastify();
  compressAnswers(server);
  server.get('/long', () => LONG);
  server.get('/page', (_request, reply) => reply.type('text/html').send(Buffer.from(LONG)));
  server.get('/stream', (_request, reply) => reply.send(Readable.from([LONG])));
  server.get('/short', () => 'short');
});
afterEach(() => server.close());

const get = (url: string, encoding?: string) =>
  server.inject({ url, headers: encoding === undefined ? {} : { 'accept-encoding': encoding } });

describe('a long answer', () => {
  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
  ])('comes as %s to who takes that', async (coding, decode) => {
    const { headers, rawPayload } = await get('/long', coding);
    expect(headers['content-encoding']).toBe(coding);
    expect(headers['content-length']).toBe(String(rawPayload.length));
    expect(rawPayload.length).toBeLessThan(LONG.length / 5);
    expect(decode(rawPayload).toString()).toBe(LONG);
  });

  it.each([undefined, '', 'identity', 'gzip;q=0', 'compress', 'gzip;q=none'])(
    'comes as it is to %j',
    async (encoding) => {
      const { headers, payload } = await get('/long', encoding);
      expect(headers['content-encoding']).toBeUndefined();
      expect(payload).toBe(LONG);
    },
  );
});

it('compresses a page that is bytes', async () => {
  const { headers, rawPayload } = await get('/page', 'gzip');
  expect(headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(rawPayload).toString()).toBe(LONG);
});

it.each(['/short', '/stream'])('leaves %s as it is', async (url) => {
  const { headers, payload } = await get(url, 'gzip');
  expect(headers['content-encoding']).toBeUndefined();
  expect([LONG, 'short']).toContain(payload);
});

describe('preferredCoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP;Q=0.5, br;q=0.4', 'gzip'],
    ['*', 'zstd'],
    ['*;q=0.5, zstd;q=0', 'br'],
    ['gzip;q=0.5, identity', undefined],
    ['*;q=0', undefined],
  ])('of %j is %j', (header, coding) => {
    expect(preferredCoding(header)).toBe(coding);
  });
});
