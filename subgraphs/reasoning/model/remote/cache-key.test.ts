import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, type ModelServerDouble, modelServerDouble, say } from '../../../../test/support/model-server.ts';
import { answerOf, remoteModel } from '../../../../test/support/remote-model.ts';

let server: ModelServerDouble;
beforeAll(async () => {
  server = await modelServerDouble();
});
afterAll(() => server.close());

const modelOf = () => remoteModel({ baseUrl: server.url });

describe('a model behind a server', () => {
  it('does without the cache key where a server refuses it, for good', async () => {
    server.script = (response, request) => {
      if (request.body.prompt_cache_key === undefined) return say('well')(response, request);
      return json(response, 400, { error: { message: 'Unknown parameter: prompt_cache_key' } });
    };
    const model = modelOf();
    const before = server.questions.length;
    expect((await answerOf(model)).text).toBe('well');
    expect((await answerOf(model)).text).toBe('well');
    expect(server.questions.length - before).toBe(3);
  });

  const NAMED = 'prompt_cache_key';
  const forbidden = [{ type: 'extra_forbidden', loc: ['body', NAMED], msg: 'Extra inputs are not permitted' }];
  it.each([
    ['a list of details', 422, { detail: forbidden }],
    ['a message that is an object', 422, { object: 'error', message: { detail: forbidden } }],
    ['an error that is a text', 400, { error: `unknown field ${NAMED}` }],
    ['a long message', 400, { error: { message: `${'see '.repeat(99)}${NAMED}${' there'.repeat(99)}` } }],
  ])('notices that the cache key is refused in %s, whoever asks meanwhile', async (_, status, body) => {
    server.script = async (response, request) => {
      if (request.body.prompt_cache_key === undefined) return say('well')(response, request);
      await sleep(50);
      return json(response, status, body);
    };
    const model = modelOf();
    const before = server.questions.length;
    const answers = await Promise.all([1, 2, 3].map(() => answerOf(model)));
    expect(answers.map(({ text, error }) => error ?? text)).toEqual(['well', 'well', 'well']);
    await answerOf(model);
    expect(server.questions.length - before).toBe(7);
  });

  it('keeps the cache key where a server only repeats it while it refuses something else', async () => {
    const model = modelOf();
    server.script = (response, { body }) => json(response, 422, { detail: [{ msg: 'no such model', input: body }] });
    expect((await answerOf(model)).error).toMatchObject({
      code: 'MODEL_REFUSED',
      message: expect.stringMatching(/: no such model$/),
    });
    server.script = say('well');
    expect((await answerOf(model)).text).toBe('well');
    expect(server.questions.at(-1)?.body.prompt_cache_key).toBeDefined();
  });
});
