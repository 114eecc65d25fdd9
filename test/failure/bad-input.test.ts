import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

let platform: RunningPlatform;
let sessionId: string;
let key = 0;

const text = (value: string) => [{ text: { text: value } }];
const nextKey = () => `key-${++key}`;

beforeAll(async () => {
  platform = await runningPlatform();
  sessionId = await openSession(platform.url);
}, 120_000);
afterAll(() => platform?.stop());

async function revision(): Promise<number> {
  const answer = await post(platform.url, 'query ($id: ID!) { session(id: $id) { revision } }', { id: sessionId });
  return (answer.data as unknown as { session: { revision: number } }).session.revision;
}

describe('an append that cannot be accepted', () => {
  const cases: readonly (readonly [name: string, input: () => Record<string, unknown>, code: string])[] = [
    ['an unknown contract version', () => ({ contractVersion: 3, items: text('a') }), 'CONTRACT_VERSION_UNKNOWN'],
    ['a contract version below all', () => ({ contractVersion: 0, items: text('a') }), 'CONTRACT_VERSION_UNKNOWN'],
    ['no items', () => ({ items: [] }), 'DELTA_EMPTY'],
    ['items without text', () => ({ items: text('') }), 'DELTA_EMPTY'],
    ['a wrong base revision', () => ({ baseRevision: 4_711, items: text('a') }), 'REVISION_CONFLICT'],
    ['lone surrogates', () => ({ items: text('a \ud800 b') }), 'TEXT_INVALID'],
    ['NUL characters', () => ({ items: text('a \u0000 b') }), 'TEXT_INVALID'],
    [
      'a binary file read as text',
      () => ({ items: [{ file: { path: 'x.png', text: '\u0089PNG\r\n\u001a\n\u0000\u0000' } }] }),
      'TEXT_INVALID',
    ],
    ['an item that is nothing', () => ({ items: [{}] }), 'INPUT_INVALID'],
    [
      'an item that is two things',
      () => ({ items: [{ text: { text: 'a' }, file: { path: 'b', text: 'b' } }] }),
      'INPUT_INVALID',
    ],
    ['an empty path', () => ({ items: [{ file: { path: '', text: 'a' } }] }), 'INPUT_INVALID'],
    ['an empty idempotency key', () => ({ idempotencyKey: '', items: text('a') }), 'INPUT_INVALID'],
    ['an idempotency key without end', () => ({ idempotencyKey: 'k'.repeat(129), items: text('a') }), 'INPUT_INVALID'],
    [
      'an unknown session',
      () => ({ sessionId: 'ses_000000000000000000000000', items: text('a') }),
      'SESSION_NOT_FOUND',
    ],
    ['a session id that is none', () => ({ sessionId: '../../etc', items: text('a') }), 'SESSION_NOT_FOUND'],
  ];

  it.each(cases)('says so for %s and changes nothing', async (_name, input, code) => {
    const before = await revision();
    const answer = await append(platform.url, { sessionId, idempotencyKey: nextKey(), ...input() });
    expect(answer.status).toBe(200);
    expect(errorCode(answer)).toBe(code);
    expect(await revision()).toBe(before);
  });

  it('names the current revision in a conflict, with which the same append then succeeds', async () => {
    const stale = await append(platform.url, {
      sessionId,
      idempotencyKey: nextKey(),
      baseRevision: 99,
      items: text('moved on'),
    });
    const current = stale.data?.appendContext.userErrors[0]?.currentRevision;
    const fresh = await append(platform.url, {
      sessionId,
      idempotencyKey: nextKey(),
      baseRevision: current,
      items: text('moved on'),
    });
    expect(fresh.data?.appendContext.receipt?.revision).toBe((current ?? Number.NaN) + 1);
  });

  it('refuses a delta over 8 MiB, and one of 50 MB before reading it', async () => {
    const over = await append(platform.url, {
      sessionId,
      idempotencyKey: nextKey(),
      items: text('x'.repeat(8 * 1024 * 1024 + 1)),
    });
    expect(errorCode(over)).toBe('DELTA_TOO_LARGE');
    const far = await append(platform.url, {
      sessionId,
      idempotencyKey: nextKey(),
      items: text('word '.repeat(10_000_000)),
    });
    expect(far.status).toBe(413);
    expect(errorCode(far)).toBe('REQUEST_TOO_LARGE');
    expect(
      (await append(platform.url, { sessionId, idempotencyKey: nextKey(), items: text('still here') })).data
        ?.appendContext.receipt,
    ).not.toBeNull();
  });
});

