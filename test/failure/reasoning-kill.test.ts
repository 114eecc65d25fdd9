import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findManifest, readManifests } from '@supercontext/reasoning/model/manifest.ts';
import { cachedModelPath, modelCacheDirectory } from '@supercontext/reasoning/model/model-cache.ts';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type ContextStageDouble, startContextDouble } from '../support/context-stage.ts';

const SESSION = `ses_${'c'.repeat(24)}`;
const KEY = randomBytes(32).toString('hex');
const ROUNDS = 3;
const EVENT = '{ __typename cursor sequence ... on TokenDelta { text } ... on GenerationFailed { code retryable } }';
const cache = modelCacheDirectory({ cacheHome: process.env.XDG_CACHE_HOME, home: homedir() });
const weights = cachedModelPath(cache, findManifest(readManifests()));

interface StreamEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly sequence: number;
  readonly text?: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

interface Stage {
  readonly url: string;
  kill(): Promise<void>;
}

describe('kill -9 of the reasoning process in the middle of a stream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reasoning-kill-'));
  const log = createLog({ name: 'test', version: '0' }, 'silent');
  const children = new Set<ChildProcess>();
  let context: ContextStageDouble;

  beforeAll(async () => {
    const text = 'The default timeout of a request is 300 seconds, the maximum number of retries is 5.';
    context = await startContextDouble([{ text, reason: 'EVIDENCE' }], log);
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await context.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the process and resolves when it says that it is ready. */
  async function start(entry: string, data: string): Promise<Stage> {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../..', entry)], {
      env: {
        ...process.env,
        SUPERCONTEXT_SIGNING_KEY: KEY,
        SUPERCONTEXT_DATA: join(folder, data),
        SUPERCONTEXT_REASONING_PORT: '0',
        SUPERCONTEXT_CONTEXT_URL: context.url,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.add(child);
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk;
        const ready = /"url":"([^"]+)","msg":"ready"/.exec(output);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      });
      child.once('exit', () => reject(new Error(`it did not start: ${output}`)));
    });
    return {
      url,
      async kill() {
        child.kill('SIGKILL');
        await gone;
        children.delete(child);
      },
    };
  }

  function connect({ url }: Stage): Client {
    return createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: () => ({
        'context-contract': 1,
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'reasoning', body: SOCKET_BODY }),
      }),
      retryAttempts: 0,
    });
  }

  /** Adds the events of a subscription to `events`, to its end or until `enough`. */
  async function read(
    stage: Stage,
    query: string,
    variables: Record<string, unknown>,
    events: StreamEvent[],
    enough = (_events: readonly StreamEvent[]) => false,
  ): Promise<void> {
    const client = connect(stage);
    try {
      for await (const { data, errors } of client.iterate<Record<string, StreamEvent>>({ query, variables })) {
        if (errors !== undefined) throw new Error(JSON.stringify(errors));
        const event = Object.values(data ?? {})[0];
        if (event !== undefined && event !== null) events.push(event);
        if (enough(events)) return;
      }
    } finally {
      await client.dispose();
    }
  }

  async function losesNothing(entry: string, data: string, prompt: string): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const first = await start(entry, data);
      const seen: StreamEvent[] = [];
      const more: StreamEvent[] = [];
      const input = { sessionId: SESSION, prompt, maxTokens: 100, temperature: 0 };
      const enough = (events: readonly StreamEvent[]) => events.length > 3 + 5 * round;
      await read(
        first,
        `subscription ($input: AskInput!) { generate(input: $input) ${EVENT} }`,
        { input },
        seen,
        enough,
      );
      await first.kill();

      const second = await start(entry, data);
      const after = seen.at(-1)?.cursor;
      await read(second, `subscription ($after: Cursor) { generationEvents(after: $after) ${EVENT} }`, { after }, more);
      const all = [...seen, ...more];
      expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_event, index) => index));
      expect(all.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
      expect(all.slice(1, -1).every(({ __typename }) => __typename === 'TokenDelta')).toBe(true);
      await second.kill();
    }
  }

  it('resumes after its cursor and ends as failed, with nothing lost and nothing twice', async () => {
    await losesNothing('test/failure/slow-reasoning.ts', 'scripted', 'What is the default timeout?');
  }, 60_000);

  it.skipIf(!existsSync(weights))(
    'does so with the real process and the real model, where its weights are in the cache',
    async () => {
      await losesNothing('subgraphs/reasoning/main.ts', 'real', 'Tell me a long story about requests and retries.');
    },
    120_000,
  );
});
