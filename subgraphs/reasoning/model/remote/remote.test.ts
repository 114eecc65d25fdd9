import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  beginStream,
  delta,
  eventOf,
  finish,
  json,
  type ModelServerDouble,
  modelServerDouble,
  type Script,
  say,
  usageOf,
} from '../../../../test/support/model-server.ts';
import { answerOf, KEY, QUESTION, remoteModel } from '../../../../test/support/remote-model.ts';
import type { ModelServer } from './model-server.ts';
import type { PatienceLimits } from './patience.ts';

let server: ModelServerDouble;
beforeAll(async () => {
  server = await modelServerDouble();
});
beforeEach(() => {
  server.script = say('well');
});
afterAll(() => server.close());

const modelOf = (told: Partial<ModelServer> = {}, limits: Partial<PatienceLimits> = {}) =>
  remoteModel({ baseUrl: server.url, ...told }, limits);

/** The text so far, and the code it ends with; then the next question is answered. */
async function outcome(script: Script, limits: Partial<PatienceLimits> = {}): Promise<{ text: string; code: string }> {
  const model = modelOf({}, limits);
  server.script = script;
  const { text, events, error } = await answerOf(model);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error ?? {}))).not.toContain(KEY);
  server.script = say('well');
  expect((await answerOf(model)).text).toBe('well');
  const last = events.at(-1);
  const ended = last?.type === 'completed' ? last.reason : 'open';
  return { text, code: error instanceof ContractError ? error.code : String(error ?? ended) };
}

const never = new AbortController().signal;

describe('a model behind a server', () => {
  it('sends the prompt with what keeps a session together, its key, and nothing that was not asked for', async () => {
    const { text, events } = await answerOf(modelOf());
    expect(text).toBe('well');
    expect(events.at(-1)).toMatchObject({ outputTokens: 1, prompt: { promptTokens: 120, cachedTokens: 100 } });
    const sent = server.questions.at(-1);
    expect(sent?.path).toBe('/v1/chat/completions');
    expect(sent?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(sent?.headers['x-session-token']).toBe(sent?.body.prompt_cache_key);
    expect(sent?.body.prompt_cache_key).toMatch(/^[0-9a-f]{32}$/);
    expect(sent?.text).not.toContain(QUESTION.sessionId);
    expect(Object.keys(sent?.body ?? {}).sort()).toEqual(
      ['max_tokens', 'messages', 'model', 'prompt_cache_key', 'stream', 'stream_options'].sort(),
    );
  });

  it('sends temperature, seed and stops where they are asked for', async () => {
    await answerOf(modelOf(), {
      sampling: { temperature: 0, topP: 0.5, repetitionPenalty: 1, seed: 7 },
      stop: ['\n\n'],
    });
    expect(server.questions.at(-1)?.body).toMatchObject({ temperature: 0, top_p: 0.5, seed: 7, stop: ['\n\n'] });
  });

  it('speaks the tongue of Anthropic, with what lasts marked for its cache', async () => {
    server.script = (response) => {
      beginStream(response);
      const start = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], stop_reason: null };
      const usage = { input_tokens: 7, cache_read_input_tokens: 90, cache_creation_input_tokens: 3, output_tokens: 1 };
      response.write(`event: message_start\n${eventOf({ type: 'message_start', message: { ...start, usage } })}`);
      response.write(eventOf({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }));
      response.write(eventOf({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'At 9.' } }));
      response.write(eventOf({ type: 'content_block_stop', index: 0 }));
      response.write(
        eventOf({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
      );
      response.end(eventOf({ type: 'message_stop' }));
    };
    const { text, events, error } = await answerOf(modelOf({ dialect: 'anthropic' }));
    expect(error).toBeNull();
    expect(text).toBe('At 9.');
    expect(events.at(-1)).toMatchObject({
      reason: 'stop',
      outputTokens: 3,
      prompt: { promptTokens: 100, cachedTokens: 90 },
    });
    const sent = server.questions.at(-1);
    expect(sent?.path).toBe('/v1/messages');
    expect(sent?.headers['x-api-key']).toBe(KEY);
    expect(sent?.body.system).toEqual([
      { type: 'text', text: 'Answer from the text. Lasting.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'New.' },
    ]);
  });

  it('speaks the tongue of Google', async () => {
    server.script = (response) => {
      beginStream(response);
      const usageMetadata = {
        promptTokenCount: 50,
        cachedContentTokenCount: 32,
        candidatesTokenCount: 2,
        totalTokenCount: 52,
      };
      const candidate = { content: { role: 'model', parts: [{ text: 'At 9.' }] }, finishReason: 'STOP' };
      response.end(eventOf({ candidates: [candidate], usageMetadata }));
    };
    const { text, events, error } = await answerOf(modelOf({ dialect: 'google' }));
    expect(error).toBeNull();
    expect(text).toBe('At 9.');
    expect(events.at(-1)).toMatchObject({ reason: 'stop', prompt: { promptTokens: 50, cachedTokens: 32 } });
    expect(server.questions.at(-1)?.headers['x-goog-api-key']).toBe(KEY);
    expect(server.questions.at(-1)?.path).not.toContain(KEY);
  });

  it('ends the connection when its reader aborts, and when it leaves', async () => {
    const endless: Script = async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        response.write(delta('on '));
        await sleep(20);
      }
    };
    server.script = endless;
    const reader = new AbortController();
    const reason = new ContractError('CANCELLED', 'enough');
    setTimeout(() => reader.abort(reason), 100);
    expect((await answerOf(modelOf(), {}, reader.signal)).error).toBe(reason);
    await server.questions.at(-1)?.leftEarly;
    for await (const { type } of modelOf().complete(QUESTION, never)) if (type === 'text-delta') break;
    await server.questions.at(-1)?.leftEarly;
  });

  it('ends the connection when it is closed', async () => {
    server.script = (response) => beginStream(response);
    const model = modelOf();
    const answering = answerOf(model);
    await sleep(100);
    await model.close();
    expect((await answering).error).toMatchObject({ code: 'MODEL_FAILED' });
    await server.questions.at(-1)?.leftEarly;
  });
});