describe('an append that comes twice', () => {
  it('has the effect of once', async () => {
    const input = { sessionId, idempotencyKey: nextKey(), items: text('only once, please') };
    const first = await append(platform.url, input);
    const second = await append(platform.url, input);
    expect(second.data?.appendContext.receipt).toEqual({ ...first.data?.appendContext.receipt, replayed: true });
    expect(await revision()).toBe(first.data?.appendContext.receipt?.revision);
  });

  it('at once from twenty senders has the effect of once', async () => {
    const before = await revision();
    const input = { sessionId, idempotencyKey: nextKey(), items: text('twenty of us') };
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(platform.url, input)));
    expect(new Set(answers.map((answer) => answer.data?.appendContext.receipt?.revision)).size).toBe(1);
    expect(await revision()).toBe(before + 1);
  });

  it('with other content is refused', async () => {
    const idempotencyKey = nextKey();
    await append(platform.url, { sessionId, idempotencyKey, items: text('one thing') });
    const answer = await append(platform.url, { sessionId, idempotencyKey, items: text('another thing') });
    expect(errorCode(answer)).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('a question that cannot be asked', () => {
  const ASK =
    'mutation ($input: AskInput!) { ask(input: $input) { generation { id status } userErrors { code message } } }';
  const cases: readonly (readonly [name: string, input: () => Record<string, unknown>, code: string])[] = [
    ['an unknown session', () => ({ sessionId: 'ses_000000000000000000000000', prompt: 'who?' }), 'SESSION_NOT_FOUND'],
    ['no prompt', () => ({ prompt: '' }), 'INPUT_INVALID'],
    ['a prompt of blanks', () => ({ prompt: '  \n ' }), 'INPUT_INVALID'],
    ['a budget of 0', () => ({ prompt: 'who?', budgetTokens: 0 }), 'BUDGET_EXCEEDED'],
    ['a budget below 0', () => ({ prompt: 'who?', budgetTokens: -1 }), 'BUDGET_EXCEEDED'],
    ['a budget over the model’s window', () => ({ prompt: 'who?', budgetTokens: 900_000_000 }), 'BUDGET_EXCEEDED'],
    [
      'a question longer than its budget',
      () => ({ prompt: 'why '.repeat(2_000), budgetTokens: 256 }),
      'BUDGET_EXCEEDED',
    ],
    ['no tokens to answer with', () => ({ prompt: 'who?', maxTokens: 0 }), 'INPUT_INVALID'],
    ['an unknown model', () => ({ prompt: 'who?', model: 'hal-9000' }), 'MODEL_UNKNOWN'],
    ['a temperature out of range', () => ({ prompt: 'who?', temperature: 3 }), 'INPUT_INVALID'],
    ['a prompt that is not Unicode', () => ({ prompt: 'who \udfff?' }), 'TEXT_INVALID'],
  ];

  it.each(cases)('says so for %s', async (_name, input, code) => {
    const answer = await post(platform.url, ASK, { input: { sessionId, ...input() } });
    expect(answer.status).toBeLessThan(500);
    expect(errorCode(answer)).toBe(code);
  });

  it.each([
    ['sessions', 'query ($after: Cursor) { sessions(after: $after) { edges { cursor } } }'],
    ['turns', 'query ($after: Cursor, $id: ID!) { session(id: $id) { turns(after: $after) { edges { cursor } } } }'],
    [
      'fragments',
      'query ($after: Cursor, $id: ID!) { session(id: $id) { fragments(after: $after) { edges { cursor } } } }',
    ],
  ])('refuses a cursor of %s it never gave out', async (_name, query) => {
    const answer = await post(platform.url, query, { after: 'bm9uc2Vuc2U', id: sessionId });
    expect(errorCode(answer)).toBe('CURSOR_UNKNOWN');
  });
});

describe('hostile requests', () => {
  it.each([
    ['no JSON', '{', 400],
    ['no query', '{}', 400],
    ['a query that does not parse', JSON.stringify({ query: '{' }), 400],
    ['a field that does not exist', JSON.stringify({ query: '{ nothing }' }), 400],
    ['20 000 braces', JSON.stringify({ query: '{'.repeat(20_000) }), 400],
    [
      '5 000 aliases',
      JSON.stringify({ query: `{ ${Array.from({ length: 5_000 }, (_, i) => `a${i}: __typename`).join(' ')} }` }),
      400,
    ],
    [
      'a nest of 100',
      JSON.stringify({
        query: `{ sessions { edges { node ${'{ turns { edges { node { session '.repeat(25)} { id } ${'} } } }'.repeat(25)} } } }`,
      }),
      400,
    ],
    [
      'an internal field',
      JSON.stringify({ query: 'mutation { putFragments(input: { sessionId: "x", fragments: [] }) { ids } }' }),
      400,
    ],
  ])('%s is refused with a typed error', async (_name, body, status) => {
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors: readonly { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toMatch(/^[A-Z_]+$/);
    expect(errors[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
  });

  it('a stage called directly, without the signing key, answers nothing', async () => {
    for (const stage of ['context', 'store', 'compression', 'reasoning'] as const) {
      const answer = await post(
        `http://127.0.0.1:${platform.ports[stage]}`,
        '{ __typename }',
        {},
        { 'context-contract': '1' },
      );
      expect(answer.status).toBe(401);
      expect(errorCode(answer)).toBe('REQUEST_UNSIGNED');
    }
  });
});
