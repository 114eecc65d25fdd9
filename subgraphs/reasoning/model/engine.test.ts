import { afterAll, describe, expect, test } from 'vitest';
import { TokenBytes, tokenTable } from '../gguf/token-bytes.ts';
import type { Decoder, DecoderInput } from './decoder.ts';
import { Engine } from './engine.ts';
import type { EngineLimits, Job, JobEvent } from './engine-protocol.ts';
import { EventChannel } from './event-channel.ts';
import { kvBytesPerToken } from './kv-store.ts';
import { OnnxDecoder } from './onnx-decoder.ts';
import { openSessions } from './onnx-provider.ts';
import { tinyModel } from './tiny-model.ts';

const model = tinyModel();
const { shape, graphs, vocabulary } = model.prepared;
const decoder = new OnnxDecoder(await openSessions({ graphs, provider: 'cpu', threads: 1 }), 'cpu', shape);
afterAll(async () => {
  await decoder.close();
  model.remove();
});

const greedy = { temperature: 0, topP: 1, repetitionPenalty: 1 };
/** For long answers: a random model that always takes the likeliest token says it again and again. */
const varied = { temperature: 2, topP: 1, repetitionPenalty: 3, seed: 1 };
const prompt = (length: number, salt = 0): number[] =>
  Array.from({ length }, (_, index) => 3 + ((index * 37 + salt * 101 + (index >> 3)) % 250));

/** An engine whose steps and events are written down, and whose jobs can be awaited. */
function start(limits: Partial<EngineLimits> = {}, watched: Decoder = decoder, ends: readonly number[] = []) {
  const steps: { rowCount: number; count: number }[] = [];
  const order: string[] = [];
  const channels = new Map<number, EventChannel<JobEvent>>();
  const engine = new Engine({
    decoder: {
      shape: watched.shape,
      provider: watched.provider,
      forward: (input: DecoderInput) => {
        steps.push({ rowCount: input.rowCount, count: input.tokens.length / input.rowCount });
        return watched.forward(input);
      },
      close: async () => undefined,
    },
    tokenBytes: new TokenBytes(tokenTable(vocabulary)),
    ends,
    limits: { slots: 4, kvBudgetBytes: 64 << 20, ...limits },
    emit: (jobId, event) => {
      order.push(`${jobId}:${event.type}`);
      channels.get(jobId)?.push(event);
    },
  });
  let nextId = 1;
  const submit = (job: Partial<Job> = {}): { id: number; channel: EventChannel<JobEvent> } => {
    const id = nextId++;
    const channel = new EventChannel<JobEvent>();
    channels.set(id, channel);
    const rest = { sessionId: `session ${id}`, prompt: prompt(20), maxTokens: 8, sampling: greedy, stop: [] };
    engine.submit({ ...rest, ...job, id });
    return { id, channel };
  };
  return { engine, submit, steps, order };
}

async function finish({ channel }: { channel: EventChannel<JobEvent> }) {
  let text = '';
  let cachedTokens = -1;
  for (;;) {
    const event = await channel.next();
    if (event.type === 'prompt-ready') cachedTokens = event.cachedTokens;
    else if (event.type === 'text-delta') text += event.text;
    else return { text, cachedTokens, last: event };
  }
}

