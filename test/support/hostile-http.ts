import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import { hostileJson, hostileOperation } from './hostile-json.ts';
import type { Random } from './random.ts';

const TARGETS = [
  ...[
    '/',
    '/graphql',
    '/graphiql',
    '/health',
    '/ready',
    '//:0',
    '//',
    '///graphql',
    '/graphql/',
    '/graphql;a',
    '*',
    '?',
    '#',
  ],
  ...[
    '/%',
    '/%zz',
    '/%00',
    '/%c3%28',
    '/..%2f..%2fetc/passwd',
    '/../../package.json',
    '/assets/../../x.js',
    '/.json',
    '/a.js',
  ],
  ...[
    'http://[',
    'http://',
    'http://:0',
    'http://localhost/graphql',
    'http://evil.test/graphql',
    'HTTP://LOCALHOST',
    'ftp://x/',
  ],
  ...[
    'localhost:80',
    '/graphql?query={__typename}',
    '/graphql?query={',
    '/graphql?variables={&query=x',
    '/graphql?extensions=[',
  ],
  ...[
    '/graphql?query[]=1&query[]=2',
    '/graphql?__proto__=1',
    '/graphql?%=%',
    '/\u00e9',
    '/\u00ff\u00fe',
    '/constructor',
    '/__proto__',
  ],
];
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'PURGE',
  'M-SEARCH',
];
const NO_METHODS = ['get', 'FOO', '', 'GET GET', '\u0000', 'CONNECT', 'PRI'];
const HOSTS = [
  'localhost',
  'localhost',
  'localhost',
  '127.0.0.1',
  '[::1]',
  'evil.test',
  '',
  'a b',
  '[',
  'localhost:x',
  '%',
  '\u00ff',
];
const HEADERS = [
  ...[
    'Accept: text/html',
    'Accept: */*;q=x',
    'Accept-Encoding: \u0001',
    'Origin: null',
    'Origin: http://localhost:5173',
    'Origin: ///',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: cake',
    'Upgrade: h2c',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Connection: close, Upgrade',
  ],
  ...[
    'Content-Type: application/json',
    'Content-Type: application/json; charset=\u00ff',
    'Content-Type: text/plain',
    'Content-Type: ;',
  ],
  ...[
    'Content-Type: multipart/form-data; boundary=',
    'Cookie: __proto__=1',
    'Range: bytes=-1-',
    'If-None-Match: *',
    'TE: trailers',
  ],
  ...[
    'Accept-Version: 9',
    'traceparent: 00-0-0-0',
    'context-hops: [[[',
    'context-hops: {"a":1}',
    'context-contract: 1',
    'context-contract: 1e9',
  ],
  ...[
    'context-deadline-ms: -1',
    'context-deadline-ms: 1e400',
    'authorization: \u00ff',
    '__proto__: 1',
    'constructor: 1',
    ': empty',
    'X Y: 1',
    'X',
  ],
  ...[
    'supercontext-signature: t=1',
    'supercontext-signature: t=9999999999999,n=0000000000000000.1,v2=00',
    'apollo-require-preflight: 1',
  ],
  ...[
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: a, \u00ff, b c',
    'Sec-Fetch-Site: cross-site',
  ],
];

