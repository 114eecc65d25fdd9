import { ContractError } from '@supercontext/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quietLog, type TestState, testState } from './fixtures/context-state.ts';
import { LogReplicator } from './log-replicator.ts';
import { newSessionId } from './session-id.ts';

let state: TestState;

beforeEach(() => {
  state = testState();
});

afterEach(() => state.remove());

/** A session with `count` fragments in log and store, of which the store has been told nothing. */
async function session(count: number): Promise<string> {
  const { id } = await state.log.open({ id: newSessionId(), title: null, key: null, nowMs: 1 });
  const fragments = Array.from({ length: count }, (_, at) => ({
    role: 'document' as const,
    source: { kind: 'text' as const, name: null },
    text: `fragment ${at}`,
    tokens: 2,
  }));
  const hashes = await state.store.put(id, fragments);
  await state.log.commit({
    sessionId: id,
    key: 'k',
    contentHash: 'h',
    baseRevision: null,
    entries: hashes.map((hash) => ({ hash, tokens: 2, role: 'document', kind: 'text', facts: null })),
    sizeBytes: 1,
    turn: null,
    nowMs: 1,
  });
  return id;
}

describe('LogReplicator', () => {
  it('fills the gap before what it was asked to replicate', async () => {
    const id = await session(10);
    await state.replicator.ensure(id, 9, 7);
    expect(state.store.knownThrough(id)).toBe(9);
  });

  it('replicates more entries than one call takes', async () => {
    const id = await session(2_500);
    await state.replicator.ensure(id, 2_499, 0);
    expect(state.store.knownThrough(id)).toBe(2_499);
    expect(state.store.calls.replicate).toBe(3);
  });

  it('shares the work of concurrent calls', async () => {
    const id = await session(10);
    await Promise.all(Array.from({ length: 20 }, () => state.replicator.ensure(id, 9, 0)));
    expect(state.store.calls.replicate).toBe(1);
  });

  it('does not call a store that is known to be up to date', async () => {
    const id = await session(3);
    await state.replicator.ensure(id, 2, 0);
    await state.replicator.ensure(id, 1, 0);
    expect(state.store.calls.replicate).toBe(1);
  });

  it('starts over with a store that has lost its log', async () => {
    const id = await session(5);
    await state.replicator.ensure(id, 4, 0);
    state.store.logs.clear();
    await state.replicator.learn(id, state.store.copy(id));
    await state.replicator.ensure(id, 4, 0);
    expect(state.store.knownThrough(id)).toBe(4);
  });

  it('tries again by itself after a failure', async () => {
    const id = await session(2);
    state.store.fail('replicate');
    await state.replicator.ensureOrRetry(id, 1, 0);
    state.store.failing.clear();
    await vi.waitFor(() => expect(state.store.knownThrough(id)).toBe(1), { timeout: 5_000 });
  });

  it('makes good at a start what was committed but not replicated, as soon as the store answers', async () => {
    const ids = [await session(3), await session(4)];
    await state.replicator.ensure(ids[0] as string, 2, 0);
    state.store.fail('known');
    const restarted = new LogReplicator({ log: state.log, store: state.store, logger: quietLog });
    const caughtUp = restarted.catchUp();
    setTimeout(() => state.store.failing.clear(), 50);
    await caughtUp;
    expect(ids.map((id) => state.store.knownThrough(id))).toEqual([2, 3]);
    restarted.stop();
  });

  it('stops trying when it is stopped', async () => {
    state.store.fail('known');
    const caughtUp = state.replicator.catchUp();
    state.replicator.stop();
    await caughtUp;
  });

  it('gives up on a store that does not take what it asked for, instead of going on for ever', async () => {
    const id = await session(2);
    const { digest } = state.store.copy(id);
    state.store.replicate = async () => ({ knownThrough: -1, digest, withdrawnDigest: '' });
    await expect(state.replicator.ensure(id, 1, 0)).rejects.toMatchObject({ code: 'STORE_BEHIND' });
  });

  describe('with a copy that is not the log', () => {
    /** Puts texts of which the log knows nothing, and has the copy list them from a position on. */
    async function tamper(id: string, from: number, count: number): Promise<void> {
      const texts = Array.from({ length: count }, (_, at) => ({
        role: 'document' as const,
        source: { kind: 'text' as const, name: null },
        text: `discarded ${at}`,
        tokens: 2,
      }));
      const hashes = await state.store.put(id, texts);
      const copy = state.store.logs.get(id) ?? new Map();
      state.store.logs.set(id, copy);
      for (const [at, hash] of hashes.entries()) copy.set(from + at, { position: from + at, hash, tokens: 2 });
    }

    async function listed(id: string): Promise<[string[], string[]]> {
      const range = { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 };
      const log = await state.log.entries(id, range);
      const copy = [...(state.store.logs.get(id)?.values() ?? [])].sort((a, b) => a.position - b.position);
      return [copy.map(({ hash }) => hash), log.map(({ hash }) => hash)];
    }

    it.each([
      ['is longer', 100, 40],
      ['differs in the middle', 30, 5],
      ['differs from the first entry on', 0, 100],
      ['differs in its last entry', 99, 1],
    ])('makes it the log when it %s', async (_what, from, count) => {
      const id = await session(100);
      await state.replicator.ensure(id, 99, 0);
      await tamper(id, from, count);
      state.store.process = 'another';
      await state.replicator.catchUp();
      const [copy, log] = await listed(id);
      expect(copy).toEqual(log);
      expect(state.store.calls.digests).toBeLessThan(4);
    });

    it('makes it the log again for a session that is read while the store is behind', async () => {
      const id = await session(3);
      await state.replicator.settle(id, 2, 1_000);
      expect(state.store.knownThrough(id)).toBe(2);
      const calls = state.store.calls.replicate;
      await state.replicator.settle(id, 2, 1_000);
      expect(state.store.calls.replicate).toBe(calls);
    });

    it('waits no longer than it is told to for a store that hangs', async () => {
      const id = await session(3);
      state.store.replicate = () => new Promise(() => {});
      await expect(state.replicator.settle(id, 2, 20)).rejects.toMatchObject({ code: 'STORE_BEHIND' });
    });

    it('keeps the copy of a session that has lost its log, and has one forgotten that the log lacks', async () => {
      const lost = await session(3);
      const lacking = newSessionId();
      const entry = { position: 0, hash: '0'.repeat(32), tokens: 2 };
      for (const id of [lost, lacking]) await state.store.replicate(id, [entry]);
      const log = new Proxy(state.log, {
        get(target, name) {
          if (name === 'sessions')
            return async (ids: readonly string[]) => {
              if (ids.includes(lost)) throw new ContractError('STORAGE_CORRUPT', 'its log is lost');
              return target.sessions(ids);
            };
          if (name === 'list') return async () => [];
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const replicator = new LogReplicator({ log, store: state.store, logger: quietLog });
      expect(await replicator.tryOnce()).toBe(true);
      expect([lost, lacking].map((id) => state.store.knownThrough(id))).toEqual([0, -1]);
      replicator.stop();
    });

    it('has a session forgotten that the log lacks, and keeps its fragments', async () => {
      await session(1);
      const lost = newSessionId();
      await tamper(lost, 0, 4);
      const kept = state.store.fragments.size;
      await state.replicator.catchUp();
      expect(state.store.knownThrough(lost)).toBe(-1);
      expect(state.store.fragments.size).toBe(kept);
    });

    it('refuses to take an empty log for the truth', async () => {
      await tamper(newSessionId(), 0, 4);
      await expect(state.replicator.catchUp()).rejects.toThrow('restore context/log.sqlite');
    });
  });
});
