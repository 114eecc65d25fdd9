import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { json, type ModelServerDouble, modelServerDouble } from '../../../../test/support/model-server.ts';
import { readManifests } from '../manifest.ts';
import { type ModelRegistry, openModels } from '../registry.ts';
import { NO_SERVERS, type ServerOptions } from './open-servers.ts';
import { ServerShelf } from './server-shelf.ts';

const manifests = readManifests().slice(0, 1);
const log = createLog({ name: 'reasoning', version: 'test' }, 'silent');

describe('the servers of models', () => {
  let server: ModelServerDouble;
  let cacheDirectory: string;
  const opened: ModelRegistry[] = [];
  beforeAll(() => {
    cacheDirectory = mkdtempSync(join(tmpdir(), 'models-'));
  });
  beforeEach(async () => {
    server = await modelServerDouble();
    server.models = [{ id: 'small:1b', max_model_len: 32_768 }, { id: 'text-embedding-3' }, { id: 'large' }];
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((models) => models.close()));
    await server.close();
  });
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

  function open(servers: Partial<ServerOptions>, choice = 'auto'): ModelRegistry {
    const load = async () => {
      throw new Error('there is nothing to load');
    };
    const common = { cacheDirectory, manifests, modelPath: null, log, open: load };
    const models = openModels({ ...common, choice, servers: { ...NO_SERVERS, ...servers } });
    opened.push(models);
    return models;
  }
  const listed = async (models: ModelRegistry) =>
    (await models.list()).map(({ id, need }) => `${id} ${need ?? 'ready'}`);

  it('one URL is enough: its first model is the default, the others can be chosen, embedders cannot', async () => {
    const models = open({ url: `http://127.0.0.1:${server.port}` });
    models.checkReady();
    expect(await listed(models)).toEqual([
      'remote:small:1b ready',
      `${manifests[0]?.id} weights`,
      'extractive ready',
      'remote:large ready',
    ]);
    const [first] = await models.list();
    expect(first).toMatchObject({
      ...{ name: 'small:1b', engine: 'remote', provider: `http://127.0.0.1:${server.port}` },
      ...{ contextTokens: 32_768, defaultBudgetTokens: 8_192, maxAnswerTokens: 4_096 },
    });
    expect((await models.get(null)).description.id).toBe('remote:small:1b');
    expect((await models.get('remote:large')).description).toMatchObject({
      contextTokens: 4_096,
      defaultBudgetTokens: 2_048,
    });
    await expect(models.get('remote:text-embedding-3')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    expect(server.requests.every(({ method, path, text }) => `${method} ${path}${text}` === 'GET /v1/models')).toBe(
      true,
    );
  });

  it.each([
    ['more tokens than the graph can tell', 3_000_000_000, 4_096, 1_024],
    ['no whole number', 32_768.5, 4_096, 1_024],
    ['less than nothing', -1, 4_096, 1_024],
    ['as many as the graph can tell', 2 ** 31 - 1, 2 ** 31 - 1, 4_096],
    ['a single token', 1, 1, 0],
  ])('shows a model that lists %s for its window with what can be told', async (_what, told, contextTokens, most) => {
    server.models = [{ id: 'odd', max_model_len: told, meta: { size: told } }];
    const models = open({ url: server.url });
    const [odd] = await models.list();
    const defaultBudgetTokens = Math.min(8_192, Math.floor(contextTokens / 2));
    expect(odd).toMatchObject({ id: 'remote:odd', contextTokens, maxAnswerTokens: most, defaultBudgetTokens });
  });

  it.each(['auto', 'anthropic:x'])('blanks around the URL are no part of it, with %s', async (choice) => {
    const models = open({ url: ` http://127.0.0.1:${server.port}/ `, key: 'k' }, choice);
    const [first] = await models.list();
    expect(first).toMatchObject({ need: null, provider: `http://127.0.0.1:${server.port}` });
  });

  it('a list that cannot be made ends nothing', async () => {
    const list = vi.spyOn(ServerShelf.prototype, 'list').mockRejectedValue(new Error('no list'));
    const warn = vi.spyOn(log, 'warn');
    open({ url: server.url });
    await expect.poll(() => warn.mock.calls.length).toBe(1);
    list.mockRestore();
    warn.mockRestore();
  });

  it('the model that the operator names is the default, listed or not', async () => {
    expect((await listed(open({ url: server.url, name: 'large' })))[0]).toBe('remote:large ready');
    const models = open({ url: server.url, name: 'unlisted', contextTokens: 10_000 });
    expect((await listed(models))[0]).toBe('remote:unlisted ready');
    expect((await models.get(null)).description.contextTokens).toBe(10_000);
  });

  it('a list is asked for at most every five seconds, whoever asks', async () => {
    const models = open({ url: server.url });
    await Promise.all([listed(models), listed(models), models.get(null)]);
    await listed(models);
    expect(server.requests).toHaveLength(1);
  });

  it('a question does not wait for a server to be looked at again, once it was seen', async () => {
    const models = open({ url: server.url });
    await models.get(null);
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    server.models = [{ id: 'new' }];
    expect((await models.get(null)).description.id).toBe('remote:small:1b');
    expect((await models.get('remote:large')).description.id).toBe('remote:large');
    // The question has had it looked at once; what was seen is for the next ones.
    await vi.waitFor(async () => expect((await models.get(null)).description.id).toBe('remote:new'));
    expect(server.requests).toHaveLength(2);
    now.mockReturnValue(performance.now() + 60_000);
    server.models = [{ id: 'newer' }];
    expect((await models.get('remote:newer')).description.id).toBe('remote:newer');
    expect(server.requests).toHaveLength(3);
    vi.restoreAllMocks();
  });

  it('the default of a list is of the list, not of one before', async () => {
    const models = open({ url: server.url });
    await models.get(null);
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    server.models = [{ id: 'new' }, { id: 'large' }];
    expect((await listed(models))[0]).toBe('remote:new ready');
    await server.close();
    now.mockReturnValue(performance.now() + 60_000);
    expect((await listed(models))[0]).toBe('remote server');
    vi.restoreAllMocks();
    server = await modelServerDouble();
  });

  it('a server that is away does not keep the platform from starting; its default model says what it needs', async () => {
    const models = open({ url: 'http://127.0.0.1:9' });
    await models.loaded;
    models.checkReady();
    expect((await listed(models))[0]).toBe('remote server');
    await expect(models.get(null)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect((await listed(open({ url: 'http://127.0.0.1:9', name: 'x' })))[0]).toBe('remote:x server');
  });

  it('a server that wants a key says so', async () => {
    const keyed = createServer((request, response) => {
      const isRight = request.headers.authorization === 'Bearer right';
      json(response, isRight ? 200 : 401, { data: [{ id: 'x' }] });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => keyed.once('listening', resolve));
    const address = keyed.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = `http://127.0.0.1:${address.port}`;
    expect((await listed(open({ url })))[0]).toBe('remote key');
    await expect(open({ url }).get(null)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect((await listed(open({ url, key: 'right' })))[0]).toBe('remote:x ready');
    keyed.close();
  });

  it('anthropic and google are known by name, are asked for no list, and want a key', async () => {
    expect((await listed(open({}, 'anthropic:claude-x')))[0]).toBe('anthropic:claude-x key');
    await expect(open({}, 'google:gemini-x').get(null)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    const [first] = await open({ key: 'k' }, 'google:gemini-x').list();
    expect(first).toMatchObject({
      ...{ id: 'google:gemini-x', need: null, contextTokens: 1_048_576 },
      provider: 'https://generativelanguage.googleapis.com',
    });
  });

  it('servers that are found are offered by name, are no default, and get no key and no text', async () => {
    const models = open({
      lookedFor: [{ label: 'ollama', port: server.port }],
      key: 'secret',
      url: 'http://127.0.0.1:9',
    });
    expect(await listed(models)).toEqual([
      'remote server',
      `${manifests[0]?.id} weights`,
      'extractive ready',
      'ollama:small:1b ready',
      'ollama:large ready',
    ]);
    expect((await models.get('ollama:small:1b')).description.provider).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.requests.map(({ method, path, text }) => method + path + text)).toEqual(['GET/v1/models']);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('a server that is found is the default where the operator says so by name', async () => {
    const models = open({ lookedFor: [{ label: 'ollama', port: server.port }] }, 'ollama:large');
    expect((await listed(models))[0]).toBe('ollama:large ready');
    expect((await models.get(null)).description.id).toBe('ollama:large');
    expect(() => open({}, 'ollama:large')).toThrow(expect.objectContaining({ code: 'MODEL_UNKNOWN' }));
  });

  it('a key goes to the server it was told with: the one of the URL, else the one that was chosen', async () => {
    const keys = () => server.requests.splice(0).map(({ headers }) => headers.authorization);
    const lookedFor = [{ label: 'ollama', port: server.port }];
    await listed(open({ lookedFor, key: 'k' }, 'ollama:large'));
    expect(keys()).toEqual(['Bearer k']);
    await listed(open({ lookedFor, key: 'k', url: 'http://127.0.0.1:9' }, 'ollama:large'));
    expect(keys()).toEqual([undefined]);
  });

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1', '0.0.0.0', '[::1]'])(
    'the server that is told as %s is not found a second time',
    async (host) => {
      const models = open({
        url: `http://${host}:${server.port}/v1`,
        lookedFor: [{ label: 'vllm', port: server.port }],
      });
      expect((await listed(models)).filter((line) => line.startsWith('vllm'))).toEqual([]);
    },
  );

  it.each(['localhost.invalid', '127.0.0.1.invalid', '127.invalid'])(
    'a server elsewhere, told as %s, hides none of this machine',
    async (host) => {
      const models = open({
        url: `http://${host}:${server.port}/v1`,
        lookedFor: [{ label: 'vllm', port: server.port }],
      });
      expect(await listed(models)).toContain('vllm:small:1b ready');
    },
  );

  it('a server that is told by its URL and chosen by its name is one, with its key and window', async () => {
    const servers = {
      url: server.url,
      key: 'k',
      contextTokens: 10_000,
      lookedFor: [{ label: 'ollama', port: server.port }],
    };
    const models = open(servers, 'ollama:large');
    expect(await listed(models)).toEqual([
      'ollama:large ready',
      `${manifests[0]?.id} weights`,
      'extractive ready',
      'ollama:small:1b ready',
    ]);
    expect((await models.get(null)).description).toMatchObject({ id: 'ollama:large', contextTokens: 10_000 });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer k']);
    expect((await listed(open(servers, 'remote:large')))[0]).toBe('remote:large ready');
  });

  it.each([
    ['a page', (text: string) => text, 'text/html', '<html>'],
    ['something else', (text: string) => text, 'application/json', '[1]'],
    [
      'names that are none',
      (text: string) => text,
      'application/json',
      '{"data":[{"id":7},{"id":"a b"},null,{"id":""}]}',
    ],
    ['far too much', (text: string) => text.repeat(40_000_000), 'application/json', ' '],
  ])('a port where %s is served is no server', async (_, expand, type, text) => {
    const other = createServer((_request, response) => {
      response.setHeader('content-type', type);
      response.end(expand(text));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const models = open({ lookedFor: [{ label: 'vllm', port: address.port }] });
    expect(await listed(models)).toEqual(['extractive ready', `${manifests[0]?.id} weights`]);
    other.closeAllConnections();
    other.close();
  });

  it('a long list is read, though it is one line', async () => {
    server.models = Array.from({ length: 64 }, (_, at) => ({ id: `m${at}`, description: 'x'.repeat(18_000) }));
    expect(await listed(open({ url: server.url }))).toContain('remote:m63 ready');
  });

  it('a port where nobody answers is left after a second', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const begun = performance.now();
    expect(await listed(open({ lookedFor: [{ label: 'vllm', port: address.port }] }))).toHaveLength(2);
    expect(performance.now() - begun).toBeLessThan(2_500);
    silent.closeAllConnections();
    silent.close();
  });

  it('what is found is told once in the log', async () => {
    const info = vi.spyOn(log, 'info');
    open({ lookedFor: [{ label: 'ollama', port: server.port }] });
    await vi.waitFor(() => expect(info).toHaveBeenCalledOnce());
    expect(info.mock.calls[0]).toMatchObject([{ models: ['ollama:small:1b', 'ollama:large'] }, /nothing is sent/]);
    info.mockRestore();
  });
});
