import { ContractError } from '@supercontext/contract';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assembleWorkingSet } from './assemble-working-set.ts';
import { type TestState, testState } from './fixtures/context-state.ts';
import { Random } from './fixtures/random.ts';
import { openSession } from './open-session.ts';
import { JOIN_TOKENS } from './working-set/ledger.ts';

/** Of these in every run; a hundred thousand passed once. */
const TRIALS = 10_000;
const ASKED_AGAIN_EVERY = 10;

let state: TestState;
let sessionId: string;

beforeEach(async () => {
  state = testState();
  sessionId = (await openSession(state, {})).id;
});

afterEach(() => state.remove());

describe('the budget of a working set', () => {
  it('is never exceeded, joints included, in ten thousand random trials, and the same question has the same answer', async () => {
    const words =
      'beacon tide 港口 lighthouse keeper { } => \n\n # é 👩‍👩‍👧 function(x) 3.14 the of and, mixed. "quotes" | Always. from.now.on summary'.split(
        ' ',
      );
    const random = new Random(20_261);
    const pool = Array.from({ length: 300 }, () => {
      const text = Array.from({ length: random.whole(1, 90) }, () => random.pick(words)).join(
        random.pick([' ', '', '\n']),
      );
      return { text, tokens: countTokens(text) };
    });
    const silent = new ContractError('DEADLINE_EXCEEDED', 'too slow');
    for (let trial = 0; trial < TRIALS; trial++) {
      const budgetTokens = random.next() < 0.5 ? random.whole(256, 2_000) : random.whole(256, 12_000);
      const fragments = random.whole(0, 16);
      const log = Array.from({ length: fragments }, (_, position) => ({ position, ...random.pick(pool) }));
      const entries = log.map(({ position, tokens }) => ({
        ...{
          position,
          tokens,
          hash: position.toString(16).padStart(32, '0'),
          turn: null,
          isAnswer: random.next() < 0.2,
          firstPart: random.next() < 0.5 ? position - (position % 3) : null,
        },
        ...{ role: random.pick(['user', 'assistant', 'system'] as const), kind: 'chat' as const, facts: null },
        chatTokensBefore: log.slice(0, position).reduce((sum, before) => sum + before.tokens, 0),
      }));
      const nodes = Array.from({ length: random.whole(0, 6) }, (_, at) => {
        const { text, tokens } = random.pick(pool);
        return {
          id: `s${at}`,
          level: 0,
          text,
          tokens,
          originalTokens: 9,
          from: at * 5,
          through: at * 5 + 4,
          children: [],
        };
      });
      const isSilent = random.next() < 0.05;
      const hits = entries
        .map(({ position, hash }) => ({ position, hash, score: random.next() * 30 }))
        .sort((a, b) => b.score - a.score);
      const instructions = entries.map(({ position }) => position).filter(() => random.next() < 0.3);
      const question = `${random.pick(['', 'A summary of '])}${random.pick(pool).text.slice(0, 200)}`;
      const ask = () =>
        assembleWorkingSet(
          {
            ...state,
            log: {
              ...state.log,
              entries: async (_id, { only, newestFirst }) => {
                const chosen = entries.filter(({ role }) => only !== 'system' || role === 'system');
                return newestFirst === true ? chosen.reverse() : chosen;
              },
              entriesAt: async (_id, positions) => positions.flatMap((position) => entries[position] ?? []),
            },
            store: {
              ...state.store,
              texts: async (_id: string, hashes: readonly string[]) =>
                hashes.map((hash) => ({ text: log[Number.parseInt(hash, 16)]?.text ?? '', name: null })),
              search: async () => {
                if (isSilent) throw silent;
                return {
                  ...{ hits, instructions, indexedThrough: fragments - 1, logDigest: '' },
                  ...{
                    unsearchable: [],
                    unsearchableCount: 0,
                    degraded: [],
                    coverage: 0,
                    names: null,
                    similarity: null,
                  },
                };
              },
            } as never,
            texts: { get: () => undefined, set: () => undefined } as never,
            replicator: { learn: async () => true } as never,
            summaries: { digest: async () => nodes, leaves: async () => nodes, lastDigest: () => [] } as never,
          },
          {
            session: {
              ...{ id: sessionId, place: 1, title: null, createdAtMs: 0, revision: fragments, fragments, turns: 0 },
              ...{ lastActivityAtMs: 0, archivedAtMs: null, withdrawn: Withdrawn.NONE, knowsDocuments: true },
              tokens: log.reduce((sum, { tokens }) => sum + tokens, 0),
            },
            question,
            budgetTokens,
            signal: new AbortController().signal,
          },
        );
      const set = await ask();
      if (trial % ASKED_AGAIN_EVERY === 0) expect(await ask(), `trial ${trial}`).toEqual(set);
      const joints = JOIN_TOKENS * Math.max(0, set.segments.length - 1);
      const sum = set.segments.reduce((total, segment) => total + segment.tokens, joints);
      if (set.tokens !== sum) expect.fail(`trial ${trial}: ${set.tokens} said, ${sum} in the segments and joints`);
      const joined = countTokens(set.segments.map(({ text }) => text).join('\n\n'));
      if (joined > set.tokens || set.tokens > budgetTokens) {
        expect.fail(`trial ${trial}: ${joined} tokens joined, ${set.tokens} said, ${budgetTokens} allowed`);
      }
      const once = set.segments.filter(({ kind, reason }) => kind === 'fragment' && reason !== 'system');
      if (new Set(once.map(({ from }) => from)).size < once.length)
        expect.fail(`trial ${trial}: a fragment is shown twice`);
      for (const { text, tokens } of set.segments) {
        if (countTokens(text) !== tokens) expect.fail(`trial ${trial}: a segment of ${tokens} tokens is miscounted`);
      }
    }
  }, 120_000);
});
