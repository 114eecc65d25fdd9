import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type TokenEvent } from '@supercontext/contract';
import type { AnswerOutbox } from '@supercontext/reasoning/events/answer-outbox.ts';
import type { EventLog, NewGeneration } from '@supercontext/reasoning/events/event-log.ts';
import { type GenerationRecord, NO_TIMINGS, NO_USAGE, type Outcome } from '@supercontext/reasoning/generation.ts';
import { EXTRACTIVE } from '@supercontext/reasoning/model/extractive.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { segmentOf, workingSetOf } from '../support/working-sets.ts';

export interface OpenedEventLog {
  readonly log: EventLog & AnswerOutbox;
  /** Opens the same state again, as after a crash: nothing was closed before. */
  crash(): Promise<OpenedEventLog>;
  close(): Promise<void>;
}

const EMPTY: Outcome = { text: '', usage: NO_USAGE, timings: NO_TIMINGS, hops: [], citations: [], failure: null };
let count = 0;

export function newGeneration(overrides: Partial<GenerationRecord> = {}): NewGeneration {
  const number = ++count;
  const sessionId = overrides.sessionId ?? `ses_${'0'.repeat(24)}`;
  const record: GenerationRecord = {
    id: `gen_${number.toString(16).padStart(24, '0')}`,
    sessionId,
    turnId: `${sessionId}.t${number}`,
    status: 'running',
    createdAtMs: 1_700_000_000_000 + number,
    model: EXTRACTIVE,
    workingSet: workingSetOf([segmentOf({ reason: 'evidence', text: 'what the model saw', score: 1.5 })], {
      sessionId,
    }),
    outcome: EMPTY,
    ...overrides,
  };
  return { record, idempotencyKey: `key-${number}`, requestHash: 'hash' };
}

