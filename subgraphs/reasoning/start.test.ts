import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ContextStageDouble, startContextDouble } from '../../test/support/context-stage.ts';
import { type ScriptedModel, scriptedModel, untilAborted } from '../../test/support/scripted-model.ts';
import { askStage, type StageAnswer, stageSocket } from '../../test/support/stage-client.ts';
import { readReasoningConfig } from './config.ts';
import type { CompletionRequest } from './model/language-model.ts';
import { STAGE } from './stage.ts';
import { startReasoning } from './start.ts';

const SESSION = `ses_${'a'.repeat(24)}`;
const ANSWER = ['It is ', '300 ', 'seconds ', '[1].'];
const log = createLog(STAGE, 'silent');

const GENERATION = `id status text turn { id } model { id engine } usage { promptTokens cachedTokens outputTokens }
  timings { workingSetMs queuedMs prefillMs firstTokenMs decodeMs totalMs tokensPerSecond }
  hops { stage name } citations { number named text fragment { id } summary { id } }
  workingSet { revision tokens sessionTokens omitted { fragments } indexedThrough segments { reason number fragment { id } } }`;
const ASK = `mutation ($input: AskInput!) { ask(input: $input) { generation { ${GENERATION} } userErrors { __typename code message } } }`;
const READ = `query ($id: ID!) { generation(id: $id) { ${GENERATION} } }`;
const CANCEL = `mutation ($id: ID!) { cancelGeneration(input: { generationId: $id }) { generation { status text } userErrors { code } } }`;
const EVENT = `{ __typename cursor sequence ... on TokenDelta { text tokens } ... on GenerationFailed { code retryable }
  ... on GenerationStarted { generation { id status } } ... on GenerationCompleted { generation { id status text } } }`;
const FOLLOW = `subscription ($id: ID, $after: Cursor) { generationEvents(generationId: $id, after: $after) ${EVENT} }`;
const GENERATE = `subscription ($input: AskInput!) { generate(input: $input) ${EVENT} }`;

interface Generation {
  readonly id: string;
  readonly status: string;
  readonly text: string;
  readonly turn: { readonly id: string };
  readonly timings: Readonly<Record<string, number | null>>;
  readonly hops: readonly { readonly stage: string; readonly name: string }[];
  readonly citations: readonly object[];
  readonly workingSet: { readonly tokens: number };
}

interface StreamEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly sequence: number;
  readonly text?: string;
  readonly generation?: { readonly id: string; readonly status: string; readonly text?: string };
}

