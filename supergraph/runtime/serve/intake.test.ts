import type { Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ContractError } from '@supercontext/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { createIntake, type IntakeOptions } from './intake.ts';
import { parseTarget } from './request-target.ts';
import { SOCKET_BOUNDS } from './socket-bounds.ts';

const faults: unknown[] = [];
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  faults.length = 0;
});

async function start(
  handler: (url: string, response: ServerResponse) => void,
  more: Partial<IntakeOptions> = {},
): Promise<number> {
  server = createIntake((request, response) => handler(request.url ?? '', response), {
    path: '/graphql',
    bounds: SOCKET_BOUNDS,
    admit: () => {},
    open: () => {
      throw new TypeError('no upgrades here');
    },
    fault: (error) => faults.push(error),
    ...more,
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** All that comes back for these bytes until the other side closes or nothing more comes. */
function exchange(port: number, bytes: string | Buffer, waitMs = 3_000): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
const get = (target: string, headers = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}Connection: close\r\n\r\n`;

describe('a request target', () => {
  it.each([
    '//:0',
    '//',
    '/%zz/../x',
    'http://[',
    'http://',
    'http://a b/',
    '*',
    'ftp://x/',
    'localhost:80',
    '',
    `/${'%'.repeat(9_000)}`,
    'http://:0',
    '/\u00ff',
  ])('is read without a throw: %s', (target) => {
    expect(() => parseTarget(target)).not.toThrow();
  });

  it('has its path taken without query and fragment, of an absolute one, too', () => {
    expect(parseTarget('/graphql?a=/b#c')).toMatchObject({ path: '/graphql', url: '/graphql?a=/b#c' });
    expect(parseTarget('http://evil.test:1/graphql?x')).toEqual({
      ...{ path: '/graphql', url: '/graphql?x', authority: 'evil.test:1' },
    });
    expect(parseTarget('/%zz')).toBeUndefined();
  });
});

describe('what is taken in', () => {
  it.each([
    ['a target that is no path', get('*'), 400],
    ['percent signs that mean nothing', get('/%zz'), 400],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS handshake', Buffer.from('160301020001000001fc0303', 'hex'), 400],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a tunnel', 'CONNECT a.test:1 HTTP/1.1\r\nHost: a.test\r\n\r\n', 405],
    ['an expectation nobody meets', get('/', 'Expect: cake\r\n'), 417],
    ['an upgrade at a path that has none', `GET //:0 HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`, 404],
    ['an upgrade whose target is none', `GET http://[ HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`, 400],
  ])('is answered with a typed error: %s', async (_what, bytes, status) => {
    const port = await start((_url, response) => response.end('ok'));
    const answer = await exchange(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('"code":"INPUT_INVALID"');
    expect(answer).toContain('nosniff');
    expect(await exchange(port, get('/'))).toContain('ok');
    expect(faults).toEqual([]);
  });

  it('costs the one that sent it a 400 when it throws, and one line of the log', async () => {
    const port = await start((url, response) => {
      if (url === '/throw') throw new TypeError('secret detail');
      response.end('ok');
    });
    for (const bytes of [get('/throw'), `GET /graphql HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`]) {
      faults.length = 0;
      const answer = await exchange(port, bytes);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).not.toContain('secret');
      expect(faults).toHaveLength(1);
    }
    expect(await exchange(port, get('/'))).toContain('ok');
  });

  it('is refused before it is handled when the caller is', async () => {
    let handled = 0;
    const admit = (): void => {
      throw new ContractError('CALLER_REFUSED', 'not you');
    };
    const port = await start(() => handled++, { admit });
    for (const bytes of [get('/'), `GET /graphql HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`]) {
      expect(await exchange(port, bytes)).toMatch(/^HTTP\/1.1 403 [\s\S]*CALLER_REFUSED/);
    }
    expect(handled).toBe(0);
  });

  it.each(['gzip', 'br', 'GZIP', 'x', 'identity, gzip'])(
    'with a body that is %s is refused before it is handled',
    async (encoding) => {
      const port = await start((_url, response) => response.end('ok'));
      const answer = await exchange(port, get('/', `Content-Encoding: ${encoding}\r\n`));
      expect(answer).toMatch(/^HTTP\/1.1 415 [\s\S]*accept-encoding: identity[\s\S]*INPUT_INVALID/);
      expect(await exchange(port, get('/', 'Content-Encoding: identity\r\n'))).toContain('ok');
    },
  );

  it('is no upgrade when it asks for anything but a WebSocket', async () => {
    const port = await start((_url, response) => response.end('ok'));
    const h2c = `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n`;
    expect(await exchange(port, h2c, 300)).toContain('ok');
  });

  it('answers what was asked before it answers what is no request', async () => {
    const port = await start((_url, response) => void setTimeout(() => response.end('the first answer'), 100));
    const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n`);
    expect(answer).toMatch(/200 OK[\s\S]*the first answer[\s\S]*400 Bad Request/);
  });

  it('survives sockets that are reset at any moment', async () => {
    const port = await start((_url, response) => response.end('x'.repeat(1_000_000)));
    const upgrade = `GET //:0 HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`;
    for (const bytes of [get('/'), upgrade, 'CONNECT a HTTP/1.1\r\n\r\n', 'x\r\n\r\n', '']) {
      for (let time = 0; time < 20; time++) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(bytes, () =>
              time % 2 === 0 ? socket.resetAndDestroy() : setTimeout(() => socket.resetAndDestroy(), 5),
            );
          });
          socket.on('error', () => {});
          socket.on('close', () => resolve());
        });
      }
    }
    expect(await exchange(port, get('/'))).toContain('xxx');
    expect(faults).toEqual([]);
  });
});

describe('the bounds of a socket', () => {
  const QUICK = { ...SOCKET_BOUNDS, headersTimeoutMs: 300, requestTimeoutMs: 600, lookMs: 100, stuckMs: 300 };

  it.each([
    ['nothing at all', ''],
    ['half of its headers', 'GET / HTTP/1.1\r\nHost: localhost\r\n'],
    ['a body at its leisure', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx'],
  ])('end a connection that sends %s with 408', async (_what, bytes) => {
    const port = await start(() => {}, { bounds: QUICK });
    const startMs = performance.now();
    expect(await exchange(port, bytes, 5_000)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });

  it('cut a reader that takes nothing of what it asked for', async () => {
    let isClosed = false;
    const port = await start(
      (_url, response) => {
        response.on('close', () => {
          isClosed = true;
        });
        response.end(Buffer.alloc(64 * 1024 * 1024));
      },
      { bounds: QUICK },
    );
    const socket = connect(port, '127.0.0.1', () => socket.write(get('/')));
    socket.pause();
    socket.on('error', () => {});
    await expect.poll(() => isClosed, { timeout: 5_000 }).toBe(true);
    socket.destroy();
  });

  it('refuse more requests at once than one connection may have waiting', async () => {
    let started = 0;
    const waiting: ServerResponse[] = [];
    const port = await start(
      (_url, response) => {
        started += 1;
        waiting.push(response);
      },
      { bounds: { ...SOCKET_BOUNDS, maximumUnanswered: 10 } },
    );
    const answer = exchange(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50), 800);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(started).toBe(10);
    for (const response of waiting) response.end('ok');
    expect((await answer).match(/SERVER_BUSY/g)).toHaveLength(40);
  });
});
