import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StoreProcess, startStoreProcess } from '../support/store-process.ts';

const ROUNDS = 5;
const WRITERS = 4;

let folder: string;
let store: StoreProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-kill-'));
});
afterEach(async () => {
  await store?.kill();
  store = null;
  rmSync(folder, { recursive: true, force: true });
});

/** What one session was told is stored and replicated. */
interface Acknowledged {
  readonly sessionId: string;
  readonly ids: string[];
  readonly texts: string[];
  /** Fragments replicated, counted from the beginning. */
  replicated: number;
}

/** Puts and replicates until the store is gone; calls `acknowledged` after each acknowledgement. */
async function write(process: StoreProcess, session: Acknowledged, acknowledged: () => void): Promise<void> {
  for (;;) {
    const from = session.ids.length;
    const texts = [0, 1, 2].map(
      (at) => `${session.sessionId} holds marker${from + at} ${'and more words '.repeat(60)}`,
    );
    try {
      const ids = await process.put(session.sessionId, texts);
      session.ids.push(...ids);
      session.texts.push(...texts);
      acknowledged();
      await process.replicate(session.sessionId, from, ids);
      session.replicated = session.ids.length;
      acknowledged();
    } catch {
      return;
    }
  }
}

describe('a store that is killed in the middle of writes', () => {
  it('has lost nothing that it acknowledged, and finds it', async () => {
    const sessions = Array.from({ length: WRITERS }, (_, at): Acknowledged => {
      return { sessionId: `ses_${String(at).padStart(24, '0')}`, ids: [], texts: [], replicated: 0 };
    });
    for (let round = 0; round < ROUNDS; round++) {
      const running = await startStoreProcess(folder, { SUPERCONTEXT_STORE_SEGMENT_FRAGMENTS: '16' });
      store = running;
      for (const { sessionId, ids, texts, replicated } of sessions) {
        expect(await running.read(ids)).toEqual(texts);
        const log = await running.log(sessionId);
        expect(log.length).toBeGreaterThanOrEqual(replicated);
        expect(log).toEqual(ids.slice(0, log.length).map((fragmentId, position) => ({ position, fragmentId })));
        if (replicated > 0)
          expect(await running.search(sessionId, `marker${replicated - 1}`)).toContain(replicated - 1);
        // What was put but not replicated before the kill is replicated again, as the context stage does.
        await running.replicate(sessionId, 0, ids);
      }
      // Killed by the count of acknowledgements, so that it hits every writer at another place.
      let left = 30 + round * 7;
      let killed: Promise<void> | null = null;
      const acknowledged = () => {
        left--;
        if (left === 0) killed = running.kill();
      };
      await Promise.all(sessions.map((session) => write(running, session, acknowledged)));
      await killed;
      expect(left).toBeLessThanOrEqual(0);
    }
    const last = await startStoreProcess(folder);
    store = last;
    for (const { ids, texts } of sessions) expect(await last.read(ids)).toEqual(texts);
  }, 60_000);

  it('stops cleanly when asked to, and says so with its exit', async () => {
    store = await startStoreProcess(folder);
    const sessionId = `ses_${'c'.repeat(24)}`;
    const ids = await store.put(sessionId, ['one', 'two']);
    await store.replicate(sessionId, 0, ids);
    await store.stop();
    store = await startStoreProcess(folder);
    expect(await store.read(ids)).toEqual(['one', 'two']);
    expect(await store.search(sessionId, 'two')).toEqual([1, 0]);
  });
});
