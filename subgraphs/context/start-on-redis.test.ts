import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRedis, runningRedis, whyNoRedis } from '../../test/support/redis-cluster.ts';
import { type RunningStore, startStore } from '../store/start.ts';
import { quietLog } from './fixtures/context-state.ts';
import { type RunningContext, startContext } from './start.ts';

const why = whyNoRedis();
const NOBODY = 'http://127.0.0.1:9/graphql';

const OPEN = 'mutation { openSession(input: { title: "on Redis" }) { session { id } } }';
const APPEND = `mutation ($input: AppendContextInput!) {
  appendContext(input: $input) { session { revision } receipt { revision replayed } userErrors { code } }
}`;
const SESSIONS = 'query { sessions(first: 5) { edges { node { id revision title } } } }';

const listed = (node: unknown) => ({ sessions: { edges: [{ node }] } });

interface Opened {
  readonly openSession: { readonly session: { readonly id: string } };
}

interface Appended {
  readonly appendContext: { readonly receipt: { readonly revision: number; readonly replayed: boolean } };
}

describe.skipIf(why !== null)(`context stages on one Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'context-redis-'));
  const common = {
    host: '127.0.0.1',
    port: 0,
    dataFolder: folder,
    logLevel: 'silent',
    otlpEndpoint: null,
    log: quietLog,
  };
  const running: RunningContext[] = [];
  let redis: RunningRedis;
  let store: RunningStore;

  beforeAll(async () => {
    redis = await runningRedis();
    store = await startStore({
      ...{ ...common, redis: null, signingKey: null as never, tenantKey: null, indexMebibytes: 16 },
      ...{ segmentFragments: 1_024, embedder: 'none', cacheHome: '', embedWaitMs: 100, pgvectorUrl: null },
    });
  });
  beforeEach(async () => {
    running.push(await start(), await start());
  });
  afterEach(async () => {
    for (const context of running.splice(0)) await context.stop();
  });
  afterAll(async () => {
    await store?.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true });
  });

  const start = () =>
    startContext({
      ...{ ...common, redis: redis.settings, signingKey: null, storeUrl: store.url, compressionUrl: NOBODY },
      ...{ searchDeadlineMs: 2_000, digestDeadlineMs: 500, textsMebibytes: 1 },
    });
  const ask = async <Data>(at: number, query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
    const response = await fetch(running[at]?.url as string, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'context-contract': '2' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: readonly unknown[] };
    expect(errors).toBeUndefined();
    return data;
  };

  it('serve the same sessions, and keep nothing in files', async () => {
    const id = (await ask<Opened>(0, OPEN)).openSession.session.id;
    const append = (at: number, key: string) => {
      const items = [{ text: { text: `what ${key} says` } }];
      return ask<Appended>(at, APPEND, { input: { sessionId: id, idempotencyKey: key, items } });
    };
    expect((await append(0, 'a')).appendContext.receipt).toEqual({ revision: 1, replayed: false });
    expect((await append(1, 'a')).appendContext.receipt).toEqual({ revision: 1, replayed: true });
    expect((await append(1, 'b')).appendContext.receipt).toEqual({ revision: 2, replayed: false });
    expect(await ask(0, SESSIONS)).toEqual(listed({ id, revision: 2, title: 'on Redis' }));
    const all = await Promise.all(Array.from({ length: 10 }, (_, at) => append(at % 2, `many ${at}`)));
    expect(all.map(({ appendContext }) => appendContext.receipt.revision).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 10 }, (_, at) => at + 3),
    );
    expect(existsSync(join(folder, 'context'))).toBe(false);
    for (const context of running.splice(0)) await context.stop();
    running.push(await start());
    expect(await ask(0, SESSIONS)).toEqual(listed({ id, revision: 12, title: 'on Redis' }));
  });

  it('do not start without it, and take no file in its place', async () => {
    const elsewhere = { ...redis.settings, servers: [{ host: '127.0.0.1', port: 1 }] };
    const begun = startContext({
      ...{ ...common, redis: elsewhere, signingKey: null, storeUrl: store.url, compressionUrl: NOBODY },
      ...{ searchDeadlineMs: 2_000, digestDeadlineMs: 500, textsMebibytes: 1 },
    });
    await expect(begun).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    expect(existsSync(join(folder, 'context'))).toBe(false);
  });
});
