import { connect } from 'node:net';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startTestGateway, type TestGateway } from './fixtures/gateway.ts';
import { openClient, read } from './fixtures/reader.ts';
import { newActivity, startLibrary, startStream } from './fixtures/subgraphs.ts';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

const QUERY = '{ run(id: "1") { status } }';
const REFUSED = [{ extensions: { code: 'INPUT_INVALID', retryable: false, details: { argument: 'authorization' } } }];
const UNSENDABLE: readonly (readonly [what: string, authorization: string])[] = [
  ['a line end', 'a\nb'],
  ['a header of its own', 'a\r\nsupercontext-signature: t=1'],
  ['NUL', 'a\0b'],
  ['letters beyond a byte', 'ключ'],
  ['half a surrogate pair', '\ud800'],
  ['16 KiB', 'x'.repeat(16 * 1024)],
  ['2 MB', 'x'.repeat(2_000_000)],
];

describe('what a caller says over WebSocket and goes on as a header', () => {
  it.each(UNSENDABLE)(
    'costs its sender the operation, and nobody anything else, with %s',
    async (_what, authorization) => {
      const inParameters = openClient(gateway.url, { connectionParams: { authorization } });
      const inExtensions = openClient(gateway.url);
      for (let time = 0; time < 12; time++) {
        const query = `{ run(id: "${time}") { status } }`;
        expect(await read(inParameters, { query }).ended).toMatchObject(REFUSED);
        expect(await read(inExtensions, { query, extensions: { authorization } }).ended).toMatchObject(REFUSED);
      }
      const subscription = 'subscription { plain(to: 1) { sequence } }';
      expect(await read(inParameters, { query: subscription }).ended).toMatchObject(REFUSED);
      expect((await post(gateway.url, { query: QUERY })).answer.data).toEqual({ run: { status: 'DONE' } });
      const same = read(inExtensions, { query: QUERY });
      expect(await same.ended).toBe('completed');
      expect(same.results[0]?.data).toEqual({ run: { status: 'DONE' } });
      await Promise.all([inParameters.dispose(), inExtensions.dispose()]);
    },
  );

  it.each([
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nx: y'],
    ['traceparent', 'ключ'],
    ['context-contract', '1\nx: y'],
    ['context-contract', '１'],
  ])('is made anew or refused when it is no %s', async (name, value) => {
    const client = openClient(gateway.url, { connectionParams: { [name]: value } });
    const reading = read(client, { query: QUERY });
    const ended = await reading.ended;
    if (name === 'traceparent') expect(reading.results[0]?.data).toEqual({ run: { status: 'DONE' } });
    else expect(ended).toMatchObject([{ extensions: { code: 'CONTRACT_VERSION_UNKNOWN' } }]);
    await client.dispose();
  });
});

describe('what a caller says over HTTP and goes on as a header', () => {
  it('is sent on up to its bound, and refused over it', async () => {
    const longest = 'x'.repeat(8 * 1024);
    const sent = await post(gateway.url, { query: QUERY }, { authorization: longest });
    expect(sent.answer.data).toEqual({ run: { status: 'DONE' } });
    const over = await post(gateway.url, { query: QUERY }, { authorization: `${longest}x` });
    expect(over.status).toBe(400);
    expect(over.answer.errors).toMatchObject(REFUSED);
  });

  it('may have bytes above ASCII, as headers may', async () => {
    const { hostname, port } = new URL(gateway.url);
    const body = JSON.stringify({ query: QUERY });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n`;
        socket.write(
          `${head}content-length: ${body.length}\r\nauthorization: Bearer \xe9\xff\r\n\r\n${body}`,
          'latin1',
        );
      });
      let text = '';
      socket.on('data', (data) => {
        text += String(data);
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toContain('"status":"DONE"');
  });
});
