import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStore, startStore } from '../store/start.ts';
import { quietLog } from './fixtures/context-state.ts';
import { type RunningContext, startContext } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'context-'));
const common = {
  host: '127.0.0.1',
  port: 0,
  dataFolder: folder,
  logLevel: 'silent',
  otlpEndpoint: null,
  redis: null,
  log: quietLog,
};
/** Nobody listens there: the stage must do without compression. */
const NOBODY = 'http://127.0.0.1:9/graphql';

let store: RunningStore;
let context: RunningContext;

beforeAll(async () => {
  store = await startStore({
    ...common,
    signingKey: null as never,
    tenantKey: null,
    indexMebibytes: 16,
    segmentFragments: 1_024,
    embedder: 'none',
    cacheHome: '',
    embedWaitMs: 100,
    pgvectorUrl: null,
  });
  context = await startContext({
    ...common,
    signingKey: null,
    storeUrl: store.url,
    compressionUrl: NOBODY,
    searchDeadlineMs: 2_000,
    digestDeadlineMs: 500,
    textsMebibytes: 1,
  });
});

afterAll(async () => {
  await context.stop();
  await store.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function send(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const response = await fetch(context.url, {
    method: 'POST',
    headers: {
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      'content-type': 'application/json',
      'context-contract': '1',
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

async function get<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { data, errors } = await send(query, variables);
  expect(errors).toBeUndefined();
  return data as Data;
}

async function codeOf(query: string, variables: Record<string, unknown> = {}): Promise<string | undefined> {
  return (await send(query, variables)).errors?.[0]?.extensions.code;
}

const OPEN = `mutation ($input: OpenSessionInput!) {
  openSession(input: $input) { session { id title revision tokens fragmentCount } userErrors { __typename code } }
}`;
const APPEND = `mutation ($input: AppendContextInput!) {
  appendContext(input: $input) {
    session { revision } receipt { revision fragments tokens sizeBytes replayed }
    userErrors { __typename code ... on RevisionConflict { currentRevision } }
  }
}`;
const BEGIN = `mutation ($input: BeginTurnInput!) {
  beginTurn(input: $input) {
    turn { id index prompt session { id revision } }
    workingSet {
      revision tokens sessionTokens indexedThrough omitted { fragments tokens } degraded { stage code }
      segments {
        __typename text tokens reason score from through verbatim
        ... on FragmentSegment { fragment { id } } ... on SummarySegment { summary { id } }
      }
    }
  }
}`;

async function open(input: Record<string, unknown> = {}): Promise<string> {
  const { openSession } = await get<{ openSession: { session: { id: string } } }>(OPEN, { input });
  return openSession.session.id;
}

let keys = 0;

async function append(sessionId: string, text: string, more: Record<string, unknown> = {}) {
  const items = [{ file: { path: 'notes.md', text } }];
  const input = { sessionId, idempotencyKey: `key ${keys++}`, items, ...more };
  type Payload = { session: unknown; receipt: { replayed: boolean } | null; userErrors: { code: string }[] };
  return (await get<{ appendContext: Payload }>(APPEND, { input })).appendContext;
}

describe('the context stage over HTTP, with a real store', () => {
  it('takes a delta, has it found at once, and names the fragment it came from', async () => {
    const sessionId = await open({ title: 'The sea' });
    expect(await append(sessionId, 'The keeper is called Ada.')).toMatchObject({
      session: { revision: 1 },
      receipt: { revision: 1, fragments: 1, sizeBytes: 25, replayed: false },
      userErrors: [],
    });
    const input = { sessionId, prompt: 'Who is the keeper?', idempotencyKey: 'turn', budgetTokens: 1_000 };
    const { beginTurn } = await get<{ beginTurn: Record<string, unknown> }>(BEGIN, { input });
    expect(beginTurn).toMatchObject({
      turn: { id: `${sessionId}.t0`, index: 0, prompt: 'Who is the keeper?', session: { id: sessionId, revision: 2 } },
      workingSet: {
        indexedThrough: 0,
        omitted: { fragments: 0, tokens: 0 },
        segments: [
          {
            __typename: 'FragmentSegment',
            text: 'The keeper is called Ada.',
            reason: 'EVIDENCE',
            verbatim: true,
            from: 0,
            through: 0,
            fragment: { id: expect.stringMatching(new RegExp(`^${sessionId}\\.[0-9a-f]{32}$`)) },
          },
        ],
      },
    });
  });

  it('shows the last turn with its answer to the next, and takes both once however often they come', async () => {
    const sessionId = await open();
    await append(sessionId, 'The keeper is called Ada.');
    const input = { sessionId, prompt: 'Who is the keeper?', idempotencyKey: 'a', budgetTokens: 2_000 };
    type Begun = { beginTurn: { turn: { id: string }; workingSet: { segments: { text: string; reason: string }[] } } };
    const first = await get<Begun>(BEGIN, { input });
    const again = await get<Begun>(BEGIN, { input });
    expect(again.beginTurn.workingSet).toEqual(first.beginTurn.workingSet);
    expect(again.beginTurn.turn.id).toBe(first.beginTurn.turn.id);
    const answer = { turnId: first.beginTurn.turn.id, text: 'Ada.', generationId: 'gen_0123456789abcdef01234567' };
    const RECORD = 'mutation ($input: RecordAnswerInput!) { recordAnswer(input: $input) { revision } }';
    for (let times = 0; times < 2; times++) {
      expect(await get(RECORD, { input: answer })).toEqual({ recordAnswer: { revision: 3 } });
    }
    expect(await get(RECORD, { input: { ...answer, generationId: 'gen_other', text: '' } })).toEqual({
      recordAnswer: { revision: 3 },
    });
    const next = await get<Begun>(BEGIN, { input: { ...input, prompt: 'Are you sure?', idempotencyKey: 'b' } });
    expect(next.beginTurn.workingSet.segments.map(({ text, reason }) => [reason, text])).toContainEqual([
      'RECENT',
      'Ada.',
    ]);
    expect(await codeOf(RECORD, { input: { ...answer, turnId: `${sessionId}.t9` } })).toBe('INPUT_INVALID');
    expect(await codeOf(RECORD, { input: { ...answer, turnId: 'nonsense' } })).toBe('INPUT_INVALID');
    expect(await codeOf(BEGIN, { input: { ...input, prompt: 'Other?' } })).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it.each([
    ['SESSION_NOT_FOUND', { sessionId: 'ses_000000000000000000000000' }],
    ['BUDGET_EXCEEDED', { budgetTokens: 12 }],
    ['INPUT_INVALID', { prompt: '' }],
    ['TEXT_INVALID', { prompt: 'a\0b' }],
    ['INPUT_INVALID', { idempotencyKey: '' }],
  ])('refuses a turn with %s: %j', async (code, more) => {
    const sessionId = await open();
    const input = { sessionId, prompt: 'Who?', idempotencyKey: 'key', budgetTokens: 1_000, ...more };
    expect(await codeOf(BEGIN, { input })).toBe(code);
  });

  it('says what is wrong with a delta as data', async () => {
    const sessionId = await open();
    await append(sessionId, 'one');
    const conflict = await append(sessionId, 'two', { baseRevision: 0 });
    expect(conflict.userErrors).toEqual([
      { __typename: 'RevisionConflict', code: 'REVISION_CONFLICT', currentRevision: 1 },
    ]);
    const bad: [string, Record<string, unknown>][] = [
      ['DELTA_EMPTY', { items: [] }],
      ['INPUT_INVALID', { items: [{}] }],
      ['INPUT_INVALID', { items: [{ text: { text: 'x' }, message: { role: 'USER', text: 'x' } }] }],
      ['CONTRACT_VERSION_UNKNOWN', { contractVersion: 7 }],
      ['TEXT_INVALID', { items: [{ text: { text: 'a\ud800' } }] }],
      ['SESSION_NOT_FOUND', { sessionId: 'nonsense' }],
    ];
    for (const [code, more] of bad) {
      const payload = await append(sessionId, 'text', more);
      expect(payload).toMatchObject({
        session: null,
        receipt: null,
        userErrors: [{ __typename: 'InputRejected', code }],
      });
    }
  });

  it('opens one session for one key and refuses a title that is too long', async () => {
    expect(await open({ idempotencyKey: 'once' })).toBe(await open({ idempotencyKey: 'once' }));
    const { openSession } = await get<{ openSession: unknown }>(OPEN, { input: { title: 't'.repeat(201) } });
    expect(openSession).toMatchObject({ session: null, userErrors: [{ code: 'INPUT_INVALID' }] });
  });

  it('lists sessions newest first, page by page', async () => {
    const ids = [await open(), await open(), await open()].toReversed();
    const LIST = `query ($first: Int, $after: Cursor) {
      sessions(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
    }`;
    type Sessions = { sessions: { edges: { node: { id: string } }[]; pageInfo: { endCursor: string } } };
    const { sessions: first } = await get<Sessions>(LIST, { first: 2 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true });
    const { sessions: second } = await get<Sessions>(LIST, { first: 1, after: first.pageInfo.endCursor });
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(ids);
    expect(await codeOf(LIST, { after: 'garbage' })).toBe('CURSOR_UNKNOWN');
    expect(await codeOf(LIST, { after: Buffer.from('sessions/ses_nobody').toString('base64url') })).toBe(
      'CURSOR_UNKNOWN',
    );
    expect(await codeOf(LIST, { first: 0 })).toBe('INPUT_INVALID');
    expect(await codeOf(LIST, { first: 101 })).toBe('INPUT_INVALID');
  });

  it('lists turns oldest first, and takes no cursor of another list', async () => {
    const [sessionId, other] = [await open(), await open()];
    for (let at = 0; at < 3; at++) {
      const input = { sessionId, prompt: `Question ${at}?`, idempotencyKey: `turn ${at}`, budgetTokens: 0 };
      await get(BEGIN, { input });
    }
    const TURNS = `query ($id: ID!, $first: Int, $after: Cursor) {
      session(id: $id) { turns(first: $first, after: $after) {
        edges { cursor node { index prompt createdAt session { id } } } pageInfo { hasNextPage endCursor }
      } }
    }`;
    type Turns = {
      session: {
        turns: { edges: { node: { prompt: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    };
    const first = await get<Turns>(TURNS, { id: sessionId, first: 2 });
    const { endCursor, hasNextPage } = first.session.turns.pageInfo;
    const second = await get<Turns>(TURNS, { id: sessionId, after: endCursor });
    const prompts = [...first.session.turns.edges, ...second.session.turns.edges].map(({ node }) => node.prompt);
    expect(prompts).toEqual(['Question 0?', 'Question 1?', 'Question 2?']);
    expect([hasNextPage, second.session.turns.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(await codeOf(TURNS, { id: other, after: endCursor })).toBe('CURSOR_UNKNOWN');
    expect(await codeOf(TURNS, { id: sessionId, after: 'garbage' })).toBe('CURSOR_UNKNOWN');
  });

  it('lists the newest turns without the others, and the list goes on before them', async () => {
    const sessionId = await open();
    for (let at = 0; at < 5; at++) {
      const input = { sessionId, prompt: `Question ${at}?`, idempotencyKey: `turn ${at}`, budgetTokens: 0 };
      await get(BEGIN, { input });
    }
    const TURNS = `query ($id: ID!, $last: Int, $before: Cursor) {
      session(id: $id) { turns(last: $last, before: $before) {
        edges { node { index } } pageInfo { hasNextPage hasPreviousPage startCursor }
      } }
    }`;
    type Turns = {
      session: { turns: { edges: { node: { index: number } }[]; pageInfo: { startCursor: string } } };
    };
    const { turns: newest } = (await get<Turns>(TURNS, { id: sessionId, last: 2 })).session;
    const before = newest.pageInfo.startCursor;
    const { turns: older } = (await get<Turns>(TURNS, { id: sessionId, last: 9, before })).session;
    expect([older, newest].map(({ edges }) => edges.map(({ node }) => node.index))).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect([older.pageInfo, newest.pageInfo]).toMatchObject([
      { hasNextPage: true, hasPreviousPage: false },
      { hasNextPage: false, hasPreviousPage: true },
    ]);
  });

  it('renames a session, puts it aside, and finds it by what it is called', async () => {
    const sessionId = await open({ title: 'Éclairs of the year' });
    const CHANGE = `mutation ($name: RenameSessionInput!, $aside: ArchiveSessionInput!) {
      renameSession(input: $name) { session { title } userErrors { code retryable remedy } }
      archiveSession(input: $aside) { session { archivedAt revision } userErrors { code } }
    }`;
    const LIST = 'query ($filter: SessionFilter) { sessions(filter: $filter) { edges { node { id } } } }';
    type Sessions = { sessions: { edges: { node: { id: string } }[] } };
    const found = async (filter?: object) =>
      (await get<Sessions>(LIST, filter === undefined ? {} : { filter })).sessions.edges.map(({ node }) => node.id);
    expect(await found({ titleContains: 'eclairs OF' })).toEqual([sessionId]);
    const changed = await get(CHANGE, { name: { sessionId, title: 'Tarts' }, aside: { sessionId } });
    expect(changed).toMatchObject({
      renameSession: { session: { title: 'Tarts' }, userErrors: [] },
      archiveSession: { session: { archivedAt: expect.stringContaining('T'), revision: 0 }, userErrors: [] },
    });
    expect(await found({ titleContains: 'eclairs', archived: null })).toEqual([]);
    expect([await found({ titleContains: 'tarts' }), await found({ titleContains: 'tarts', archived: true })]).toEqual([
      [],
      [sessionId],
    ]);
    expect(await found()).not.toContain(sessionId);
    const name = { sessionId: `ses_${'0'.repeat(24)}`, title: 'x' };
    expect(await get(CHANGE, { name, aside: { sessionId, archived: false } })).toMatchObject({
      renameSession: { session: null, userErrors: [{ code: 'SESSION_NOT_FOUND', retryable: false }] },
      archiveSession: { session: { archivedAt: null } },
    });
    for (const title of ['', 't'.repeat(201), '\ud800']) {
      const { renameSession } = await get<{ renameSession: unknown }>(CHANGE, {
        ...{ name: { sessionId, title }, aside: { sessionId } },
      });
      expect(renameSession).toMatchObject({ session: null, userErrors: [{ retryable: false }] });
    }
    expect(await codeOf(LIST, { filter: { titleContains: '' } })).toBe('INPUT_INVALID');
  });

  it('finds any node by its id', async () => {
    const sessionId = await open({ title: 'Found' });
    await get(BEGIN, { input: { sessionId, prompt: 'Who?', idempotencyKey: 'turn', budgetTokens: 0 } });
    const hex = 'ab'.repeat(16);
    const NODES = `query ($session: ID!, $turn: ID!, $fragment: ID!, $summary: ID!, $none: ID!, $nothing: ID!) {
      session: node(id: $session) { __typename id ... on Session { title } }
      turn: node(id: $turn) { __typename id ... on Turn { prompt } }
      fragment: node(id: $fragment) { __typename id }
      summary: node(id: $summary) { __typename id }
      generation: node(id: "gen_0123456789abcdef01234567") { __typename id }
      none: node(id: $none) { id }
      nothing: node(id: $nothing) { id }
    }`;
    const ids = { turn: `${sessionId}.t0`, fragment: `${sessionId}.${hex}`, summary: `${sessionId}.s${hex}` };
    expect(await get(NODES, { session: sessionId, ...ids, none: `${sessionId}.t7`, nothing: 'garbage' })).toEqual({
      session: { __typename: 'Session', id: sessionId, title: 'Found' },
      turn: { __typename: 'Turn', id: ids.turn, prompt: 'Who?' },
      fragment: { __typename: 'Fragment', id: ids.fragment },
      summary: { __typename: 'Summary', id: ids.summary },
      generation: { __typename: 'Generation', id: 'gen_0123456789abcdef01234567' },
      none: null,
      nothing: null,
    });
    expect(await get('{ session(id: "ses_nobody") { id } }')).toEqual({ session: null });
  });

  it('resolves entities of other stages in one read', async () => {
    const sessionId = await open({ title: 'Entity' });
    await get(BEGIN, { input: { sessionId, prompt: 'Who?', idempotencyKey: 'turn', budgetTokens: 0 } });
    const ENTITIES = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Session { title } ... on Turn { prompt } }
    }`;
    const of = [
      { __typename: 'Session', id: sessionId },
      { __typename: 'Turn', id: `${sessionId}.t0` },
      { __typename: 'Turn', id: 'garbage' },
      { __typename: 'Session', id: 'ses_nobody' },
    ];
    const { _entities: entities } = await get<{ _entities: unknown }>(ENTITIES, { of });
    expect(entities).toEqual([{ title: 'Entity' }, { prompt: 'Who?' }, null, null]);
  });

  it('gives the working set of a session without a turn, and says what it had to do without', async () => {
    const sessionId = await open();
    await append(sessionId, `# Tides\n\n${'The tide comes and goes. '.repeat(200)}`);
    const SET = `query ($id: ID!, $budget: Int!) {
      session(id: $id) { workingSet(query: "tide", budgetTokens: $budget) { tokens degraded { stage code } segments { tokens } } }
    }`;
    type Set = { session: { workingSet: { tokens: number; degraded: unknown; segments: unknown[] } } };
    const { session } = await get<Set>(SET, { id: sessionId, budget: 2_000 });
    expect(session.workingSet.degraded).toEqual([{ stage: 'compression', code: 'SUBGRAPH_UNAVAILABLE' }]);
    expect(session.workingSet.segments.length).toBeGreaterThan(0);
    expect(session.workingSet.tokens).toBeLessThanOrEqual(2_000);
    expect(await codeOf(SET, { id: sessionId, budget: 0 })).toBe('BUDGET_EXCEEDED');
    expect(await codeOf(SET, { id: sessionId, budget: 1_000_001 })).toBe('BUDGET_EXCEEDED');
  });

  it('measures its steps and those of the store', async () => {
    const sessionId = await open();
    const items = [{ text: { text: 'measured' } }];
    const answer = await send(APPEND, { input: { sessionId, idempotencyKey: 'measured', items } });
    const { hops } = (answer as unknown as { extensions: { hops: { stage: string; name: string }[] } }).extensions;
    expect(hops.map(({ stage, name }) => `${stage} ${name}`)).toEqual([
      'store put-fragments',
      'context store-items',
      'context commit-delta',
      'store announce-fragments',
      'context announce',
    ]);
  });
});
