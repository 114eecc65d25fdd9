import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../subgraphs/context/log/redis-session.ts';
import { generationKey } from '../../subgraphs/reasoning/events/redis-generation.ts';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { operatorCommand, type Said } from '../support/operator-command.ts';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';
import { keysOf } from '../support/redis-keys.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const why = whyNoRedis();
/** Of each kind of damage one session; the last two have none. */
const NAMES = ['missing', 'corrupt', 'log', 'answer', 'whole', 'also whole'] as const;
const WHOLE = NAMES.slice(-2);
const DAMAGED = NAMES.slice(0, -2);
const SHARED = 'What all of these sessions say is the same.';
const ownText = (name: string) => `Only the session called ${name} says this about its harbour.`;

interface Made {
  readonly sessions: Readonly<Record<(typeof NAMES)[number], string>>;
  readonly generation: string;
}

async function makeSessions(url: string): Promise<Made> {
  const sessions: Record<string, string> = {};
  for (const name of NAMES) {
    const sessionId = await openSession(url, name);
    sessions[name] = sessionId;
    for (const [key, text] of [ownText(name), SHARED].entries()) {
      const answer = await append(url, { sessionId, idempotencyKey: `${key}`, items: [{ text: { text } }] });
      expect(errorCode(answer)).toBeUndefined();
    }
  }
  const input = { sessionId: sessions.answer, prompt: 'What does it say about its harbour?' };
  const asked = await post(url, 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }', { input });
  const { id } = (asked.data as unknown as { ask: { generation: { id: string } } }).ask.generation;
  const query = 'query ($id: ID!) { generation(id: $id) { status } }';
  while (JSON.stringify(await post(url, query, { id })).includes('RUNNING')) await sleep(20);
  return { sessions, generation: id } as Made;
}

/** What each session says, by its title; null where it is not there. */
async function textsOf(url: string, { sessions }: Made): Promise<Record<string, readonly string[] | null>> {
  const query = 'query ($id: ID!) { session(id: $id) { fragments(first: 9) { edges { node { text } } } } }';
  const found: Record<string, readonly string[] | null> = {};
  for (const name of NAMES) {
    const { data, errors } = await post(url, query, { id: sessions[name] });
    expect(errors).toBeUndefined();
    const { session } = data as never as { session: { fragments: { edges: { node: { text: string } }[] } } | null };
    found[name] = session?.fragments.edges.map(({ node }) => node.text) ?? null;
  }
  return found;
}

const EXPECTED = Object.fromEntries(NAMES.map((name) => [name, WHOLE.includes(name) ? [ownText(name), SHARED] : null]));

/** Whether it says of each damaged session what is wrong with it, and of the others nothing. */
function expectNamed({ status, output, errors }: Said, made: Made, reasons: Record<string, RegExp>): void {
  const lines = errors.trimEnd().split('\n');
  expect([status, lines.length, output]).toEqual([
    3,
    Object.keys(reasons).length,
    expect.stringMatching(
      new RegExp(`is whole: 2 sessions, 4 log entries, 3 fragments, 0 generations; ${lines.length} damaged`),
    ),
  ]);
  for (const [name, reason] of Object.entries(reasons)) {
    const line = lines.find((one) => one.includes(made.sessions[name as never]));
    expect(line).toMatch(reason);
  }
}

function expectNothingLeft(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name).filter((name) => /-(wal|shm|reserve)$|jsonl$/.test(name))).toEqual([]);
  const all = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('');
  for (const name of DAMAGED) expect(all.includes(ownText(name)), name).toBe(false);
  for (const name of WHOLE) expect(all.includes(ownText(name)), name).toBe(true);
}

