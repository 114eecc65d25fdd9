import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announcer.ts';
import { quietLog, type TestState, testState } from './fixtures/context-state.ts';
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
    entries: hashes.map((hash) => ({ hash, tokens: 2, role: 'document', kind: 'text' })),
    sizeBytes: 1,
    turn: null,
    nowMs: 1,
  });
  return id;
}

describe('Announcer', () => {
  it('fills the gap before what it was asked to announce', async () => {
    const id = await session(10);
    await state.announcer.ensure(id, 9, 7);
    expect(state.store.knownThrough(id)).toBe(9);
  });

  it('announces more entries than one call takes', async () => {
    const id = await session(9_000);
    await state.announcer.ensure(id, 8_999, 0);
    expect(state.store.knownThrough(id)).toBe(8_999);
    expect(state.store.calls.announce).toBe(3);
  });

  it('shares the work of concurrent calls', async () => {
    const id = await session(10);
    await Promise.all(Array.from({ length: 20 }, () => state.announcer.ensure(id, 9, 0)));
    expect(state.store.calls.announce).toBe(1);
  });

  it('does not call a store that is known to be up to date', async () => {
    const id = await session(3);
    await state.announcer.ensure(id, 2, 0);
    await state.announcer.ensure(id, 1, 0);
    expect(state.store.calls.announce).toBe(1);
  });

  it('starts over with a store that has lost its log', async () => {
    const id = await session(5);
    await state.announcer.ensure(id, 4, 0);
    state.store.logs.clear();
    state.announcer.learn(id, -1);
    await state.announcer.ensure(id, 4, 0);
    expect(state.store.knownThrough(id)).toBe(4);
  });

  it('tries again by itself after a failure', async () => {
    const id = await session(2);
    state.store.fail('announce');
    await state.announcer.ensureOrRetry(id, 1, 0);
    state.store.failing.clear();
    await vi.waitFor(() => expect(state.store.knownThrough(id)).toBe(1), { timeout: 5_000 });
  });

  it('makes good at a start what was committed but not announced, as soon as the store answers', async () => {
    const ids = [await session(3), await session(4)];
    await state.announcer.ensure(ids[0] as string, 2, 0);
    state.store.fail('known');
    const restarted = new Announcer(state.log, state.store, quietLog);
    const caughtUp = restarted.catchUp();
    setTimeout(() => state.store.failing.clear(), 50);
    await caughtUp;
    expect(ids.map((id) => state.store.knownThrough(id))).toEqual([2, 3]);
    restarted.stop();
  });

  it('stops trying when it is stopped', async () => {
    state.store.fail('known');
    const caughtUp = state.announcer.catchUp();
    state.announcer.stop();
    await caughtUp;
  });

  it('gives up on a store that does not take what it asked for, instead of going on for ever', async () => {
    const id = await session(2);
    state.announcer.learn(id, 0);
    state.store.announce = async () => 0;
    await expect(state.announcer.ensure(id, 1, 0)).rejects.toThrow('knows');
  });
});