describe('the reasoning stage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reasoning-'));
  let context: ContextStageDouble;
  let model: ScriptedModel;
  let reasoning: RunningSubgraph;
  let speak: (request: CompletionRequest, signal: AbortSignal) => AsyncIterable<string> | Iterable<string>;

  const start = () =>
    startReasoning({
      ...readReasoningConfig({ SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) }),
      signingKey: null,
      port: 0,
      dataFolder: folder,
      contextUrl: context.url,
      model: 'smollm2-135m-instruct',
      modelPath: import.meta.filename,
      openModel: async () => model,
      log,
    });

  beforeAll(async () => {
    context = await startContextDouble(
      [
        { text: 'All about undici.', reason: 'DIGEST' },
        { text: 'The default timeout is 300 seconds.', reason: 'EVIDENCE', score: 2 },
        { text: 'A pool opens ten connections.', reason: 'EVIDENCE', score: 1 },
      ],
      log,
    );
    model = scriptedModel((request, signal) => speak(request, signal));
    reasoning = await start();
  });
  beforeEach(() => {
    speak = () => ANSWER;
    context.refuseAnswers = false;
  });
  afterAll(async () => {
    await reasoning?.stop();
    await context?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const input = (more: object = {}) => ({ sessionId: SESSION, prompt: 'What is the default timeout?', ...more });
  const ask = (more: object = {}) =>
    askStage<{ ask: { generation: Generation | null; userErrors: readonly { code: string }[] } }>(reasoning.url, ASK, {
      input: input(more),
    });
  async function accepted(more: object = {}): Promise<Generation> {
    const { data, errors } = await ask(more);
    if (data?.ask.generation == null) throw new Error(JSON.stringify(errors ?? data?.ask.userErrors));
    return data.ask.generation;
  }
  const read = async (id: string) =>
    (await askStage<{ generation: Generation | null }>(reasoning.url, READ, { id })).data?.generation;
  const cancel = (id: string) =>
    askStage<{ cancelGeneration: { generation: Generation | null; userErrors: readonly object[] } }>(
      reasoning.url,
      CANCEL,
      { id },
    );

  /** Reads a subscription to its end, or until `enough` says so. */
  async function stream(
    query: string,
    variables: object,
    enough: (events: StreamEvent[]) => boolean = () => false,
    contractVersion?: number,
  ) {
    const socket = stageSocket(reasoning.url, contractVersion);
    const events: StreamEvent[] = [];
    const errors: string[] = [];
    try {
      for await (const result of socket.iterate<Record<string, StreamEvent>>({ query, variables: { ...variables } })) {
        const event = Object.values(result.data ?? {})[0];
        if (event != null) events.push(event);
        for (const error of result.errors ?? []) errors.push(String(error.extensions?.code));
        if (enough(events)) break;
      }
    } catch (error) {
      const list = error as readonly { readonly extensions?: { readonly code?: string } }[];
      // Anything else is the socket's close event.
      if (Array.isArray(list)) errors.push(...list.map(({ extensions }) => String(extensions?.code)));
      else errors.push('closed');
    } finally {
      await socket.dispose();
    }
    return { events, errors };
  }
  const follow = (id: string | null, after: string | null = null) => stream(FOLLOW, { id, after });
  const textOf = (events: readonly StreamEvent[]) => events.map(({ text }) => text ?? '').join('');

  it('answers at once, then streams started, the deltas and completed, and keeps all that became known', async () => {
    const { id } = await accepted();
    const { events } = await follow(id);
    expect(events.map(({ __typename }) => __typename)).toEqual([
      'GenerationStarted',
      'EvidenceChosen',
      ...ANSWER.map(() => 'TokenDelta'),
      'GenerationCompleted',
    ]);
    expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(textOf(events)).toBe('It is 300 seconds [1].');
    expect(events.at(-1)?.generation).toEqual({ id, status: 'COMPLETED', text: 'It is 300 seconds [1].' });
    const generation = await read(id);
    expect(generation).toMatchObject({
      status: 'COMPLETED',
      model: { id: 'scripted', engine: 'onnx' },
      usage: { promptTokens: 100, cachedTokens: 40, outputTokens: 4 },
      citations: [
        {
          number: 1,
          named: true,
          text: 'The default timeout is 300 seconds.',
          fragment: { id: `${SESSION}.${'1'.padStart(32, '0')}` },
          summary: null,
        },
      ],
      workingSet: {
        revision: 3,
        omitted: { fragments: 7 },
        indexedThrough: 41,
        segments: [
          { reason: 'DIGEST', number: null },
          { reason: 'EVIDENCE', number: 1 },
          { reason: 'EVIDENCE', number: 2 },
        ],
      },
    });
    expect(Object.entries(generation?.timings ?? {}).filter(([, value]) => value === null)).toEqual([]);
    const hops = generation?.hops.map(({ stage, name }) => `${stage}/${name}`) ?? [];
    for (const name of [
      'begin-turn',
      'lay-out-prompt',
      'prefill-prompt',
      'decode-answer',
      'persist-events',
      'record-answer',
    ]) {
      expect(hops).toContain(`reasoning/${name}`);
    }
  });

  it('shows what the model is about to read before its first token', async () => {
    const { id } = await accepted();
    const { events } = await stream(
      `subscription ($id: ID) { generationEvents(generationId: $id) { __typename cursor sequence
        ... on EvidenceChosen { evidence workingSetTokens confidence generation { workingSet { tokens } } } } }`,
      { id },
    );
    const { tokens } = (await read(id))?.workingSet ?? {};
    expect(events[1]).toMatchObject({
      ...{ __typename: 'EvidenceChosen', sequence: 1, evidence: 2, workingSetTokens: tokens, confidence: null },
      generation: { workingSet: { tokens } },
    });
  });

  it('serves a reader that speaks version 1 of the contract as before, also after a cursor', async () => {
    const { id } = await accepted();
    await follow(id);
    const { events } = await follow(id);
    const counted = events.map((event) => ({ ...event, sequence: Math.max(0, event.sequence - 1) }));
    const known = counted.filter(({ __typename }) => __typename !== 'EvidenceChosen');
    expect((await stream(FOLLOW, { id, after: null }, undefined, 1)).events).toEqual(known);
    expect((await stream(FOLLOW, { id, after: events[0]?.cursor }, undefined, 1)).events).toEqual(known.slice(1));
    expect((await stream(FOLLOW, { id, after: events[1]?.cursor }, undefined, 1)).events).toEqual(known.slice(1));
    expect((await stream(FOLLOW, { id, after: events[3]?.cursor }, undefined, 1)).events).toEqual(known.slice(3));
  });

  it('has the answer in the session before it says that it is complete', async () => {
    const { events } = await stream(GENERATE, { input: input() });
    const id = events[0]?.generation?.id;
    expect(context.answers.find(({ generationId }) => generationId === id)?.text).toBe('It is 300 seconds [1].');
  });

  it('gives the same generation for the same key, one after the other and at once, and starts one turn', async () => {
    const turns = context.turns.length;
    const answers = await Promise.all([1, 2, 3].map(() => accepted({ idempotencyKey: 'same' })));
    const later = await accepted({ idempotencyKey: 'same' });
    expect(new Set([...answers, later].map(({ id }) => id)).size).toBe(1);
    expect(context.turns.length).toBe(turns + 1);
    const { data } = await ask({ idempotencyKey: 'same', prompt: 'Something else?' });
    expect(data?.ask.userErrors).toMatchObject([{ __typename: 'InputRejected', code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it.each([
    ['a blank prompt', { prompt: ' \n' }, 'INPUT_INVALID'],
    ['a prompt beyond the limit', { prompt: 'x'.repeat(32_769) }, 'INPUT_INVALID'],
    ['a lone surrogate', { prompt: 'what \ud800' }, 'TEXT_INVALID'],
    ['a NUL', { prompt: 'what \0' }, 'TEXT_INVALID'],
    ['a budget of 0', { budgetTokens: 0 }, 'BUDGET_EXCEEDED'],
    ['a budget larger than the window', { budgetTokens: 4_096 }, 'BUDGET_EXCEEDED'],
    ['a question longer than the budget', { prompt: 'word '.repeat(300), budgetTokens: 256 }, 'BUDGET_EXCEEDED'],
    ['an answer longer than the window', { maxTokens: 4_000 }, 'CONTEXT_WINDOW_EXCEEDED'],
    ['no token of answer', { maxTokens: 0 }, 'INPUT_INVALID'],
    ['a temperature out of range', { temperature: 2.1 }, 'INPUT_INVALID'],
    ['an empty key', { idempotencyKey: '' }, 'INPUT_INVALID'],
    ['an unknown model', { model: 'gpt' }, 'MODEL_UNKNOWN'],
    ['a session nobody opened', { sessionId: `ses_${'0'.repeat(24)}` }, 'SESSION_NOT_FOUND'],
    ['an id that is no session', { sessionId: 'nonsense' }, 'SESSION_NOT_FOUND'],
  ])('refuses %s with a code, over HTTP and over the socket', async (_what, more, code) => {
    const { data } = await ask(more);
    expect(data?.ask).toMatchObject({ generation: null, userErrors: [{ __typename: 'InputRejected', code }] });
    const { events, errors } = await stream(GENERATE, { input: input(more) });
    expect(events).toEqual([]);
    expect(errors).toEqual([code]);
  });

  it('resumes after a cursor, with or without the generation named', async () => {
    const { id } = await accepted();
    const { events } = await follow(id);
    const cursor = events[2]?.cursor ?? null;
    expect((await follow(id, cursor)).events).toEqual(events.slice(3));
    expect((await follow(null, cursor)).events).toEqual(events.slice(3));
    expect((await follow(id, events.at(-1)?.cursor)).events).toEqual([]);
  });

  it('refuses cursors it has not issued', async () => {
    const { id } = await accepted();
    const other = await accepted();
    await follow(id);
    for (const after of ['garbage', `${id}:-1`, `${id}:7`, `${id}:999`, `${id}:01`, `gen_${'f'.repeat(24)}:0`]) {
      expect((await follow(null, after)).errors).toEqual(['CURSOR_UNKNOWN']);
    }
    expect((await follow(other.id, `${id}:1`)).errors).toEqual(['CURSOR_UNKNOWN']);
    expect((await follow(`gen_${'f'.repeat(24)}`)).errors).toEqual(['GENERATION_NOT_FOUND']);
    expect((await follow(null)).errors).toEqual(['INPUT_INVALID']);
  });

  it('stops a generation when told to, and what it has said stays', async () => {
    speak = async function* (_request, signal) {
      yield 'So far ';
      yield 'so good';
      await untilAborted(signal);
    };
    const { id } = await accepted();
    await stream(FOLLOW, { id, after: null }, (events) => textOf(events).includes('good'));
    const { data } = await cancel(id);
    expect(data?.cancelGeneration).toMatchObject({ generation: { status: 'CANCELLED', text: 'So far so good' } });
    const { events } = await follow(id);
    expect(events.at(-1)?.__typename).toBe('GenerationCancelled');
    expect((await cancel(id)).data?.cancelGeneration.generation?.status).toBe('CANCELLED');
    expect((await cancel('gen_none')).data?.cancelGeneration).toMatchObject({
      generation: null,
      userErrors: [{ code: 'GENERATION_NOT_FOUND' }],
    });
  });

  it('goes on when the one who asked goes away, and can be read again', async () => {
    const gate = Promise.withResolvers<void>();
    speak = async function* () {
      yield 'first ';
      await gate.promise;
      yield 'second';
    };
    const { events } = await stream(GENERATE, { input: input() }, (sofar) => textOf(sofar).includes('first'));
    gate.resolve();
    const rest = await follow(null, events.at(-1)?.cursor);
    expect(textOf([...events, ...rest.events])).toBe('first second');
    expect(rest.events.at(-1)?.__typename).toBe('GenerationCompleted');
  });

  it('ends a generation whose engine breaks with one failed event that says whether to ask again', async () => {
    speak = function* () {
      yield 'half ';
      throw new Error('the engine is on fire');
    };
    const { id } = await accepted();
    const { events } = await follow(id);
    expect(events.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
    expect(await read(id)).toMatchObject({ status: 'FAILED', text: 'half' });
  });

  it('completes an answer the context stage cannot take, and offers it until it can', async () => {
    context.refuseAnswers = true;
    const { id } = await accepted();
    expect((await follow(id)).events.at(-1)?.__typename).toBe('GenerationCompleted');
    expect(context.answers.some(({ generationId }) => generationId === id)).toBe(false);
    context.refuseAnswers = false;
    await expect.poll(() => context.answers.filter(({ generationId }) => generationId === id).length).toBe(1);
  });

  it('resolves the generations of a turn as an entity', async () => {
    const { id, turn } = await accepted();
    const { data } = await askStage<{ _entities: readonly object[] }>(
      reasoning.url,
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Turn { generations { id } } ... on Generation { status } } }',
      {
        of: [
          { __typename: 'Turn', id: turn.id },
          { __typename: 'Generation', id },
          { __typename: 'Generation', id: 'gen_none' },
        ],
      },
    );
    expect(data?._entities).toMatchObject([{ generations: [{ id }] }, { status: expect.any(String) }, null]);
  });

  it('lists its models, the default first, and answers with the one that is named', async () => {
    const models: StageAnswer<{ models: readonly object[] }> = await askStage(
      reasoning.url,
      '{ models { id engine } }',
    );
    expect(models.data?.models).toEqual(
      expect.arrayContaining([
        { id: 'scripted', engine: 'onnx' },
        { id: 'extractive', engine: 'extractive' },
      ]),
    );
    expect(models.data?.models[0]).toEqual({ id: 'scripted', engine: 'onnx' });
    const { id } = await accepted({ model: 'extractive' });
    await follow(id);
    expect(await read(id)).toMatchObject({
      text: '“The default timeout is 300 seconds.” [1]',
      model: { engine: 'extractive' },
      citations: [{ number: 1, named: true }],
    });
    const sure: StageAnswer<{ generation: object }> = await askStage(
      reasoning.url,
      'query ($id: ID!) { generation(id: $id) { certainty model { small } citations { text quotes } } }',
      { id },
    );
    const [text] = ['The default timeout is 300 seconds.'];
    expect(sure.data?.generation).toMatchObject({
      certainty: 'STATED',
      model: { small: false },
      citations: [{ quotes: [text], text: expect.stringContaining(text) }],
    });
    const { id: absent } = await accepted({ model: 'extractive', prompt: 'Who paints the mill at night?' });
    await follow(absent);
    expect(await read(absent)).toMatchObject({
      text: expect.stringMatching(/^No answer was found in your documents\./),
    });
  });

  it('ends streams with an error that says to come back when it stops, and fails what was running', async () => {
    speak = async function* (_request, signal) {
      yield 'half';
      await untilAborted(signal);
    };
    const { id } = await accepted();
    const cut = follow(id);
    await stream(FOLLOW, { id, after: null }, (events) => textOf(events) === 'half');
    await reasoning.stop();
    expect((await cut).errors[0]).toMatch(/SUBGRAPH_UNAVAILABLE|closed/);
    speak = () => ANSWER;
    reasoning = await start();
    const { events } = await follow(id);
    expect(events.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
    expect(textOf(events)).toBe('half');
  });
});