describe('a server that is busy, away or will not', () => {
  it('is asked again after the time it names, as long as it has said nothing', async () => {
    let refusals = 2;
    const times: number[] = [];
    const script: Script = (response, request) => {
      times.push(performance.now());
      if (refusals-- > 0) return json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '0.6' });
      return say('now')(response, request);
    };
    expect(await outcome(script)).toEqual({ text: 'now', code: 'stop' });
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(590);
    expect(third - second).toBeGreaterThanOrEqual(590);
  });

  it('is asked again after a fault of its own, and no more than four times', async () => {
    let tries = 0;
    const script: Script = (response) => {
      tries += 1;
      json(response, 500, { error: { message: `out of memory, key ${KEY}` } });
    };
    expect(await outcome(script)).toEqual({ text: '', code: 'MODEL_UNAVAILABLE' });
    expect(tries).toBe(4);
  });

  it('is asked again by its status, however long and unended a page comes with it', async () => {
    let tries = 0;
    const script: Script = (response, request) => {
      tries += 1;
      if (tries > 2) return say('now')(response, request);
      response.writeHead(503, { 'content-type': 'text/html' }).write('x'.repeat(100_000));
    };
    expect(await outcome(script)).toEqual({ text: 'now', code: 'stop' });
  });

  it('is not waited for longer than a beginning may take; the wait it asks for is handed on', async () => {
    const model = modelOf();
    server.script = (response) => json(response, 429, { error: { message: 'tomorrow' } }, { 'retry-after': '86400' });
    const { error } = await answerOf(model);
    expect(error).toMatchObject({ code: 'MODEL_OVERLOADED', details: { retryAfterMs: 86_400_000 } });
  });

  it('is unavailable when nobody listens', async () => {
    const { error } = await answerOf(modelOf({ baseUrl: 'http://127.0.0.1:9/v1' }));
    expect(error).toMatchObject({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('http://127.0.0.1:9') });
  });

  it.each([
    [401, 'Incorrect API key', 'MODEL_REFUSED'],
    [404, 'no such model', 'MODEL_REFUSED'],
    [400, "This model's maximum context length is 4096 tokens", 'CONTEXT_WINDOW_EXCEEDED'],
    [413, 'large', 'CONTEXT_WINDOW_EXCEEDED'],
    [422, 'what?', 'MODEL_REFUSED'],
  ])('is not asked again after status %d, %s', async (status, message, code) => {
    const before = server.questions.length;
    expect(await outcome((response) => json(response, status, { error: { message } }))).toEqual({ text: '', code });
    expect(server.questions.length - before).toBe(2);
  });

  it.each([
    [{ error: 'prompt is too long' }],
    [{ detail: 'the maximum context length is 4096' }],
    [{ detail: [{ loc: ['body'], msg: 'exceeds the available context size' }] }],
  ])('is understood when it says %j', async (body) => {
    const { code } = await outcome((response) => json(response, 400, body));
    expect(code).toBe('CONTEXT_WINDOW_EXCEEDED');
  });

  it('says what the server said, on one short line', async () => {
    server.script = (response) =>
      json(response, 404, { error: { message: `model 'x' not found,\n try pulling ${'it '.repeat(500)}` } });
    const { error } = await answerOf(modelOf());
    expect((error as Error).message).toMatch(/\(status 404\): model 'x' not found, try pulling it/);
    expect((error as Error).message.length).toBeLessThan(250);
  });

  it('that sends elsewhere is not followed: nobody else gets the key or the prompt', async () => {
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(String(request.url));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const script: Script = (response) => {
      response.writeHead(307, { location: `http://localhost:${port}/v1/chat/completions` }).end();
    };
    expect(await outcome(script)).toEqual({ text: '', code: 'MODEL_REFUSED' });
    expect(seen).toEqual([]);
    other.close();
  });
});

