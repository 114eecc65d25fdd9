import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../gateway/fixtures/gateway.ts';
import { newActivity, startLibrary, startStream } from '../../gateway/fixtures/subgraphs.ts';
import { browserPath, launchBrowser } from '../support/browser.ts';

// What a browser sends by GET for a page of another site, and what for one of the gateway's own: with `Sec-Fetch-Site`, as it does for this
// machine and over TLS, and without, as for a name on plain HTTP.

const QUERY = `graphql?query=${encodeURIComponent('{ run(id: "7") { books { title } } }')}`;
const SETTLED_MS = 500;
/** A name that no browser trusts without TLS. */
const NAME = 'graph.test';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;
let foreign: Server;
let browser: Browser;
let port: string;

beforeAll(async () => {
  if (browserPath === null) return;
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url }, { hosts: [NAME] });
  mkdirSync(join(gateway.folder, 'console'));
  writeFileSync(join(gateway.folder, 'console', 'index.html'), '<p>an own page</p>');
  port = new URL(gateway.url).port;
  foreign = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>a page</p>'));
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  browser = await launchBrowser(browserPath, [NAME, 'evil.test']);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  foreign?.close();
  await gateway?.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

/** Runs a script in a page and gives its result, and how many entities were resolved for it. */
async function inPage<Result>(url: string, script: (address: string) => Promise<Result> | Result, address: string) {
  const before = activity.booksResolved;
  const page = await browser.newPage();
  await page.goto(url);
  const result = await page.evaluate(script, address);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  await page.close();
  return { result, resolved: activity.booksResolved - before };
}

const WAYS: Readonly<Record<string, (address: string) => Promise<unknown> | unknown>> = {
  'an image': (address) => {
    new Image().src = address;
  },
  'a fetch that wants no answer': (address) =>
    fetch(address, { mode: 'no-cors', headers: { accept: 'application/json' }, referrerPolicy: 'no-referrer' }).then(
      ({ type }) => type,
    ),
  'a script': (address) => {
    document.head.append(Object.assign(document.createElement('script'), { src: address }));
  },
  'a form': (address) => {
    const { origin, pathname, searchParams } = new URL(address);
    const form = Object.assign(document.createElement('form'), { action: origin + pathname });
    const query = Object.assign(document.createElement('input'), { name: 'query', value: searchParams.get('query') });
    form.append(query);
    document.body.append(form);
    form.submit();
  },
};

describe.skipIf(browserPath === null)(
  `a page in a browser${browserPath === null ? ' (skipped: there is none on this machine)' : ''}`,
  () => {
    describe.each(['127.0.0.1', NAME])('of another site has nothing run on %s', (host) => {
      it.each(Object.keys(WAYS))('by %s', async (way) => {
        const evil = `http://evil.test:${(foreign.address() as AddressInfo).port}/`;
        const { resolved } = await inPage(evil, WAYS[way] ?? (() => undefined), `http://${host}:${port}/${QUERY}`);
        expect(resolved).toBe(0);
      });
    });

    it.each(['127.0.0.1', NAME])('of the gateway itself, %s, is answered', async (host) => {
      const own = `http://${host}:${port}/`;
      const ask = (address: string) => fetch(address, { referrerPolicy: 'same-origin' }).then(({ status }) => status);
      expect(await inPage(own, ask, own + QUERY)).toEqual({ result: 200, resolved: 2 });
    });
  },
);