describe('the engine', () => {
  test('answers alike alone and in a batch', async () => {
    const { submit, steps } = start();
    const jobs = [0, 1, 2].map((salt) => ({ prompt: prompt(15 + 9 * salt, salt), maxTokens: 24 }));
    const alone = [];
    for (const job of jobs) alone.push((await finish(submit(job))).text);
    expect(Math.max(...steps.map(({ rowCount }) => rowCount))).toBe(1);
    const together = await Promise.all(jobs.map((job) => finish(submit(job))));
    expect(together.map(({ text }) => text)).toEqual(alone);
    expect(Math.max(...steps.map(({ rowCount }) => rowCount))).toBe(3);
  });

  test('reads only what is new in a session, and answers as if it had read it all', async () => {
    const { submit } = start();
    const shared = prompt(80);
    const [first, second] = [
      [...shared, ...prompt(20, 1)],
      [...shared, ...prompt(25, 2)],
    ];
    await finish(submit({ sessionId: 's', prompt: first }));
    const reused = await finish(submit({ sessionId: 's', prompt: second }));
    const fresh = await finish(submit({ sessionId: 'other', prompt: second }));
    expect([reused.cachedTokens, fresh.cachedTokens]).toEqual([80, 0]);
    expect(reused.text).toBe(fresh.text);
  });

  test('keeps what it answered in the cache of the session', async () => {
    const { submit } = start();
    const { text } = await finish(submit({ sessionId: 's', maxTokens: 12 }));
    expect(text).not.toBe('');
    const again = await finish(submit({ sessionId: 's', maxTokens: 12 }));
    expect(again).toMatchObject({ text, cachedTokens: 19 });
  });

  test('goes on decoding while it reads a long prompt in chunks', async () => {
    const { submit, steps, order } = start();
    const short = submit({ maxTokens: 200, sampling: varied });
    expect((await short.channel.next()).type).toBe('prompt-ready');
    await finish(submit({ prompt: prompt(700), maxTokens: 2 }));
    const chunks = steps.flatMap(({ count }, index) => (count > 20 ? [{ count, index }] : []));
    expect(Math.max(...chunks.map(({ count }) => count))).toBeLessThanOrEqual(128);
    chunks.slice(1).forEach(({ index }, at) => {
      expect(index - (chunks[at]?.index ?? 0)).toBeGreaterThan(1);
    });
    await finish(short);
    expect(order.at(-1)).toBe('1:completed');
  });

  test('runs the jobs of one session one after another', async () => {
    const { submit, order } = start();
    const jobs = [1, 2, 3].map(() => submit({ sessionId: 's' }));
    await Promise.all(jobs.map(finish));
    const ends = order.filter((entry) => !entry.endsWith('text-delta'));
    expect(ends).toEqual([1, 2, 3].flatMap((id) => [`${id}:prompt-ready`, `${id}:completed`]));
  });

  test('never runs more jobs than it has slots, and lets none wait for ever', async () => {
    const { submit, steps } = start({ slots: 2 });
    const results = await Promise.all(
      Array.from({ length: 7 }, (_, salt) => finish(submit({ prompt: prompt(20, salt) }))),
    );
    expect(results.every(({ last }) => last.type === 'completed')).toBe(true);
    expect(Math.max(...steps.map(({ rowCount }) => rowCount))).toBe(2);
  });

  test('waits for memory instead of taking more than its budget', async () => {
    const { submit, steps, engine } = start({ kvBudgetBytes: 2 * 256 * kvBytesPerToken(shape) });
    const jobs = Array.from({ length: 4 }, (_, salt) => finish(submit({ prompt: prompt(200, salt) })));
    const results = await Promise.all(jobs);
    expect(results.every(({ last }) => last.type === 'completed')).toBe(true);
    expect(Math.max(...steps.map(({ rowCount }) => rowCount))).toBeLessThanOrEqual(2);
    expect(engine.cacheBytes).toBeLessThanOrEqual(2 * 256 * kvBytesPerToken(shape));
  });

  test('refuses what would wait for memory for ever', async () => {
    const { submit } = start({ kvBudgetBytes: 2 * 256 * kvBytesPerToken(shape) });
    const large = await finish(submit({ prompt: prompt(600) }));
    expect(large.last).toMatchObject({ type: 'failed', code: 'CONTEXT_WINDOW_EXCEEDED' });
    expect((await finish(submit())).last.type).toBe('completed');
  });

  test('ends an answer that says the same again and again with the reason, and goes on with others', async () => {
    const repeating: Decoder = {
      shape,
      provider: 'cpu',
      forward: async (input) => {
        const rows = await decoder.forward(input);
        return rows.map((row) => row.fill(0).fill(9, 40, 41));
      },
      close: async () => undefined,
    };
    const { submit } = start({}, repeating);
    const endless = await finish(submit({ maxTokens: 900 }));
    expect(endless.last).toMatchObject({
      type: 'failed',
      code: 'MODEL_FAILED',
      message: expect.stringMatching(/the same again and again, after 96 tokens/),
    });
    expect(endless.text.length).toBeGreaterThanOrEqual(96);
    expect((await finish(submit())).last).toMatchObject({ type: 'completed' });
  });

  test('ends an answer whose logits are no numbers, and trusts nothing of it', async () => {
    let isBroken = true;
    const broken: Decoder = {
      shape,
      provider: 'cpu',
      forward: async (input) => {
        const rows = await decoder.forward(input);
        if (isBroken) rows[0]?.fill(Number.NaN, 7, 8);
        return rows;
      },
      close: async () => undefined,
    };
    const { submit, engine } = start({}, broken);
    const job = { sessionId: 's', prompt: prompt(20) };
    expect((await finish(submit(job))).last).toMatchObject({ type: 'failed', code: 'MODEL_FAILED' });
    expect(engine.cacheBytes).toBe(0);
    isBroken = false;
    expect((await finish(submit(job))).last).toMatchObject({ type: 'completed' });
  });

  test('frees the slot of a cancelled job at once, queued, prefilling or decoding', async () => {
    const { submit, engine, order } = start({ slots: 1 });
    const running = submit({ maxTokens: 900, prompt: prompt(60), sampling: varied });
    const queued = submit({ maxTokens: 900, sampling: varied });
    const next = submit({ maxTokens: 3 });
    await running.channel.next();
    await running.channel.next();
    engine.cancel(queued.id);
    engine.cancel(running.id);
    const { last } = await finish(next);
    expect(last).toMatchObject({ type: 'completed', reason: 'length', outputTokens: 3 });
    expect(order).not.toContain(`${queued.id}:prompt-ready`);
    expect(order).not.toContain(`${running.id}:completed`);
    const long = submit({ maxTokens: 3, prompt: prompt(900) });
    engine.cancel(long.id);
    expect((await finish(submit())).last.type).toBe('completed');
    expect(order).not.toContain(`${long.id}:prompt-ready`);
  });

  test('says whether an answer was ended by the model, by a stop string or by its length', async () => {
    const { submit } = start();
    const whole = await finish(submit({ maxTokens: 40 }));
    expect(whole.last).toMatchObject({ reason: 'length', outputTokens: 40 });
    const stop = whole.text.slice(6, 9);
    const stopped = await finish(submit({ maxTokens: 40, stop: [stop] }));
    expect(stopped.last).toMatchObject({ reason: 'stop' });
    expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
    const everyToken = Array.from({ length: shape.vocabulary }, (_, token) => token);
    const ended = await finish(start({}, decoder, everyToken).submit());
    expect(ended).toMatchObject({ text: '', last: { reason: 'stop', outputTokens: 0 } });
  });

  test('draws the same answer for the same seed, whatever else runs', async () => {
    const { submit } = start();
    const seeded = (seed: number) => ({
      sampling: { temperature: 2, topP: 0.99, repetitionPenalty: 1.1, seed },
      maxTokens: 30,
    });
    const alone = await finish(submit(seeded(7)));
    const [crowded] = await Promise.all([
      finish(submit(seeded(7))),
      finish(submit({ prompt: prompt(33, 5), maxTokens: 30 })),
    ]);
    expect(crowded.text).toBe(alone.text);
    const others = await Promise.all([1, 2, 3, 4].map((seed) => finish(submit(seeded(seed)))));
    expect(new Set(others.map(({ text }) => text)).size).toBeGreaterThan(1);
  });

  test('fails the jobs of a step that fails, and serves the next ones', async () => {
    let broken = false;
    const failing: Decoder = {
      shape,
      provider: 'cpu',
      forward: (input) => (broken ? Promise.reject(new Error('out of registers')) : decoder.forward(input)),
      close: async () => undefined,
    };
    const { submit } = start({}, failing);
    const job = submit({ sessionId: 's', maxTokens: 200, sampling: varied });
    await job.channel.next();
    broken = true;
    expect((await finish(job)).last).toMatchObject({ type: 'failed', code: 'MODEL_FAILED' });
    broken = false;
    expect(await finish(submit({ sessionId: 's' }))).toMatchObject({ cachedTokens: 0, last: { type: 'completed' } });
  });
});
