import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningStore, startStore } from '../../subgraphs/store/start.ts';
import { type ContextProcess, startContextProcess } from '../support/context-process.ts';
import { SIGNING_KEY } from '../support/stage-process.ts';

const ROUNDS = 4;
const WRITERS = 3;

let folder: string;
let store: RunningStore;
let context: ContextProcess | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'context-kill-'));
  store = await startStore({
    ...{ host: '127.0.0.1', port: 0, dataFolder: folder, signingKey: SIGNING_KEY, tenantKey: null },
    ...{
      logLevel: 'silent',
      otlpEndpoint: null,
      redis: null,
      indexMebibytes: 16,
      segmentFragments: 1_024,
      embedder: 'none',
      cacheHome: '',
      embedWaitMs: 100,
      pgvectorUrl: null,
    },
    log: createLog({ name: 'store', version: 'test' }, 'silent'),
  });
});

afterEach(async () => {
  await context?.kill();
  context = null;
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One sender and what it was told. */
interface Writer {
  readonly name: string;
  sessionId: string;
  /** Texts acknowledged, in order; the key of each is its place. */
  readonly acknowledged: string[];
}

function textOf({ name, acknowledged }: Writer, at = acknowledged.length): string {
  return `${name} appends marker${name}${at}.\n${'and more words to go with it '.repeat(40)}\n`;
}

/** Appends one after the other until the process is gone. */
async function write(process: ContextProcess, writer: Writer, onAcknowledged: () => void): Promise<void> {
  for (;;) {
    const text = textOf(writer);
    try {
      await process.append(writer.sessionId, String(writer.acknowledged.length), text);
    } catch {
      return;
    }
    writer.acknowledged.push(text);
    onAcknowledged();
  }
}

/** The session's log as the store has it, as one text. */
async function storedText({ sessionId }: Writer): Promise<string> {
  const { fragments } = store.state;
  const entries = await fragments.entries(sessionId, 0, 4_096);
  const reads = await fragments.get(entries.map(({ hash }) => ({ sessionId, hash })));
  return reads.map((read) => (read.state === 'whole' ? read.fragment.text : `[${read.state}]`)).join('');
}

describe('a context stage that is killed in the middle of appends', () => {
  it('has lost nothing that it acknowledged, and doubles nothing that is sent again', async () => {
    const writers = Array.from({ length: WRITERS }, (_, at): Writer => {
      return { name: `writer${at}`, sessionId: '', acknowledged: [] };
    });
    for (let round = 0; round <= ROUNDS; round++) {
      const running = await startContextProcess(folder, store.url);
      context = running;
      for (const writer of writers) {
        writer.sessionId = await running.open(writer.name);
        const { acknowledged, sessionId } = writer;
        const revision = await running.revision(sessionId);
        // One append may have become durable without its sender having been told.
        expect([acknowledged.length, acknowledged.length + 1]).toContain(revision);
        for (const [at, text] of acknowledged.slice(-3).entries()) {
          const key = Math.max(0, acknowledged.length - 3) + at;
          expect(await running.append(sessionId, String(key), text)).toMatchObject({
            replayed: true,
            revision: key + 1,
          });
        }
        const again = await running.append(sessionId, String(acknowledged.length), textOf(writer));
        expect(again).toMatchObject({ revision: acknowledged.length + 1, replayed: revision > acknowledged.length });
        acknowledged.push(textOf(writer));
        const marker = `marker${writer.name}${acknowledged.length - 1}`;
        expect((await running.evidence(sessionId, marker))[0]).toContain(`${marker}.`);
        expect(await storedText(writer)).toBe(acknowledged.join(''));
      }
      if (round === ROUNDS) break;
      // Killed by the count of acknowledgements, so that it hits every writer at another place.
      let left = 20 + round * 7;
      let killed: Promise<void> | null = null;
      const onAcknowledged = () => {
        left--;
        if (left === 0) killed = running.kill();
      };
      await Promise.all(writers.map((writer) => write(running, writer, onAcknowledged)));
      await killed;
      expect(left).toBeLessThanOrEqual(0);
    }
  }, 60_000);
});