describe('a backup without what is damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'without-damaged-'));
  const data = join(folder, 'data');
  let made: Made;

  beforeAll(async () => {
    const platform = await runningPlatform({}, data);
    made = await makeSessions(platform.url);
    await platform.stop();
    damageFiles(data, made);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('of files has all that is whole, names the rest with the reason, and nothing of it is in the copy', async () => {
    const files = { SUPERCONTEXT_DATA: data };
    const strict = await operatorCommand(files, 'backup', 'backup', join(folder, 'strict'));
    expect([strict.status, strict.errors]).toEqual([
      1,
      expect.stringContaining('does not hold what was written there'),
    ]);
    const reasons = {
      missing: /fragment [0-9a-f]{32} at 0 is missing$/,
      corrupt: /fragment [0-9a-f]{32} at 0 is damaged$/,
      log: /a row of entries is damaged$/,
      answer: /a row of generations is damaged$/,
    };
    const stopped = await operatorCommand(files, 'backup', 'backup', '--without-damaged', join(folder, 'stopped'));
    expectNamed(stopped, made, reasons);
    expectNothingLeft(join(folder, 'stopped'));
    const platform = await runningPlatform({}, data);
    const running = await operatorCommand(files, 'backup', 'backup', join(folder, 'running'), '--without-damaged');
    await platform.stop();
    expectNamed(running, made, reasons);
    expectNothingLeft(join(folder, 'running'));
  }, 120_000);

  it('is verified and restored as any, and says what it lacks', async () => {
    const elsewhere = { SUPERCONTEXT_DATA: join(folder, 'elsewhere') };
    const verified = await operatorCommand(elsewhere, 'backup', 'verify', join(folder, 'running'));
    expect([verified.status, verified.errors.trimEnd().split('\n')]).toEqual([
      0,
      DAMAGED.map(() => expect.any(String)),
    ]);
    const restored = await operatorCommand(elsewhere, 'backup', 'restore', join(folder, 'running'));
    expect([restored.status, restored.errors]).toEqual([0, '']);
    const platform = await runningPlatform({}, join(folder, 'elsewhere'));
    expect(await textsOf(platform.url, made)).toEqual(EXPECTED);
    await platform.stop();
    // Nothing is damaged there: then it is a backup like any other.
    const again = await operatorCommand(elsewhere, 'backup', 'backup', '--without-damaged', join(folder, 'again'));
    expect([again.status, again.errors]).toEqual([0, '']);
  }, 60_000);

  it('is refused where what is damaged is no session', async () => {
    const path = join(data, 'context', 'log.sqlite');
    const database = new DatabaseSync(path);
    database.exec('DELETE FROM sessions WHERE row = (SELECT max(row) FROM sessions)');
    database.exec('UPDATE turns SET prompt = 1; UPDATE receipts SET tokens = tokens + 1');
    database.close();
    const files = { SUPERCONTEXT_DATA: data };
    const refused = await operatorCommand(files, 'backup', 'backup', '--without-damaged', join(folder, 'refused'));
    expect([refused.status, refused.errors]).toEqual([1, expect.stringContaining('a row of receipts does not hold')]);
    expect(readdirSync(folder)).not.toContain('refused');
  }, 60_000);
});

function damageFiles(data: string, { sessions }: Made): void {
  const log = new DatabaseSync(join(data, 'context', 'log.sqlite'));
  const first = log.prepare(
    'SELECT hash FROM entries WHERE position = 0 AND session = (SELECT row FROM sessions WHERE id = ?)',
  );
  const hashOf = (id: string) => first.get(id)?.hash as Uint8Array;
  const [missing, corrupt] = [hashOf(sessions.missing), hashOf(sessions.corrupt)];
  log
    .prepare('UPDATE entries SET tokens = tokens + 1 WHERE session = (SELECT row FROM sessions WHERE id = ?)')
    .run(sessions.log);
  log.close();
  const store = new DatabaseSync(join(data, 'store', 'fragments.sqlite'));
  store.prepare("UPDATE fragments SET body = x'', checksum = NULL WHERE id = ?").run(missing);
  store.prepare("UPDATE fragments SET body = CAST(body || 'x' AS BLOB) WHERE id = ?").run(corrupt);
  store.close();
  const generations = new DatabaseSync(join(data, 'reasoning', 'generations.sqlite'));
  generations.exec('PRAGMA secure_delete = ON');
  generations.prepare("UPDATE generations SET outcome = '{}' WHERE session = ?").run(sessions.answer);
  generations.close();
}

describe.skipIf(why !== null)(
  `a backup of Redis without what is damaged${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'without-damaged-redis-'));
    const tenant = { SUPERCONTEXT_TENANT_KEY: 'the tenant of these tests, in 32 bytes' };
    let cluster: RunningRedis;
    let redis: RedisClient;
    let platform: RunningPlatform;
    let environment: Readonly<Record<string, string>>;

    beforeAll(async () => {
      cluster = await runningCluster({ replicas: 0 });
      redis = await connectRedis({ ...cluster.settings, replicas: 0 });
      environment = { ...cluster.environment, ...tenant, SUPERCONTEXT_REDIS_REPLICAS: '0' };
      environment = { ...environment, SUPERCONTEXT_DATA: join(folder, 'data') };
      platform = await runningPlatform(environment, environment.SUPERCONTEXT_DATA);
    }, 90_000);
    afterAll(async () => {
      await platform?.stop();
      await redis?.close();
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('has all that is whole, names the rest, lost logs that no list names among it, and is restored as any', async () => {
      const made = await makeSessions(platform.url);
      const lost = await openSession(platform.url, 'lost');
      await damageRedis(redis, made, lost);
      const strict = await operatorCommand(environment, 'backup', 'backup', join(folder, 'strict'));
      expect([strict.status, strict.errors]).toEqual([1, expect.stringMatching(/damaged|not what it is named for/)]);
      expect(strict.errors).toContain('with --without-damaged, sessions that are damaged are named and left out');
      const backup = join(folder, 'backup');
      const copied = await operatorCommand(environment, 'backup', 'backup', backup, '--without-damaged');
      expectNamed(
        copied,
        { ...made, sessions: { ...made.sessions, lost } as never },
        {
          missing: /fragment [0-9a-f]{32} at [01] is missing$/,
          corrupt: /fragment [0-9a-f]{32} at [01] is damaged$/,
          log: /session ses_\w+ head: what is kept is damaged there/,
          answer: /g:\{gen_\w+\} events: .*some are missing/,
          lost: /its log is lost/,
        },
      );
      expectNothingLeft(backup);
      const files = { ...tenant, SUPERCONTEXT_DATA: join(folder, 'files') };
      const restored = await operatorCommand(files, 'backup', 'restore', backup);
      expect([restored.status, restored.errors]).toEqual([0, '']);
      const elsewhere = await runningPlatform(tenant, files.SUPERCONTEXT_DATA);
      expect(await textsOf(elsewhere.url, made)).toEqual(EXPECTED);
      await elsewhere.stop();
      await platform.stop();
      const back = await operatorCommand(environment, 'backup', 'restore', backup, '--replace');
      expect([back.status, back.errors]).toEqual([0, '']);
      platform = await runningPlatform(environment, environment.SUPERCONTEXT_DATA);
      expect(await textsOf(platform.url, made)).toEqual(EXPECTED);
    }, 120_000);
  },
);

/** @param lost loses its log and its places in the lists */
async function damageRedis(redis: RedisClient, { sessions, generation }: Made, lost: string): Promise<void> {
  // Of what others have said as well, the backup has their copy.
  const fragmentOf = async (id: string) => {
    for (const key of await keysOf(redis, `f:{${id}.*`)) {
      if ((await keysOf(redis, `*${key.slice(key.lastIndexOf(':'))}`)).length === 1) return key;
    }
    throw new Error(`${id} has no fragment of its own`);
  };
  await redis.writeOne('DEL', await fragmentOf(sessions.missing));
  await redis.writeOne('SETRANGE', await fragmentOf(sessions.corrupt), 40, 'xxxx');
  await redis.writeOne('HSET', sessionKey(sessions.log), 'head', 'nothing of ours');
  await redis.writeOne('XDEL', generationKey(generation), '0-2');
  await redis.writeOne('DEL', sessionKey(lost));
  for (const list of await keysOf(redis, 'l:*')) {
    for (const member of (await redis.readOne('ZRANGE', list, 0, -1)) as readonly Buffer[]) {
      if (String(member).includes(lost)) await redis.writeOne('ZREM', list, member);
    }
  }
}
