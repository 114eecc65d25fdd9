import { ContractError, type ErrorCode } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextStage } from './calls/context.ts';
import type { AnswerOutbox, UnrecordedAnswer } from './events/answer-outbox.ts';
import { type AnswerRecorder, answerRecorder } from './record-answer.ts';

const log = createLog({ name: 'reasoning', version: 'test' }, 'silent');

/** More than one reading of the outbox. */
const OLDER_ANSWERS = 100;

describe('answerRecorder', () => {
  let waiting: readonly UnrecordedAnswer[];
  let refusals: ReadonlyMap<string, ErrorCode>;
  let offered: string[];
  let taken: string[];
  let recorder: AnswerRecorder;

  const outbox: AnswerOutbox = {
    unrecorded: async (limit, after = 0) => waiting.filter(({ place }) => place > after).slice(0, limit),
    async markRecorded(id) {
      waiting = waiting.filter(({ generationId }) => generationId !== id);
    },
  };
  const unasked = () => Promise.reject(new Error('not asked for here'));
  const context: ContextStage = {
    beginTurn: unasked,
    workingSet: () => Promise.reject(new Error('no part is asked for here')),
    promptOf: unasked,
    askAgain: unasked,
    erase: unasked,
    async recordAnswer({ generationId }) {
      offered.push(generationId);
      const code = refusals.get(generationId);
      if (code !== undefined) throw new ContractError(code, 'refused');
      taken.push(generationId);
    },
  };

  beforeEach(() => {
    const ids = [...Array.from({ length: OLDER_ANSWERS }, (_none, index) => `older ${index}`), 'newest'];
    waiting = ids.map((generationId, index) => ({
      place: index + 1,
      generationId,
      turnId: 'turn',
      text: 'text',
      begunAtMs: 1,
    }));
    offered = [];
    taken = [];
    recorder = answerRecorder(outbox, context, log);
  });
  afterEach(() => recorder.stop());

  const refuseOlder = (code: ErrorCode) => {
    refusals = new Map(
      waiting.filter(({ generationId }) => generationId !== 'newest').map((one) => [one.generationId, code]),
    );
  };

  it.each<ErrorCode>([
    'TEXT_INVALID',
    'DELTA_TOO_LARGE',
    'SESSION_NOT_FOUND',
    'INPUT_INVALID',
    'IDEMPOTENCY_KEY_REUSED',
  ])('gives up answers that are %s and hands over those behind them', async (code) => {
    refuseOlder(code);
    recorder.retry();
    await expect.poll(() => waiting).toEqual([]);
    expect(taken).toEqual(['newest']);
  });

  it.each<ErrorCode>(['INTERNAL', 'STORAGE_CORRUPT', 'REQUEST_UNSIGNED', 'CONTRACT_VERSION_UNKNOWN'])(
    'keeps answers that were not taken for %s, hands over those behind them and comes back to them',
    async (code) => {
      refuseOlder(code);
      recorder.retry();
      await expect.poll(() => taken).toEqual(['newest']);
      expect(waiting).toHaveLength(OLDER_ANSWERS);
      refusals = new Map();
      await expect.poll(() => waiting, { timeout: 5_000 }).toEqual([]);
    },
  );

  it('offers no other while the context stage is away, and all of them in order when it is back', async () => {
    const inOrder = waiting.map(({ generationId }) => generationId);
    refuseOlder('SUBGRAPH_UNAVAILABLE');
    recorder.retry();
    await expect.poll(() => offered).toEqual(['older 0']);
    refusals = new Map();
    await expect.poll(() => taken, { timeout: 5_000 }).toEqual(inOrder);
  });
});
