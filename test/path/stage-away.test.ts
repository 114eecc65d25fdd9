import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { append, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const QUERY = `query ($id: ID!) {
  session(id: $id) {
    id title tokens
    turns(last: 5) { edges { node { prompt answers: generations { text } } } }
    fragments(last: 1) { edges { node { text } } }
    stored: storage { tokens }
    compression { nodes }
  }
}`;

interface Answer {
  readonly data: { readonly session: Record<string, unknown> | null };
  readonly errors?: readonly { readonly path?: readonly (string | number)[]; readonly extensions: { code: string } }[];
}

let platform: RunningPlatform;
let id: string;
beforeAll(async () => {
  // Nobody waits long for a stage that hangs.
  platform = await runningPlatform({ SUPERCONTEXT_REQUEST_TIMEOUT_MS: '1500' });
  id = await openSession(platform.url, 'Away');
  await append(platform.url, {
    sessionId: id,
    idempotencyKey: 'a',
    items: [{ file: { path: 'a.md', text: 'A text.' } }],
  });
  const ask = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }';
  for (const prompt of ['What?', 'And what else?']) await post(platform.url, ask, { input: { sessionId: id, prompt } });
  await sleep(500);
}, 120_000);
afterAll(() => platform?.stop());

/** The answer while a stage hangs. */
async function without(stage: 'store' | 'compression' | 'reasoning'): Promise<Answer> {
  const process_ = platform.pid(stage);
  if (process_ === null) throw new Error(`${stage} does not run`);
  process.kill(process_, 'SIGSTOP');
  try {
    return (await post(platform.url, QUERY, { id })) as unknown as Answer;
  } finally {
    process.kill(process_, 'SIGCONT');
    await platform.ready();
  }
}

it.each([
  [
    'store',
    [
      ['session', 'fragments'],
      ['session', 'stored'],
    ],
  ],
  ['compression', [['session', 'compression']]],
  ['reasoning', [0, 1].map((turn) => ['session', 'turns', 'edges', turn, 'node', 'answers'])],
] as const)(
  'a session is shown while the %s stage is away, and each field that lacks it has an error with its path',
  async (stage, paths) => {
    const whole = (await post(platform.url, QUERY, { id })) as unknown as Answer;
    expect(whole.errors).toBeUndefined();
    const { data, errors = [] } = await without(stage);
    expect(errors.map(({ path }) => path)).toEqual(paths);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['DEADLINE_EXCEEDED']));
    const [session, expected] = [structuredClone(data.session), structuredClone(whole.data.session)];
    for (const path of paths) set(expected, path.slice(1), null);
    expect(session).toEqual(expected);
  },
  60_000,
);

function set(of: unknown, path: readonly (string | number)[], value: unknown): void {
  const last = path.at(-1) as string;
  const parent = path.slice(0, -1).reduce((node, name) => (node as Record<string, unknown>)[name], of);
  (parent as Record<string, unknown>)[last] = value;
}