async function collect(events: AsyncIterable<TokenEvent>): Promise<TokenEvent[]> {
  const all: TokenEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const textOf = (events: readonly TokenEvent[]) =>
  events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
const never = new AbortController().signal;

/** What every event log must keep; `open` makes an empty one. */
export function eventLogConformance(name: string, open: () => Promise<OpenedEventLog>): void {
  describe(`the event log (${name})`, () => {
    const opened: OpenedEventLog[] = [];
    async function fresh(): Promise<OpenedEventLog> {
      const log = await open();
      opened.push(log);
      return log;
    }
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    it('replays a whole generation in order, without gaps, to its one terminal event', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      for (let index = 0; index < 600; index++) void log.append(id, { text: `${index} `, tokens: 1 });
      await log.finish(id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'whole' });
      const events = await collect(log.follow(id, -1, never));
      expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 603 }, (_, index) => index));
      expect(events.slice(0, 2)).toMatchObject([{ type: 'started' }, { type: 'evidence-chosen', evidence: 1 }]);
      expect(events.filter(isTerminal)).toEqual([events.at(-1)]);
      expect(textOf(events)).toBe(Array.from({ length: 600 }, (_, index) => `${index} `).join(''));
      const [record] = await log.get([id]);
      expect(record).toEqual({ ...generation.record, status: 'completed', outcome: { ...EMPTY, text: 'whole' } });
    });

    it('loses and doubles nothing between replay and live, for ten readers of different speeds', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      const readers: Promise<TokenEvent[]>[] = [];
      const read = async (delayMs: number) => {
        const events: TokenEvent[] = [];
        for await (const event of log.follow(id, -1, never)) {
          events.push(event);
          if (delayMs > 0 && event.sequence % 50 === 0) await sleep(delayMs);
        }
        return events;
      };
      for (let index = 0; index < 1_000; index++) {
        if (index % 100 === 0) readers.push(read(index / 100));
        void log.append(id, { text: `${index},`, tokens: 1 });
        if (index % 7 === 0) await sleep(0);
      }
      await log.finish(id, { type: 'completed', reason: 'length' }, EMPTY);
      for (const events of await Promise.all(readers)) {
        expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1_003 }, (_, index) => index));
      }
    });

    it('continues after any cursor: of 1 000 readers cut at random places none misses or repeats an event', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      let seed = 7;
      const random = (limit: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % limit;
      };
      async function readWithCuts(): Promise<{ readonly sequences: number[]; readonly cuts: number }> {
        const sequences: number[] = [];
        let cuts = 0;
        for (let ended = false; !ended; ) {
          let left = 1 + random(40);
          const reader = new AbortController();
          for await (const event of log.follow(id, sequences.at(-1) ?? -1, reader.signal)) {
            sequences.push(event.sequence);
            ended = isTerminal(event);
            if (--left === 0 && !ended) break;
          }
          reader.abort();
          if (!ended) cuts++;
        }
        return { sequences, cuts };
      }
      const readers = Array.from({ length: 20 }, readWithCuts);
      for (let index = 0; index < 1_200; index++) {
        void log.append(id, { text: 'x', tokens: 1 });
        if (index % 20 === 0) await sleep(1);
      }
      await log.finish(id, { type: 'completed', reason: 'stop' }, EMPTY);
      const results = await Promise.all(readers);
      expect(results.reduce((total, { cuts }) => total + cuts, 0)).toBeGreaterThan(1_000);
      for (const { sequences } of results) {
        expect(sequences).toEqual(Array.from({ length: 1_203 }, (_, index) => index));
      }
    });

    it('never shows an event that a crash could take back', async () => {
      const first = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await first.log.create(generation);
      const seen: TokenEvent[] = [];
      const reader = (async () => {
        for await (const event of first.log.follow(id, -1, never)) {
          seen.push(event);
          if (seen.length === 6) return;
        }
      })();
      for (let index = 0; index < 20; index++) void first.log.append(id, { text: `${index}`, tokens: 1 });
      await reader;
      const second = await first.crash();
      opened.push(second);
      await second.log.failOrphans();
      const events = await collect(second.log.follow(id, -1, never));
      expect(events.slice(0, 6)).toEqual(seen);
    });

    it('ends what a crash left running as failed, once, and keeps what was said', async () => {
      const first = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await first.log.create(generation);
      await first.log.append(id, { text: 'half an ', tokens: 2 });
      await first.log.append(id, { text: 'answer', tokens: 1 });
      const second = await first.crash();
      opened.push(second);
      expect(await second.log.failOrphans()).toBe(1);
      expect(await second.log.failOrphans()).toBe(0);
      const events = await collect(second.log.follow(id, -1, never));
      expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
        ['started', 0],
        ['evidence-chosen', 1],
        ['delta', 2],
        ['delta', 3],
        ['failed', 4],
      ]);
      const [record] = await second.log.get([id]);
      expect(record?.status).toBe('failed');
      expect(record?.outcome.text).toBe('half an answer');
      expect(record?.outcome.failure?.code).toBe('MODEL_FAILED');
    });

    it('creates one generation for one key and refuses the key for another question', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      expect((await log.create(generation)).created).toBe(true);
      const again = { ...newGeneration(), idempotencyKey: generation.idempotencyKey };
      expect(await log.create(again)).toMatchObject({ created: false, record: { id: generation.record.id } });
      expect((await log.find(generation.record.sessionId, generation.idempotencyKey, 'hash'))?.id).toBe(
        generation.record.id,
      );
      await expect(log.create({ ...again, requestHash: 'other' })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      expect(await log.find('ses_other', generation.idempotencyKey, 'hash')).toBeNull();
    });

    it('takes nothing after the terminal event', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      await log.finish(id, { type: 'cancelled' }, EMPTY);
      await expect(log.append(id, { text: 'more', tokens: 1 })).rejects.toMatchObject({ code: 'GENERATION_NOT_FOUND' });
      await expect(log.finish(id, { type: 'cancelled' }, EMPTY)).rejects.toMatchObject({
        code: 'GENERATION_NOT_FOUND',
      });
    });

    it('refuses a cursor beyond the end, and ends at once after the last event', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      await expect(log.follow(id, 2, never).next()).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
      await log.finish(id, { type: 'cancelled' }, EMPTY);
      await expect(log.follow(id, 3, never).next()).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
      expect(await log.follow(id, 2, never).next()).toEqual({ value: undefined, done: true });
      await expect(log.follow('gen_none', -1, never).next()).rejects.toMatchObject({ code: 'GENERATION_NOT_FOUND' });
    });

    it('lets a reader of a silent generation go at once, whether it leaves or is cut off', async () => {
      const { log } = await fresh();
      const generation = newGeneration();
      await log.create(generation);
      const leaving = log.follow(generation.record.id, 1, never);
      const pending = leaving.next();
      await leaving.return?.();
      expect(await pending).toEqual({ value: undefined, done: true });
      const reader = new AbortController();
      const cut = log.follow(generation.record.id, 1, reader.signal).next();
      reader.abort(new Error('gone'));
      await expect(cut).rejects.toThrow('gone');
    });

    it('knows the generations of a turn, oldest first, and what a running one has said so far', async () => {
      const { log } = await fresh();
      const turnId = `ses_${'0'.repeat(24)}.t0`;
      const one = newGeneration({ turnId });
      const other = newGeneration({ turnId });
      await log.create(one);
      await log.create(other);
      await log.append(other.record.id, { text: 'so far', tokens: 2 });
      const [of, none] = await log.ofTurns([turnId, `ses_${'0'.repeat(24)}.t9`]);
      expect(of?.map(({ id, outcome }) => [id, outcome.text])).toEqual([
        [one.record.id, ''],
        [other.record.id, 'so far'],
      ]);
      expect(none).toEqual([]);
      expect(await log.get(['gen_none', one.record.id])).toMatchObject([null, { id: one.record.id }]);
    });

    it('knows which generations of a session run, and forgets all of one that is erased', async () => {
      const { log } = await fresh();
      const sessionId = `ses_${'c'.repeat(24)}`;
      const [ended, running, other] = [newGeneration({ sessionId }), newGeneration({ sessionId }), newGeneration()];
      for (const generation of [ended, running, other]) await log.create(generation);
      await log.finish(ended.record.id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'an answer' });
      expect(await log.unfinished(sessionId)).toEqual([running.record.id]);
      // It runs here: only who runs it ends it.
      expect(await log.endElsewhere(running.record.id, { type: 'cancelled' })).toMatchObject({ status: 'running' });
      expect(await log.endElsewhere(ended.record.id, { type: 'cancelled' })).toMatchObject({ status: 'completed' });
      expect(await log.endElsewhere('gen_none', { type: 'cancelled' })).toBeNull();
      await log.finish(running.record.id, { type: 'cancelled' }, EMPTY);
      await log.noteErasure(sessionId);
      await log.noteErasure(sessionId);
      expect(await log.erasures()).toEqual([sessionId]);
      expect(await log.erase(sessionId)).toBe(2);
      expect(await log.erase(sessionId)).toBe(0);
      expect(await log.erasures()).toEqual([]);
      expect(await log.get([ended.record.id, running.record.id])).toEqual([null, null]);
      expect(await log.ofTurns([ended.record.turnId])).toEqual([[]]);
      expect(await log.unrecorded(10)).toEqual([]);
      expect(await log.get([other.record.id])).toMatchObject([{ status: 'running' }]);
    });

    it('offers an answer for recording until it is marked, and no failed or silent one', async () => {
      const { log } = await fresh();
      const sessionId = `ses_${'b'.repeat(24)}`;
      const ends = [
        { ending: { type: 'completed', reason: 'stop' }, text: 'one' },
        { ending: { type: 'cancelled' }, text: 'two' },
        { ending: { type: 'cancelled' }, text: '' },
        { ending: { type: 'failed', code: 'MODEL_FAILED', message: 'gone' }, text: 'three' },
      ] as const;
      const ids: string[] = [];
      for (const { ending, text } of ends) {
        const generation = newGeneration({ sessionId });
        ids.push(generation.record.id);
        await log.create(generation);
        await log.finish(generation.record.id, ending, { ...EMPTY, text });
      }
      const both = await log.unrecorded(10);
      expect(both.map(({ text }) => text)).toEqual(['one', 'two']);
      const older = both[0]?.place;
      expect(older).toBeGreaterThan(0);
      expect((await log.unrecorded(10, older)).map(({ text }) => text)).toEqual(['two']);
      await log.markRecorded(ids[0] ?? '');
      expect((await log.unrecorded(10)).map(({ generationId }) => generationId)).toEqual([ids[1]]);
    });
  });
}
