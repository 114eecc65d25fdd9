import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findManifest, readManifests } from '@supercontext/reasoning/model/manifest.ts';
import { cachedModelPath, modelCacheDirectory } from '@supercontext/reasoning/model/model-cache.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ContextStageDouble, startContextDouble } from '../support/context-stage.ts';
import { follow, generate, readStream, type StreamEvent } from '../support/read-stream.ts';
import { type StageProcess, startStageProcess } from '../support/stage-process.ts';

const SESSION = `ses_${'c'.repeat(24)}`;
const cacheHome = process.env.XDG_CACHE_HOME;
const manifest = findManifest(readManifests());
const weights = cachedModelPath(modelCacheDirectory({ cacheHome, home: homedir() }), manifest);
const SCRIPTED = join(import.meta.dirname, 'slow-reasoning.ts');

describe('kill -9 of the reasoning process in the middle of a stream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reasoning-kill-'));
  const log = createLog({ name: 'test', version: '0' }, 'silent');
  const running = new Set<StageProcess>();
  let context: ContextStageDouble;

  beforeAll(async () => {
    const text = 'The default timeout of a request is 300 seconds, the maximum number of retries is 5.';
    context = await startContextDouble([{ text, reason: 'EVIDENCE' }], log);
  });
  afterEach(async () => {
    for (const stage of running) await stage.kill();
    running.clear();
  });
  afterAll(async () => {
    await context.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(data: string, environment: Readonly<Record<string, string>>, program?: string) {
    const settings = { SUPERCONTEXT_CONTEXT_URL: context.url, ...environment };
    const stage = await startStageProcess('reasoning', join(folder, data), settings, program);
    running.add(stage);
    return stage;
  }

  async function losesNothing(rounds: number, prompt: string, startOne: () => Promise<StageProcess>): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const first = await startOne();
      const seen: StreamEvent[] = [];
      const more: StreamEvent[] = [];
      const input = { sessionId: SESSION, prompt, maxTokens: 100, temperature: 0 };
      await readStream(first, generate(input), { events: seen, enough: 4 + 5 * round });
      await first.kill();

      const second = await startOne();
      await readStream(second, follow(seen.at(-1)?.cursor), { events: more });
      const all = [...seen, ...more];
      expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_event, index) => index));
      expect(all.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
      const types = all.map(({ __typename }) => __typename).filter((type) => type !== 'TokenDelta');
      expect(types).toEqual(['GenerationStarted', 'EvidenceChosen', 'GenerationFailed']);
      await second.kill();
    }
  }

  it('resumes after its cursor and ends as failed, with nothing lost and nothing twice', async () => {
    await losesNothing(3, 'What is the default timeout?', () => start('scripted', {}, SCRIPTED));
  }, 60_000);

  it.skipIf(!existsSync(weights))(
    'does so with the real process and the real model, where its weights are in the cache',
    async () => {
      const settings = {
        SUPERCONTEXT_MODEL: manifest.id,
        HOME: homedir(),
        ...(cacheHome === undefined ? {} : { XDG_CACHE_HOME: cacheHome }),
      };
      await losesNothing(1, 'Tell me a long story about requests and retries.', () => start('real', settings));
    },
    120_000,
  );
});
