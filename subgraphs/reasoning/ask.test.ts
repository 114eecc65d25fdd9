import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError, isTerminal, type TokenEvent, tokens } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedModel, untilAborted } from '../../test/support/scripted-model.ts';
import { recentOf, workingSetOf } from '../../test/support/working-sets.ts';
import { Asking } from './ask.ts';
import type { ContextStage } from './calls/context.ts';
import { EmbeddedEventLog } from './events/embedded.ts';
import type { LanguageModel } from './model/language-model.ts';
import type { ModelRegistry } from './model/registry.ts';
import { answerRecorder } from './record-answer.ts';

const STAGE = { name: 'reasoning', version: 'test' };
const SESSION = `ses_${'d'.repeat(24)}`;
const never = new AbortController().signal;
const log = createLog(STAGE, 'silent');

/** A log on a disk that can be full. */
class FullEventLog extends EmbeddedEventLog {
  full = false;

  override append(...args: Parameters<EmbeddedEventLog['append']>): Promise<void> {
    return this.full ? Promise.reject(new ContractError('STORAGE_FULL', 'full')) : super.append(...args);
  }

  override finish(...args: Parameters<EmbeddedEventLog['finish']>): ReturnType<EmbeddedEventLog['finish']> {
    return this.full ? Promise.reject(new ContractError('STORAGE_FULL', 'full')) : super.finish(...args);
  }
}

const context: ContextStage = {
  beginTurn: async ({ sessionId, budgetTokens, idempotencyKey }) => ({
    turnId: `${sessionId}.${idempotencyKey}`,
    workingSet: workingSetOf([], { sessionId, budgetTokens: tokens(budgetTokens) }),
  }),
  workingSet: () => Promise.reject(new Error('no part is asked for here')),
  promptOf: () => Promise.reject(new Error('not asked for here')),
  askAgain: () => Promise.reject(new Error('not asked for here')),
  recordAnswer: async () => {},
  erase: () => Promise.reject(new Error('not asked for here')),
};

describe('Asking', () => {
  let folder: string;
  let events: FullEventLog;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'asking-'));
    events = new FullEventLog(join(folder, 'generations.sqlite'));
  });
  afterEach(async () => {
    await events.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function asking(model: LanguageModel): Asking {
    const models: ModelRegistry = {
      loaded: Promise.resolve(),
      checkReady() {},
      list: async () => [{ ...model.description, need: null }],
      get: async () => model,
      activate: async () => model.description.id,
      rollback: async () => model.description.id,
      forget: () => 0,
      close: async () => {},
    };
    const answers = answerRecorder(events, context, log);
    return new Asking({ stage: STAGE, context, models, events, answers, log, mostRunning: 4 });
  }

  async function readAll(generationId: string): Promise<TokenEvent[]> {
    const all: TokenEvent[] = [];
    for await (const event of events.follow(generationId, -1, never)) all.push(event);
    return all;
  }

  it('fails an answer the disk has no room for, and closes its log when there is room again', async () => {
    const model = scriptedModel(async function* () {
      yield 'kept ';
      yield 'on disk';
      // Long enough for the deltas above to be written.
      await expect.poll(async () => (await events.get([id]))[0]?.outcome.text).toBe('kept on disk');
      events.full = true;
      yield ' lost';
      yield ' as well';
    });
    const stage = asking(model);
    let id = '';
    ({ id } = await stage.ask({ sessionId: SESSION, prompt: 'Why?' }));
    const reading = readAll(id);
    await expect.poll(() => events.full).toBe(true);
    events.full = false;
    const all = await reading;
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_event, index) => index));
    expect(all.at(-1)).toMatchObject({ type: 'failed', code: 'STORAGE_FULL' });
    expect(all.filter(isTerminal)).toHaveLength(1);
    const [record] = await events.get([id]);
    expect(record?.status).toBe('failed');
    expect(record?.outcome.text).toBe('kept on disk');
  });

  it('tells the model who said what in the latest turns by what it has answered itself', async () => {
    const model = scriptedModel(() => ['Because ', 'it is so.']);
    const stage = asking(model);
    const first = await stage.ask({ sessionId: SESSION, prompt: 'Why?' });
    await readAll(first.id);
    const begin = context.beginTurn;
    context.beginTurn = async (request) => {
      const { turnId, workingSet } = await begin(request);
      return {
        turnId,
        workingSet: { ...workingSet, segments: [recentOf('user', 'Why?'), recentOf('assistant', 'Because it is so.')] },
      };
    };
    try {
      const second = await stage.ask({ sessionId: SESSION, prompt: 'And then?' });
      await readAll(second.id);
    } finally {
      context.beginTurn = begin;
    }
    expect(model.requests[1]?.messages[0]?.content).toContain('Question: Why?\nAnswer: Because it is so.');
  });

  it('refuses more generations than it runs at once, before their turn is begun, and takes them when one has ended', async () => {
    const model = scriptedModel(async function* (_request, signal) {
      yield 'on and on';
      await untilAborted(signal);
    });
    const stage = asking(model);
    const running = await Promise.all(
      Array.from({ length: 4 }, (_, index) => stage.ask({ sessionId: SESSION, prompt: `Why ${index}?` })),
    );
    await expect(stage.ask({ sessionId: SESSION, prompt: 'One more?' })).rejects.toMatchObject({
      code: 'MODEL_OVERLOADED',
      details: { retryAfterMs: expect.any(Number) },
    });
    await stage.cancel(running[0]?.id ?? '');
    const next = await stage.ask({ sessionId: SESSION, prompt: 'Now?' });
    await Promise.all([...running, next].map(({ id }) => stage.cancel(id)));
  });
});