describe('a stream that is none', () => {
  const begun =
    (...events: readonly string[]): Script =>
    (response) => {
      beginStream(response);
      for (const event of events) response.write(event);
    };
  const whole =
    (...events: readonly string[]): Script =>
    (response) => {
      beginStream(response);
      response.end(events.join(''));
    };

  it.each([
    ['of tokens in halves', { prompt_tokens: 12.5, completion_tokens: 0.5 }, { outputTokens: 2 }],
    ['of more tokens than the graph can tell', { prompt_tokens: 3e10, completion_tokens: 3e10 }, { outputTokens: 2 }],
    ['below nothing', { prompt_tokens: -1, completion_tokens: -1 }, { outputTokens: 2 }],
    [
      'of more from the cache than there was',
      usageOf(7, 8, 3),
      { outputTokens: 3, prompt: { promptTokens: 7, cachedTokens: 0 } },
    ],
    [
      'of less than nothing from the cache',
      usageOf(7, -4, 3),
      { outputTokens: 3, prompt: { promptTokens: 7, cachedTokens: 0 } },
    ],
  ])('takes a count %s for none', async (_what, usage, counted) => {
    server.script = whole(delta('very '), delta('well'), finish('stop', usage));
    const { text, events } = await answerOf(modelOf());
    expect(text).toBe('very well');
    expect(events.at(-1)).toEqual({ type: 'completed', reason: 'stop', decodeMs: expect.any(Number), ...counted });
  });

  it('is cut by the network', async () => {
    const script: Script = async (response) => {
      beginStream(response);
      response.write(delta('half an '));
      await sleep(50);
      response.destroy();
    };
    expect(await outcome(script)).toEqual({ text: 'half an ', code: 'MODEL_FAILED' });
  });

  it('ends without its end', async () => {
    expect(await outcome(whole(delta('half an ')))).toEqual({ text: 'half an ', code: 'MODEL_FAILED' });
    expect(await outcome(whole())).toEqual({ text: '', code: 'MODEL_FAILED' });
  });

  it('stalls, before its first word and after it', async () => {
    expect(await outcome(begun(delta('well, ')))).toEqual({ text: 'well, ', code: 'MODEL_FAILED' });
    expect(await outcome(begun(': waiting\n\n'), { beginMs: 300 })).toEqual({ text: '', code: 'MODEL_UNAVAILABLE' });
    expect(await outcome(() => {}, { beginMs: 300 })).toEqual({ text: '', code: 'MODEL_UNAVAILABLE' });
  });

  it('takes longer than an answer may', async () => {
    const script: Script = async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        response.write(delta('on '));
        await sleep(100);
      }
    };
    expect((await outcome(script, { totalMs: 700 })).code).toBe('MODEL_FAILED');
  });

  it('has characters in two pieces, and half a one at its end', async () => {
    const bytes = Buffer.from(delta('Zoë 🦊') + finish('stop'));
    const script: Script = async (response) => {
      beginStream(response);
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    };
    expect(await outcome(script)).toEqual({ text: 'Zoë 🦊', code: 'stop' });
    const half: Script = (response) => {
      beginStream(response);
      response.write(delta('Zo'));
      response.end(Buffer.from(delta('🦊')).subarray(0, -9));
    };
    expect(await outcome(half)).toEqual({ text: 'Zo', code: 'MODEL_FAILED' });
  });

  it('counts nothing: what was said is counted instead', async () => {
    server.script = whole(delta('one'), delta(' two'), finish('stop'));
    const { events } = await answerOf(modelOf());
    expect(events.at(0)).toMatchObject({ type: 'prompt-ready', promptTokens: 14 });
    expect(events.at(-1)).toEqual({ type: 'completed', reason: 'stop', outputTokens: 2, decodeMs: expect.any(Number) });
  });

  it('is an error with status 200', async () => {
    const script = whole(delta('I '), eventOf({ error: { message: `overloaded ${KEY}`, type: 'server_error' } }));
    expect(await outcome(script)).toEqual({ text: 'I ', code: 'MODEL_FAILED' });
    const notOne: Script = (response) => json(response, 200, { error: { message: 'no' } });
    expect(await outcome(notOne)).toEqual({ text: '', code: 'MODEL_FAILED' });
    expect(await outcome(whole(eventOf('{"choices": [')))).toEqual({ text: '', code: 'MODEL_FAILED' });
  });

  it('calls a tool nobody offered', async () => {
    const call = { index: 0, id: 't', type: 'function', function: { name: 'rm', arguments: '{}' } };
    const script = whole(eventOf({ choices: [{ index: 0, delta: { tool_calls: [call] } }] }), finish('tool_calls'));
    expect(await outcome(script)).toEqual({ text: '', code: 'MODEL_FAILED' });
  });

  it('is held back by the rules of the server', async () => {
    expect(await outcome(whole(delta('I '), finish('content_filter')))).toEqual({ text: 'I ', code: 'MODEL_REFUSED' });
  });

  it('never ends: it is cut at what was asked for', async () => {
    const script: Script = async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        if (!response.write(delta('x'))) await sleep(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    expect(await outcome(script)).toEqual({ text: 'x'.repeat(120), code: 'length' });
    await server.questions.at(-2)?.leftEarly;
    const long: Script = (response) => {
      beginStream(response);
      response.write(delta('y'.repeat(100_000)));
    };
    expect(await outcome(long)).toEqual({ text: '', code: 'length' });
  });

  it('is one giant line: it is left as soon as it is longer than a line is read', async () => {
    let sentBytes = 0;
    const script: Script = async (response) => {
      beginStream(response);
      const block = 'x'.repeat(64 * 1024);
      response.write('data: {"choices":[{"delta":{"content":"');
      while (!response.destroyed && sentBytes < 2 ** 30) {
        sentBytes += block.length;
        if (!response.write(block)) await sleep(1);
      }
    };
    expect(await outcome(script)).toEqual({ text: '', code: 'MODEL_FAILED' });
    expect(sentBytes).toBeLessThan(16 * 1024 * 1024);
  });

  it('comes letter by letter: letters are not taken for tokens', async () => {
    const answer = 'This is an answer of about fifteen tokens, sent letter by letter.';
    server.script = whole(...[...answer].map(delta), finish('stop'));
    const { text, events } = await answerOf(modelOf());
    expect(text).toBe(answer);
    const tokens = events.reduce((sum, event) => sum + (event.type === 'text-delta' ? event.tokens : 0), 0);
    expect(events.at(-1)).toMatchObject({ reason: 'stop', outputTokens: tokens });
    expect(tokens).toBeLessThanOrEqual(QUESTION.maxTokens);
    server.script = whole(
      ...'word '
        .repeat(50)
        .split(/(?<= )/)
        .map(delta),
      finish('stop'),
    );
    expect((await answerOf(modelOf())).text).toBe('word '.repeat(40));
  });

  it.each(['\n', '\r\n'])('says it is over, and stays open: it is left, where lines end with %j', async (lineEnd) => {
    const bytes = Buffer.from((delta('all') + finish('stop', usageOf(9, 0, 1))).replaceAll('\n', lineEnd));
    for (const pieceBytes of [1, bytes.length]) {
      const script: Script = async (response) => {
        beginStream(response);
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          response.write(bytes.subarray(at, at + pieceBytes));
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      expect(await outcome(script)).toEqual({ text: 'all', code: 'stop' });
      await server.questions.at(-2)?.leftEarly;
    }
  });

  it('only speaks of the end of a stream', async () => {
    const text = 'It ends with\ndata: [DONE]\n\nand then';
    expect(await outcome(whole(delta(text), delta(' nothing.'), finish('stop')))).toEqual({
      text: `${text} nothing.`,
      code: 'stop',
    });
  });

  it('thinks aloud: that is no part of the answer, and counts as output', async () => {
    const thought = eventOf({ choices: [{ index: 0, delta: { reasoning_content: 'Hm.' } }] });
    server.script = whole(thought, thought, delta('At 9.'), finish('stop', usageOf(9, 0, 12)));
    const { text, events } = await answerOf(modelOf());
    expect(text).toBe('At 9.');
    expect(events.at(-1)).toMatchObject({ outputTokens: 12 });
  });
});
