import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, read } from '../../gateway/fixtures/reader.ts';
import { append, askAndAwait, errorCode, openSession, post, untilCompressed } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

/** Words that stand nowhere but in what the tests append and ask. */
const SECRET = 'zanzibarquince';
const ASKED = 'velvetorrery';
const COMMON = 'The lighthouse of Port Ellen was built by Alan Stevenson in eighteen thirty-two.';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform();
}, 120_000);
afterAll(() => platform?.stop());

const ERASE = `mutation ($id: ID!) {
  eraseSession(input: { sessionId: $id }) {
    erased { sessionId turns fragments sharedFragments waitingFragments sizeBytes segments summaries jobs generations kvCaches }
    userErrors { code message }
  }
}`;
const ASK = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } userErrors { code } } }';

interface Erased {
  readonly eraseSession: { readonly erased: Record<string, number> | null };
}

/** Files below the data folder, logs included, in which `word` stands. */
function filesWith(word: string, folder = platform.dataFolder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesWith(word, path);
    return readFileSync(path).includes(word) ? [path.slice(platform.dataFolder.length + 1)] : [];
  });
}

async function filled(title: string): Promise<string> {
  const sessionId = await openSession(platform.url, title);
  const secret = Array.from({ length: 3_000 }, (_, at) => `Line ${at} of ${title} speaks of the ${SECRET}.`).join('\n');
  const items = [{ file: { path: `${SECRET}.txt`, text: secret } }, { file: { path: 'common.txt', text: COMMON } }];
  await append(platform.url, { sessionId, idempotencyKey: 'texts', items });
  await askAndAwait(platform.url, sessionId, `Where is the ${ASKED}?`);
  return sessionId;
}

describe('an erased session', () => {
  it('is gone from every stage and every file, and takes nothing from others', async () => {
    const [erasedId, otherId] = [await filled('one'), await openSession(platform.url, 'other')];
    await append(platform.url, {
      sessionId: otherId,
      idempotencyKey: 'texts',
      items: [{ file: { path: 'common.txt', text: COMMON } }],
    });
    await untilCompressed(platform.url, erasedId);
    expect(filesWith(SECRET)).not.toEqual([]);
    expect(filesWith(ASKED)).not.toEqual([]);

    const answer = await post(platform.url, ERASE, { id: erasedId });
    const { erased } = (answer.data as unknown as Erased).eraseSession;
    expect(erased).toMatchObject({
      sessionId: erasedId,
      turns: 1,
      sharedFragments: 1,
      waitingFragments: 0,
      generations: 1,
    });
    expect(erased?.fragments).toBeGreaterThan(10);
    expect(erased?.sizeBytes).toBeGreaterThan(100_000);
    expect(erased?.summaries).toBeGreaterThan(0);

    expect(filesWith(SECRET)).toEqual([]);
    expect(filesWith(ASKED)).toEqual([]);
    const gone = await post(platform.url, 'query ($id: ID!) { session(id: $id) { id } node(id: $id) { id } }', {
      id: erasedId,
    });
    expect(gone.data).toEqual({ session: null, node: null });
    const late = await append(platform.url, {
      sessionId: erasedId,
      idempotencyKey: 'late',
      items: [{ text: { text: SECRET } }],
    });
    expect(errorCode(late)).toBe('SESSION_NOT_FOUND');
    expect(errorCode(await post(platform.url, ASK, { input: { sessionId: erasedId, prompt: 'And now?' } }))).toBe(
      'SESSION_NOT_FOUND',
    );
    expect(errorCode(await post(platform.url, ERASE, { id: erasedId }))).toBe('SESSION_NOT_FOUND');
    const client = openClient(`${platform.url}/graphql`);
    const query = 'subscription ($id: ID!) { compressionProgress(sessionId: $id) { complete } }';
    const { results, ended } = read(client, { query, variables: { id: erasedId } });
    const ending = await ended;
    expect(results).toMatchObject([{ errors: [{ extensions: { code: 'SESSION_NOT_FOUND' } }] }]);
    expect(ending).toBe('completed');
    await client.dispose();

    const other = await post(
      platform.url,
      'query ($id: ID!) { session(id: $id) { fragments { edges { node { text } } } search(query: "Stevenson") { fragment { text } } } }',
      { id: otherId },
    );
    expect(JSON.stringify(other.data).split(COMMON)).toHaveLength(3);
  }, 60_000);

  it('is erased with what is appended and asked at the same time', async () => {
    const sessionId = await filled('two');
    const appends = Array.from({ length: 20 }, (_, at) =>
      append(platform.url, {
        sessionId,
        idempotencyKey: `at-${at}`,
        items: [{ text: { text: `${SECRET} number ${at}` } }],
      }),
    );
    const asks = Array.from({ length: 3 }, (_, at) =>
      post(platform.url, ASK, { input: { sessionId, prompt: `${ASKED} ${at}?` } }),
    );
    const answer = await post(platform.url, ERASE, { id: sessionId });
    expect((answer.data as unknown as Erased).eraseSession.erased).toMatchObject({ sessionId });
    for (const outcome of await Promise.all([...appends, ...asks])) {
      expect([undefined, 'SESSION_NOT_FOUND']).toContain(errorCode(outcome));
    }
    await sleep(1_000);
    expect(filesWith(SECRET)).toEqual([]);
    expect(filesWith(ASKED)).toEqual([]);
  }, 60_000);

  it('is erased when the stages come back that were away', async () => {
    const sessionId = await filled('three');
    const pid = platform.pid('compression');
    if (pid === null) throw new Error('compression does not run');
    process.kill(pid, 'SIGKILL');
    const answer = await post(platform.url, ERASE, { id: sessionId });
    expect([undefined, 'SUBGRAPH_UNAVAILABLE']).toContain(errorCode(answer));
    await platform.killAndAwait('reasoning');
    const deadlineMs = Date.now() + 30_000;
    while (filesWith(SECRET).length + filesWith(ASKED).length > 0 && Date.now() < deadlineMs) await sleep(200);
    expect([...filesWith(SECRET), ...filesWith(ASKED)]).toEqual([]);
  }, 90_000);

  it.each(['ses_000000000000000000000000', 'no-session'])('that never was, %s, is not found', async (id) => {
    expect(errorCode(await post(platform.url, ERASE, { id }))).toBe('SESSION_NOT_FOUND');
  });
});
