import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONTENT_CODINGS, type ContentCoding } from './content-codings.ts';
import { httpServer } from './http-server.ts';
import { SOCKET_BOUNDS } from './socket-bounds.ts';

const MiB = 1024 * 1024;
const LIMIT = 4 * MiB;
const ROOM = 6 * MiB;

let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  server = httpServer({
    bodyLimitBytes: LIMIT,
    closes: 'all',
    intake: {
      path: '/graphql',
      bounds: { ...SOCKET_BOUNDS, maximumBodiesBytes: ROOM, maximumDecoders: 2 },
      contentCodings: Object.keys(CONTENT_CODINGS),
      admit: () => {},
      open: () => {},
      fault: (error) => expect.unreachable(String(error)),
    },
    methods: {},
    report: (error) => expect.unreachable(String(error)),
  });
  server.post('/', (request) => ({ length: JSON.stringify(request.body).length }));
  await server.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

async function post(body: Uint8Array<ArrayBuffer> | ReadableStream, encoding: string) {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  const response = await fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  const answer = (await response.json()) as { length?: number; errors?: { extensions: Record<string, unknown> }[] };
  return { status: response.status, headers: response.headers, answer, error: answer.errors?.[0]?.extensions };
}

const json = (bytes: number): string => JSON.stringify('x'.repeat(bytes));
const gzip = (bytes: number) => new Uint8Array(zlib.gzipSync(json(bytes)));

describe('a compressed body', () => {
  it.each(['gzip', 'x-gzip', 'GZIP', 'deflate', 'br', 'zstd'])('is read as %s', async (name) => {
    const coding = CONTENT_CODINGS[name.toLowerCase().replace('x-', '')];
    const body = new Uint8Array((await coding?.encode(json(100_000))) ?? []);
    expect(body.length).toBeLessThan(1_000);
    expect((await post(body, name)).answer).toEqual({ length: 100_002 });
  });

  it('is refused in another coding, with those that are taken', async () => {
    for (const encoding of ['compress', 'gzip, br', 'aes128gcm']) {
      const { status, headers, error } = await post(gzip(10), encoding);
      expect([status, error?.code]).toEqual([415, 'INPUT_INVALID']);
      expect(headers.get('accept-encoding')).toBe('zstd, br, gzip, deflate, identity');
    }
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])('that is no %s, or breaks off in it, is 400', async (name) => {
    const whole = new Uint8Array((await CONTENT_CODINGS[name]?.encode(json(100_000))) ?? []);
    for (const body of [new TextEncoder().encode('{"query":""}'), whole.slice(0, -9)]) {
      const { status, error } = await post(body, name);
      expect([status, error?.code]).toEqual([400, 'INPUT_INVALID']);
    }
  });

  it('that grows over the limit is refused with it, and read no further', async () => {
    const bomb = new Uint8Array(zlib.gzipSync(Buffer.alloc(256 * MiB, ' ')));
    expect(bomb.length).toBeLessThan(300 * 1024);
    const decoders = vi.spyOn(CONTENT_CODINGS.gzip as ContentCoding, 'decoder');
    const { status, error } = await post(bomb, 'gzip');
    expect([status, error?.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
    expect(error?.details).toEqual({ maximumBytes: LIMIT });
    const [decoder] = decoders.mock.results.map(({ value }) => value as zlib.Gunzip);
    expect(decoder?.destroyed).toBe(true);
    expect(decoder?.bytesWritten).toBeLessThan(bomb.length / 4);
    decoders.mockRestore();
  });

  it('takes of the room that bodies have together what comes out of it', async () => {
    let end = (): void => {};
    const large = gzip(3.5 * MiB);
    const holding = post(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(large.slice(0, -8));
          end = () => {
            controller.enqueue(large.slice(-8));
            controller.close();
          };
        },
      }),
      'gzip',
    );
    await sleep(200);
    expect((await post(gzip(3 * MiB), 'gzip')).error).toMatchObject({ code: 'SERVER_BUSY', retryable: true });
    // Room is given back when a connection has taken its answer.
    await sleep(200);
    end();
    expect((await holding).status).toBe(200);
    await sleep(200);
    expect((await post(gzip(3 * MiB), 'gzip')).status).toBe(200);
  });

  it('of zstd that wants a window of more than 8 MiB is refused before it has it', async () => {
    const params = { [zlib.constants.ZSTD_c_windowLog]: 27 };
    const wide = new Uint8Array(zlib.zstdCompressSync(Buffer.alloc(32 * MiB, ' '), { params }));
    expect((await post(wide, 'zstd')).status).toBe(400);
  });

  it('is one of so many at once: those beyond are busy until one has ended', async () => {
    const open: ReadableStreamDefaultController[] = [];
    const unfinished = () => new ReadableStream({ start: (controller) => open.push(controller) as never });
    const started = [post(unfinished(), 'gzip'), post(unfinished(), 'gzip')];
    for (const controller of open) controller.enqueue(gzip(10).slice(0, 12));
    await sleep(200);
    expect((await post(gzip(10), 'gzip')).error).toMatchObject({ code: 'SERVER_BUSY', retryable: true });
    for (const controller of open) {
      controller.enqueue(gzip(10).slice(12));
      controller.close();
    }
    expect((await Promise.all(started)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await post(gzip(10), 'gzip')).status).toBe(200);
  });
});
