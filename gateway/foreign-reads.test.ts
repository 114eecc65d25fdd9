import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { mayBeForeign } from './foreign-reads.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0';
const host = '192.168.1.5:4000';

describe('a query by GET is answered', () => {
  it.each<[string, IncomingHttpHeaders]>([
    ['to what is no browser', { host, 'user-agent': 'python-requests/2.32' }],
    ['to what does not say what it is', { host }],
    ['to a page of the gateway', { host, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-origin' }],
    ['to who typed its address', { host, 'user-agent': FIREFOX, 'sec-fetch-site': 'none' }],
    [
      'to a page that was admitted by its Origin',
      { host, origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'to an own page over plain HTTP, by its Referer',
      { host, 'user-agent': FIREFOX, referer: `http://${host}/notes` },
    ],
    [
      'to an own page behind a proxy with TLS',
      { host: 'a.test', 'user-agent': FIREFOX, referer: 'https://a.test:443/' },
    ],
    ['after a preflight', { host, 'user-agent': FIREFOX, 'apollo-require-preflight': 'true' }],
    [
      'after the preflight that JSON needs',
      { host, 'user-agent': FIREFOX, 'content-type': 'application/json; charset=utf-8' },
    ],
  ])('%s', (_, headers) => {
    expect(mayBeForeign(headers)).toBe(false);
  });
});

describe('a query by GET is refused', () => {
  it.each<[string, IncomingHttpHeaders]>([
    ['to an image of another site', { host, 'user-agent': FIREFOX, 'sec-fetch-site': 'cross-site', accept: 'image/*' }],
    ['to a page of the same site, not of the gateway', { host, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-site' }],
    ['whatever a page said of itself', { host, 'sec-fetch-site': 'cross-site', 'apollo-require-preflight': 'true' }],
    ['to a browser that tells nothing', { host, 'user-agent': FIREFOX }],
    ['for an Accept, which any page may set', { host, 'user-agent': FIREFOX, accept: 'application/json' }],
    ['for a type that a form may have', { host, 'user-agent': FIREFOX, 'content-type': 'text/plain' }],
    ['to the Referer of another host', { host, 'user-agent': FIREFOX, referer: 'http://evil.test/' }],
    ['to the Referer of another port', { host, 'user-agent': FIREFOX, referer: 'http://192.168.1.5:4001/' }],
    ['to a Referer that is none', { host: '', 'user-agent': FIREFOX, referer: 'about:blank' }],
  ])('%s', (_, headers) => {
    expect(mayBeForeign(headers)).toBe(true);
  });
});