/** One request line with its headers and body that a parser of HTTP takes, though nobody who means well sends it. */
export function oddRequest(random: Random): Buffer {
  const headers = Array.from({ length: random.below(4) }, () => random.pick(HEADERS)).filter(
    (header) => !/^(?:Upgrade|Connection|Expect|: |X)/.test(header) && /^[\x20-\x7e\x80-\xff]*$/.test(header),
  );
  const body = random.chance(0.6) ? hostileJson(random) : '';
  const lines = [
    `${random.pick(METHODS)} ${random.pick(TARGETS.filter((target) => /^(?:\/|\*|http:)[!-~]*$/.test(target)))} HTTP/1.1`,
    `Host: ${random.pick(HOSTS.filter((host) => !/[^ -\x7e]/.test(host)))}`,
    ...headers,
    ...(random.chance(0.7) ? ['Content-Type: application/json'] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

/** A call that has all the signs of coming from the platform, with a body that does not make sense. */
export function signedRequest(random: Random, key: string, stage: string): Buffer {
  const body = random.chance(0.5) ? hostileJson(random) : JSON.stringify(hostileOperation(random));
  const lines = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `${CONTRACT_HEADER}: 1`,
    `${SIGNATURE_HEADER}: ${signRequest(key, { stage, body })}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

/** Bytes that are no request, or hardly one. */
export function brokenRequest(random: Random): Buffer {
  const line = `${random.pick([...METHODS, ...NO_METHODS])} ${random.pick(TARGETS)} ${random.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'HTTP', ''])}`;
  const headers = Array.from({ length: random.below(8) }, () => random.pick(HEADERS));
  const framing = random.pick([
    ...[
      'Transfer-Encoding: chunked\r\n\r\nzz\r\n',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello',
      'Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
    ],
    ...[
      'Transfer-Encoding: chunked\r\n\r\n5;a="\r\nhello\r\n0\r\n: x\r\n\r\n',
      'Transfer-Encoding: chunked, gzip\r\nContent-Length: 3\r\n\r\nabc',
    ],
    ...[
      'Content-Length: -1\r\n\r\n',
      'Content-Length: 1e9\r\n\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      'Content-Length: 5\r\n\r\nhe',
    ],
    ...[
      '\r\n',
      '\r\n\r\n',
      '\n\n',
      '\r\r\n\n',
      `X: ${'y'.repeat(random.below(20_000))}\r\n\r\n`,
      `${'a: b\r\n'.repeat(random.below(3_000))}\r\n`,
    ],
  ]);
  const whole = Buffer.from(
    `${line}\r\nHost: ${random.pick(HOSTS)}\r\n${headers.join('\r\n')}\r\n${framing}`,
    'latin1',
  );
  if (random.chance(0.2)) return random.bytes(random.below(400));
  // A few bytes of it turned into others.
  for (let turned = random.below(4); turned > 0; turned--) whole[random.below(whole.length)] = random.below(256);
  return random.chance(0.2) ? whole.subarray(0, random.below(whole.length)) : whole;
}

/** An upgrade with one thing or another wrong; none with little probability. */
export function oddUpgrade(random: Random): Buffer {
  const odd = <Value>(good: string, others: readonly Value[]): string | Value =>
    random.chance(0.75) ? good : random.pick(others);
  const lines = [
    `${odd('GET', ['POST', 'PUT', 'HEAD'])} ${odd('/graphql', TARGETS)} HTTP/1.1`,
    `Host: ${odd('localhost', HOSTS)}`,
    `Connection: ${odd('Upgrade', ['upgrade, close', 'keep-alive', ''])}`,
    `Upgrade: ${odd('websocket', ['WebSocket', 'websocket, h2c', 'h2c', ''])}`,
    `Sec-WebSocket-Version: ${odd('13', ['8', '0', 'x', '13, 13', '1e1'])}`,
    `Sec-WebSocket-Key: ${odd('AAAAAAAAAAAAAAAAAAAAAA==', ['', 'AAAA', '=', 'A'.repeat(5_000), '\u00ff'])}`,
    ...(random.chance(0.7)
      ? [
          `Sec-WebSocket-Protocol: ${odd('graphql-transport-ws', ['graphql-ws', ',', 'a b', '', 'x'.repeat(3_000), '__proto__'])}`,
        ]
      : []),
    ...(random.chance(0.3)
      ? [
          `Sec-WebSocket-Extensions: ${random.pick(['permessage-deflate', 'x;;', '=', 'permessage-deflate; server_max_window_bits=99'])}`,
        ]
      : []),
    ...(random.chance(0.2) ? [random.pick(HEADERS)] : []),
  ];
  const frames = random.chance(0.3) ? random.bytes(random.below(60)) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), frames]);
}
