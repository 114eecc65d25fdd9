import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { type ContextStageDouble, startContextDouble } from '../support/context-stage.ts';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';

const why = whyNoRedis();
const SESSION = `ses_${'e'.repeat(24)}`;
const KEY = 'k'.repeat(32);
const EVENT = '{ __typename cursor sequence ... on TokenDelta { text } ... on GenerationFailed { code retryable } }';
const GENERATE = `subscription ($input: AskInput!) { generate(input: $input) ${EVENT} }`;
const FOLLOW = `subscription ($after: Cursor) { generationEvents(after: $after) ${EVENT} }`;
const CANCEL = 'mutation ($id: ID!) { cancelGeneration(input: { generationId: $id }) { generation { status text } } }';

interface StreamEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly sequence: number;
  readonly text?: string;
}

interface Stage {
  readonly url: string;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

describe.skipIf(why !== null)(
  `several processes reason on a cluster${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-reasoning-'));
    const children = new Set<ChildProcess>();
    let cluster: RunningRedis;
    let context: ContextStageDouble;
    let stages: [Stage, Stage];

    beforeAll(async () => {
      cluster = await runningCluster();
      const text = 'The default timeout of a request is 300 seconds.';
      context = await startContextDouble(
        [{ text, reason: 'EVIDENCE' }],
        createLog({ name: 'test', version: '0' }, 'silent'),
      );
    }, 60_000);
    beforeEach(async () => {
      await cluster.heal();
      context.refuseAnswers = false;
      stages = [await start(), await start()];
    });
    afterEach(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    afterAll(async () => {
      await context?.stop();
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** With a model that says a word every five milliseconds. */
    async function start(): Promise<Stage> {
      mkdirSync(folder, { recursive: true });
      const child = spawn(process.execPath, [join(import.meta.dirname, 'slow-reasoning.ts')], {
        env: {
          ...process.env,
          ...cluster.environment,
          SUPERCONTEXT_SIGNING_KEY: KEY,
          SUPERCONTEXT_DATA: folder,
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
        async end(signal) {
          child.kill(signal);
          await gone;
          children.delete(child);
        },
      };
    }

    /** Adds the events of a subscription to `events`, to its end or until `enough`. */
    async function read(
      { url }: Stage,
      [query, variables]: readonly [string, Record<string, unknown>],
      { events, enough = Number.POSITIVE_INFINITY }: { readonly events: StreamEvent[]; readonly enough?: number },
    ): Promise<void> {
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: () => ({
          [CONTRACT_HEADER]: 1,
          [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'reasoning', body: SOCKET_BODY }),
        }),
        retryAttempts: 0,
      });
      try {
        for await (const { data, errors } of client.iterate<Record<string, StreamEvent>>({ query, variables })) {
          if (errors !== undefined) throw new Error(JSON.stringify(errors));
          const event = Object.values(data ?? {})[0];
          if (event !== undefined && event !== null) events.push(event);
          if (events.length >= enough) return;
        }
      } finally {
        await client.dispose();
      }
    }

    const input = (maxTokens: number) => ({
      ...{ sessionId: SESSION, prompt: 'What is the default timeout?', maxTokens, temperature: 0 },
    });

    async function askStage<Data>({ url }: Stage, query: string, variables: object): Promise<Data> {
      const body = JSON.stringify({ query, variables });
      const headers = {
        'content-type': 'application/json',
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'reasoning', body }),
      };
      const answer = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { readonly data: Data };
      return answer.data;
    }

    const words = (count: number) => Array.from({ length: count }, (_, word) => `word${word}`);
    const wordsOf = (events: readonly StreamEvent[]) => textOf(events).trim().split(' ');
    const textOf = (events: readonly StreamEvent[]) => events.map(({ text }) => text ?? '').join('');
    const isWhole = (events: readonly StreamEvent[]) =>
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index));

    it('shows a generation to readers of the other process, and ends it there when its own is killed', async () => {
      const [one, other] = stages;
      const begun: StreamEvent[] = [];
      await read(one, [GENERATE, { input: input(2_000) }], { events: begun, enough: 20 });
      const events = [...begun];
      const reading = read(other, [FOLLOW, { after: begun.at(-1)?.cursor }], { events });
      await vi.waitUntil(() => events.length > 100, { timeout: 10_000 });
      await one.end('SIGKILL');
      await reading;
      isWhole(events);
      expect(events.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
      expect(wordsOf(events)).toEqual(words(wordsOf(events).length));
      expect(readdirSync(folder)).toEqual([]);
    }, 60_000);

    it('loses and doubles nothing when a master is killed in the middle of ten streams', async () => {
      const asked = Array.from({ length: 10 }, () => [] as StreamEvent[]);
      const streams = asked.map((events, at) =>
        read(stages[at % 2] as Stage, [GENERATE, { input: input(300) }], { events }),
      );
      await vi.waitUntil(() => asked.every((events) => events.length > 50), { timeout: 20_000 });
      await cluster.node('b').kill();
      await Promise.all(streams);
      for (const events of asked) {
        isWhole(events);
        expect(wordsOf(events)).toEqual(words(300));
        expect(events.at(-1)?.__typename).toBe('GenerationCompleted');
      }
    }, 60_000);

    it('ends a generation for whoever asks the other process to, and records what was said once', async () => {
      const [one, other] = stages;
      const events: StreamEvent[] = [];
      const reading = read(one, [GENERATE, { input: input(2_000) }], { events });
      await vi.waitUntil(() => events.length > 50, { timeout: 10_000 });
      const id = (events[0] as StreamEvent).cursor.split(':')[0];
      const { cancelGeneration } = await askStage<{
        readonly cancelGeneration: { readonly generation: { readonly status: string; readonly text: string } };
      }>(other, CANCEL, { id });
      expect(cancelGeneration.generation.status).toBe('CANCELLED');
      await reading;
      isWhole(events);
      expect(events.at(-1)?.__typename).toBe('GenerationCancelled');
      expect(textOf(events)).toBe(cancelGeneration.generation.text);
      await vi.waitUntil(() => context.answers.some(({ generationId }) => generationId === id), { timeout: 15_000 });
      expect(context.answers.find(({ generationId }) => generationId === id)?.text).toBe(textOf(events));
    }, 60_000);

    it('records an answer whose process is gone before the session could take it', async () => {
      const [one] = stages;
      context.refuseAnswers = true;
      const events: StreamEvent[] = [];
      await read(one, [GENERATE, { input: input(10) }], { events });
      await one.end('SIGKILL');
      context.refuseAnswers = false;
      const id = (events[0] as StreamEvent).cursor.split(':')[0];
      await vi.waitUntil(() => context.answers.some(({ generationId }) => generationId === id), { timeout: 20_000 });
    }, 60_000);
  },
);
