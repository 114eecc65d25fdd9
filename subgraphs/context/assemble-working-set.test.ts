import { ContractError, type DeltaItem, type Role, type WorkingSet } from '@supercontext/contract';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendDelta } from './append-delta.ts';
import { assembleWorkingSet } from './assemble-working-set.ts';
import { beginTurn } from './begin-turn.ts';
import type { SummaryNode } from './calls/compression.ts';
import { section } from './fixtures/asked-session.ts';
import { type TestState, testState } from './fixtures/context-state.ts';
import { fragmentTexts } from './fragment-texts.ts';
import { openSession } from './open-session.ts';
import { recordAnswer } from './record-answer.ts';
import { formatTurnId } from './session-id.ts';

let state: TestState;
let sessionId: string;
let keys = 0;

beforeEach(async () => {
  state = testState();
  sessionId = (await openSession(state, {})).id;
});

afterEach(() => state.remove());

async function add(text: string, role: Role | null = null): Promise<void> {
  const said = { occurredAtMs: null, metadata: null };
  const item: DeltaItem =
    role === null
      ? { kind: 'file', path: 'f.md', text, ...said }
      : { kind: 'message', role, speaker: null, text, ...said };
  const idempotencyKey = `key ${keys++}`;
  await appendDelta(state, { contractVersion: 2, sessionId, idempotencyKey, baseRevision: null, items: [item] });
}

async function workingSet(question: string, budgetTokens = 2_000): Promise<WorkingSet> {
  const [session] = await state.log.sessions([sessionId]);
  if (session === null || session === undefined) throw new Error('no session');
  const { signal } = new AbortController();
  return assembleWorkingSet(state, { session, question, budgetTokens, signal });
}

async function ask(prompt: string, budgetTokens = 2_000, idempotencyKey = `key ${keys++}`) {
  const { signal } = new AbortController();
  return beginTurn(state, { sessionId, prompt, idempotencyKey, budgetTokens, signal });
}

function texts({ segments }: WorkingSet, reason?: string): string[] {
  return segments.filter((segment) => reason === undefined || segment.reason === reason).map(({ text }) => text);
}

function node(level: number, from: number, through: number, text: string, children: string[] = []): SummaryNode {
  const id = `${sessionId}.s${level}-${from}`;
  const tokens = countTokens(text);
  const made = { id, level, text, tokens, originalTokens: 400 * (through - from + 1), from, through, children };
  state.compression.nodes.set(id, made);
  return made;
}

describe('assembleWorkingSet', () => {
  it('gives the sentence that answers the question, with receipts', async () => {
    await add(section('harbour', 'Cargo'));
    await add(section('tide table', 'Water'));
    const set = await workingSet('What is the tide table?');
    expect(texts(set, 'evidence')[0]).toContain('The tide table is forty-two.');
    expect(set.segments[0]).toMatchObject({ kind: 'fragment', reason: 'evidence', verbatim: true });
    expect(set).toMatchObject({ revision: 2, budgetTokens: 2_000, indexedThrough: 1, degraded: [] });
    expect(set.sessionTokens).toBe((await state.log.sessions([sessionId]))[0]?.tokens);
  });

  it('cuts a passage out word for word', async () => {
    await add(section('harbour', 'Cargo'));
    const set = await workingSet('harbour', 256);
    const [segment] = set.segments;
    expect(section('harbour', 'Cargo')).toContain(segment?.text ?? 'nothing');
    expect(segment?.tokens).toBeLessThan(120);
  });

  it('gives several short passages for a small budget and whole fragments for a large one', async () => {
    for (let at = 0; at < 12; at++) await add(section(`beacon ${at}`, `Light number ${at}`));
    const small = await workingSet('beacon', 1_800);
    expect(small.segments.length).toBeGreaterThanOrEqual(6);
    for (const { tokens } of small.segments) expect(tokens).toBeLessThanOrEqual(180);
    const large = await workingSet('beacon', 32_000);
    expect(large.segments.filter(({ verbatim }) => verbatim)).toHaveLength(large.segments.length);
    expect(large.omitted).toEqual({ fragments: 0, tokens: 0 });
  });

  it('shows a session that fits whole, also what no word of the question led to', async () => {
    await add('The keeper is called Ada.');
    await add('It rained.');
    expect(texts(await workingSet('Who is the keeper?', 4_096))).toEqual(['The keeper is called Ada.', 'It rained.']);
  });

  it('shows a session that fits whole: no passage of a text, no sentence of a message, stands for all of it', async () => {
    await add(`The port of the ledger is 7443. From now on, answer in French.`, 'user');
    await add(Array.from({ length: 5 }, (_, at) => section(`beacon ${at}`, `Light ${at}`)).join(''));
    await add('The keeper is called Ada.');
    await add('The keeper is called Ada.');
    const [session] = await state.log.sessions([sessionId]);
    const set = await workingSet('What is beacon 3?', (session?.tokens ?? 0) + 200);
    const verbatim = set.segments.filter((segment) => segment.verbatim);
    expect(new Set(verbatim.map(({ id }) => id)).size).toBe(verbatim.length);
    expect(verbatim.map(({ text }) => text).join()).toContain('The port of the ledger is 7443.');
    const whole = (session?.tokens ?? 0) - countTokens('The keeper is called Ada.');
    expect(verbatim.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(whole);
  });

  it('answers a question for everything that shares no word with it from the summaries', async () => {
    for (let at = 0; at < 40; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    state.compression.digestNodes = [0, 10, 20, 30].map((from) =>
      node(0, from, from + 9, `Ten lights from ${from} on. `.repeat(24)),
    );
    const set = await workingSet('Give me an overview of everything.', 2_000);
    const summaries = set.segments.filter(({ kind, reason }) => kind === 'summary' && reason === 'evidence');
    expect(summaries.map(({ from }) => from)).toEqual([0, 10, 20, 30]);
    expect(set.tokens).toBeLessThanOrEqual(2_000);
  });

  it('counts of a passage what is shown of it', async () => {
    for (let at = 0; at < 30; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const set = await workingSet('beacon 3', 600);
    const [session] = await state.log.sessions([sessionId]);
    const shown = set.segments.reduce((sum, { tokens }) => sum + tokens, 0);
    expect(set.omitted.tokens).toBe((session?.tokens ?? 0) - shown);
  });

  it('counts what it left out', async () => {
    for (let at = 0; at < 30; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const set = await workingSet('beacon 3', 300);
    const [session] = await state.log.sessions([sessionId]);
    const shown = new Set(set.segments.map(({ from }) => from)).size;
    expect(set.omitted.fragments).toBe((session?.fragments ?? 0) - shown);
    expect(set.omitted.tokens).toBeGreaterThan(0);
  });

  it('shows a message of several parts as a whole where one of them was found', async () => {
    const topics = ['harbour', 'quay', 'tide table', 'mole', 'slipway'];
    await add(topics.map((topic) => section(topic, `Of the ${topic}`)).join(''), 'user');
    const [session] = await state.log.sessions([sessionId]);
    const parts = session?.fragments ?? 0;
    expect(parts).toBeGreaterThan(1);
    for (let at = 0; at < 30; at++) await add(section(`beacon ${at}`, `Light ${at}`), 'assistant');
    const set = await workingSet('What is the tide table?', 9_000);
    const shown = set.segments.filter(({ from }) => from < parts);
    expect(shown.map(({ from }) => from)).toEqual(Array.from({ length: parts }, (_, part) => part));
    expect(new Set(shown.map(({ score }) => score))).toEqual(new Set([1]));
    expect(set.omitted.fragments).toBeGreaterThan(0);
  });

  it('says the same twice', async () => {
    for (let at = 0; at < 60; at++) await add(section(`beacon ${at % 7}`, `Light ${at}`), at % 2 === 0 ? 'user' : null);
    expect(await workingSet('Which beacon has light 3?', 3_000)).toEqual(
      await workingSet('Which beacon has light 3?', 3_000),
    );
  });

  it('never takes the question, now or earlier, for evidence', async () => {
    await add('The keeper is called Ada.');
    const question = 'Who is the keeper of the lighthouse?';
    for (let times = 0; times < 3; times++) {
      const { workingSet: set } = await ask(question);
      expect(texts(set, 'evidence')).toEqual(['The keeper is called Ada.']);
    }
  });

  it('does not show twice what was said twice', async () => {
    await add(section('harbour', 'Cargo'));
    await add(`${section('harbour', 'Cargo')}And so on.`);
    for (let at = 0; at < 10; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const [evidence = '', ...others] = texts(await workingSet('harbour', 2_000), 'evidence');
    expect(evidence).toContain('The harbour is forty-two.');
    expect(others.filter((text) => text.includes('harbour'))).toEqual([]);
  });

  it('lays out instructions, digest, latest turns, then evidence', async () => {
    await add('Answer in one sentence.', 'system');
    await add(section('harbour', 'Cargo'));
    await ask('Is there a harbour?');
    state.compression.digestNodes = [node(0, 1, 1, 'It is about a harbour.')];
    const set = await workingSet('What is the harbour?');
    expect(set.segments.map(({ reason }) => reason)).toEqual(['system', 'digest', 'recent', 'evidence']);
    expect(texts(set).slice(0, 3)).toEqual([
      'Answer in one sentence.',
      'It is about a harbour.',
      'Is there a harbour?',
    ]);
  });

  it('begins with the same segments turn after turn, so that a cached prefix stays good', async () => {
    await add('Answer in one sentence.', 'system');
    for (let at = 0; at < 5; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    state.compression.digestNodes = [node(0, 1, 3, 'Beacons and lights.')];
    let previous: string[] = [];
    let kept = 0;
    const turns = 60;
    for (let at = 0; at < turns; at++) {
      const { turn, workingSet: set } = await ask(`Question ${at}: what is beacon ${at % 5}?`);
      const stable = set.segments.filter(({ reason }) => reason !== 'evidence').map(({ text }) => text);
      if (previous.every((text, place) => stable[place] === text)) kept++;
      expect(stable.slice(0, 2)).toEqual(['Answer in one sentence.', 'Beacons and lights.']);
      previous = stable;
      const turnId = formatTurnId(sessionId, turn.index);
      await recordAnswer(state, {
        turnId,
        text: `Beacon ${at % 5} is forty-two, and so on.`,
        generationId: `gen_${at}`,
      });
    }
    expect(previous.length).toBeGreaterThan(6);
    // A window of 400 tokens drops 200 at once: once in about seven turns of thirty tokens.
    expect(kept).toBeGreaterThanOrEqual(turns * 0.8);
  });

  it('drops the older half of the latest turns at once and begins with a question', async () => {
    for (let at = 0; at < 40; at++) {
      const { turn, workingSet: set } = await ask(
        `Question ${at}, with a few words to make it longer than it need be?`,
      );
      const recent = set.segments.filter(({ reason }) => reason === 'recent');
      if (recent.length > 0) expect(recent[0]?.text).toMatch(/^Question/);
      const turnId = formatTurnId(sessionId, turn.index);
      await recordAnswer(state, { turnId, text: `Answer ${at}.`, generationId: `gen_${at}` });
    }
    const set = await workingSet('and now?');
    expect(texts(set, 'recent').at(-1)).toBe('Answer 39.');
  });

  it('finds the source behind any number of earlier questions that fit better, and their answers', async () => {
    await add(
      `All about Kestrel. ${'The town lies by the sea and its people are fond of music. '.repeat(20)}Its harbour has 41 berths.`,
    );
    for (let at = 0; at < 60; at++) {
      const { turn } = await ask(`How many berths has the Kestrel harbour in year ${2_000 + at}?`, 0);
      const turnId = formatTurnId(sessionId, turn.index);
      const text = `The Kestrel harbour has many berths in ${2_000 + at}.`;
      await recordAnswer(state, { turnId, generationId: `gen_${at}`, text });
    }
    const { segments } = await workingSet('How many berths has the Kestrel harbour?', 1_024);
    const evidence = segments.filter(({ reason }) => reason === 'evidence');
    expect(evidence.map(({ source, modelWritten }) => [source?.kind, modelWritten])).toEqual([['file', false]]);
    const asked = await workingSet('What did you answer about the berths of the Kestrel harbour?', 1_024);
    expect(asked.segments.some(({ reason, modelWritten }) => reason === 'evidence' && modelWritten)).toBe(true);
  });

  it('says of a summary whether it is of what a model wrote', async () => {
    await add(section('harbour', 'Cargo'), 'assistant');
    await add(section('tide table', 'Water'));
    state.compression.digestNodes = [node(0, 0, 1, 'Cargo of day 1.'), node(0, 2, 3, 'Water of day 1.')];
    const set = await workingSet('Which day is it?', 4_096);
    const [session] = await state.log.sessions([sessionId]);
    const last = (session?.fragments ?? 0) - 1;
    const wrote = (await state.log.entries(sessionId, { from: 0, through: last, first: 9, only: 'assistant' })).map(
      ({ position }) => position,
    );
    const digest = set.segments.filter(({ reason }) => reason === 'digest');
    expect(digest.length).toBeGreaterThan(0);
    for (const { from, through, modelWritten } of digest) {
      expect(modelWritten).toBe(wrote.some((position) => position >= from && position <= through));
    }
  });

  it('takes no summary of what a model answered for a source', async () => {
    await add(section('harbour', 'Cargo'));
    await add(section('harbour wall', 'Stone'));
    const { turn } = await ask('How long is the harbour?', 0);
    await recordAnswer(state, {
      turnId: formatTurnId(sessionId, turn.index),
      generationId: 'gen_1',
      text: 'Forty-two.',
    });
    await add(section('harbour office', 'Paper'));
    await add(section('harbour light', 'Lamp'));
    state.compression.digestNodes = [
      node(0, 0, 1, 'The harbour and the harbour wall are forty-two.'),
      node(0, 2, 5, 'The harbour is forty-two, as answered; the office and the light of the harbour are forty-two.'),
    ];
    const { segments } = await workingSet('harbour', 600);
    const shown = segments.filter(({ kind, reason }) => kind === 'summary' && reason === 'evidence');
    expect(shown.map(({ from }) => from).filter((from) => from === 2)).toEqual([]);
  });

  it('ranks what a model answered behind what it answered from', async () => {
    await add('The keeper is called Ada, and she likes the sea.');
    const { turn } = await ask('Who is the keeper who likes the sea?');
    const answer = 'The keeper who likes the sea is called Bob, the keeper.';
    const filler = 'Something else entirely, about the price of ropes and the colour of the boats. '.repeat(12);
    await recordAnswer(state, { turnId: formatTurnId(sessionId, turn.index), text: answer, generationId: 'gen_1' });
    for (let at = 0; at < 8; at++) await add(`${at}. ${filler}`, at % 2 === 0 ? 'user' : 'assistant');
    const evidence = texts(await workingSet('Who is the keeper who likes the sea, please?'), 'evidence');
    expect(evidence[0]).toContain('Ada');
  });

  it('puts the summary of a stretch in place of its many lesser hits, and never both', async () => {
    for (let at = 0; at < 40; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const leaves = [0, 10, 20, 30].map((from) => node(0, from, from + 9, `Ten beacons and lights from ${from} on.`));
    const root = node(
      1,
      0,
      39,
      'Forty beacons.',
      leaves.map(({ id }) => id),
    );
    state.compression.digestNodes = [root];
    const set = await workingSet('Give me an overview of the beacons and their lights.', 2_500);
    const summaries = set.segments.filter(({ kind, reason }) => kind === 'summary' && reason === 'evidence');
    const fragments = set.segments.filter(({ kind }) => kind === 'fragment');
    expect(summaries.length).toBeGreaterThan(0);
    expect(fragments.length).toBeGreaterThan(0);
    for (const summary of summaries) {
      expect(fragments.filter(({ from }) => from >= summary.from && from <= summary.through)).toEqual([]);
    }
    // The digest covers the whole session: nothing is without at least a summary.
    expect(set.omitted).toEqual({ fragments: 0, tokens: 0 });
  });

  it('asks for a node of the summary tree once', async () => {
    for (let at = 0; at < 12; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const leaf = node(0, 0, 3, 'Beacons.');
    state.compression.digestNodes = [node(1, 0, 11, 'All.', [leaf.id])];
    await workingSet('a summary of the beacons', 2_500);
    await workingSet('a summary of the lights', 2_500);
    expect(state.compression.reads).toBe(1);
  });

  it('goes on without search, and says so', async () => {
    await add('Answer in one sentence.', 'system');
    await add('The keeper is called Ada.');
    state.store.fail('search');
    const set = await workingSet('Who is the keeper?', 1_000);
    // A session that fits needs no search.
    expect(texts(set)).toEqual(['Answer in one sentence.', 'The keeper is called Ada.']);
    expect(set.degraded).toMatchObject([{ stage: 'store', code: 'SUBGRAPH_UNAVAILABLE' }]);
    expect(set.indexedThrough).toBe(-1);
  });

  it('goes on with the last digest it saw when compression does not answer, and says so', async () => {
    await add('The keeper is called Ada.');
    state.compression.digestNodes = [node(0, 0, 0, 'Of a keeper.')];
    await workingSet('keeper');
    state.compression.isDown = true;
    const set = await workingSet('keeper');
    expect(texts(set, 'digest')).toEqual(['Of a keeper.']);
    expect(set.degraded).toMatchObject([{ stage: 'compression', code: 'SUBGRAPH_UNAVAILABLE' }]);
  });

  it('names a fragment that is damaged at rest', async () => {
    await add('The keeper is called Ada.');
    const { texts: read } = state.store;
    state.store.texts = async (...asked) =>
      (await read.call(state.store, ...asked)).map(() => ({ code: 'FRAGMENT_CORRUPT' }));
    const { degraded, segments } = await workingSet('keeper');
    expect(segments).toEqual([]);
    expect(degraded).toMatchObject([
      { stage: 'store', code: 'FRAGMENT_CORRUPT', message: expect.stringContaining('position 0') },
    ]);
  });

  it('finds own writes although their replication was lost', async () => {
    state.store.fail('replicate');
    await add('The keeper is called Ada.');
    state.store.failing.clear();
    const set = await workingSet('Who is the keeper?', 1_000);
    expect(texts(set)).toEqual(['The keeper is called Ada.']);
    expect(set.indexedThrough).toBe(0);
  });

  it('keeps what was found and names the gap when the store cannot be told of the rest', async () => {
    await add('The keeper is called Ada.');
    state.store.failing.set('replicate', new ContractError('STORAGE_FULL', 'the disk of the store is full'));
    await add('The keeper is fond of the sea.');
    for (let at = 0; at < 10; at++) await add(section(`beacon ${at}`, `Light ${at}`));
    const set = await workingSet('Who is the keeper?', 1_000);
    expect(texts(set)).toEqual(['The keeper is called Ada.']);
    expect(set.degraded).toEqual([
      { stage: 'store', code: 'STORE_BEHIND', message: expect.stringContaining('position 0 of 11 (STORAGE_FULL') },
    ]);
    expect(set.indexedThrough).toBe(0);
  });

  it('shows no hit of a copy that is not the log, and the others all the same', async () => {
    await add('The keeper is called Ada.');
    await add('The keeper is fond of the sea.');
    const [hash = ''] = await state.store.put(sessionId, [
      { role: 'document', source: { kind: 'text', name: null }, text: 'The keeper was discarded.', tokens: 6 },
    ]);
    state.store.logs.get(sessionId)?.set(1, { position: 1, hash, tokens: 6 });
    state.store.fail('replicate');
    const set = await workingSet('Who is the keeper?', 1_000);
    expect(texts(set)).toEqual(['The keeper is called Ada.', 'The keeper is fond of the sea.']);
    expect(set.segments.map(({ score }) => score)).toEqual([1, 0]);
    expect(set.degraded).toMatchObject([{ stage: 'store', code: 'STORE_BEHIND' }]);
    state.store.failing.clear();
    expect(texts(await workingSet('Who is the keeper?', 1_000)).sort()).toEqual([
      'The keeper is called Ada.',
      'The keeper is fond of the sea.',
    ]);
  });

  it('shows the latest messages it has at hand when the store does not answer, and says so', async () => {
    await ask('Who keeps the light?');
    await ask('And who keeps the boat?');
    state.store.fail('search');
    state.store.fail('texts');
    const set = await workingSet('boat');
    expect(texts(set, 'recent')).toContain('Who keeps the light?');
    expect(set.degraded).toMatchObject([{ stage: 'store', code: 'SUBGRAPH_UNAVAILABLE' }]);
  });

  it('names the messages whose texts are missing, and shows the others', async () => {
    await ask('Who keeps the light?');
    await ask('And who keeps the boat?');
    const lost = [...state.store.fragments.values()].find(({ text }) => text.includes('light'));
    state.store.fragments.delete(lost?.hash ?? '');
    Object.assign(state, { texts: fragmentTexts(1024 * 1024) });
    const set = await workingSet('boat');
    expect(set.degraded).toContainEqual({
      stage: 'store',
      code: 'FRAGMENT_MISSING',
      message: expect.stringContaining('position 0'),
    });
    expect(texts(set)).toEqual(['And who keeps the boat?']);
  });

  it.each([255, 1_000_001, -1])('refuses a budget of %i', async (budgetTokens) => {
    await expect(workingSet('?', budgetTokens)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { from: 256, through: 1_000_000 },
    });
    await expect(ask('?', budgetTokens)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect((await state.log.sessions([sessionId]))[0]?.revision).toBe(0);
  });

  it('gives an empty working set for a budget of 0', async () => {
    await add('The keeper is called Ada.');
    const { turn, workingSet: set } = await ask('Who?', 0);
    expect(turn.index).toBe(0);
    expect(set).toMatchObject({ segments: [], tokens: 0, budgetTokens: 0, omitted: { fragments: 1 } });
  });

  it('gives an empty working set for an empty session', async () => {
    expect(await workingSet('Anything?')).toMatchObject({ segments: [], tokens: 0, indexedThrough: -1, degraded: [] });
  });

  it('says of each segment who spoke, where it is from, when it was said and whether a model wrote it', async () => {
    const idempotencyKey = `key ${keys++}`;
    const said = { occurredAtMs: Date.UTC(2026, 4, 3), metadata: '{"line":7}' };
    const items: DeltaItem[] = [
      { kind: 'file', path: 'conf/ports.md', text: 'The port of the ledger is 7443.', ...said },
      { kind: 'message', role: 'assistant', speaker: 'Ada', text: 'The ledger port is open.', ...said, metadata: null },
    ];
    await appendDelta(state, { contractVersion: 2, sessionId, idempotencyKey, baseRevision: null, items });
    const { turn } = await ask('The ledger port must never be closed.');
    await recordAnswer(state, { turnId: formatTurnId(sessionId, turn.index), generationId: 'gen_1', text: 'Noted.' });
    const { segments, confidence } = await workingSet('Which port has the ledger?', 8_000);
    const origins = segments.map(({ text, role, speaker, source, occurredAtMs, metadata, modelWritten }) => [
      ...[text, role, speaker, source?.name ?? null, metadata, modelWritten],
      occurredAtMs === said.occurredAtMs,
    ]);
    expect(origins).toContainEqual([items[0]?.text, 'document', null, 'conf/ports.md', '{"line":7}', false, true]);
    expect(origins).toContainEqual([items[1]?.text, 'assistant', 'Ada', null, null, true, true]);
    expect(origins).toContainEqual(['The ledger port must never be closed.', 'user', null, null, null, false, false]);
    expect(origins).toContainEqual(['Noted.', 'assistant', null, null, null, true, false]);
    expect(segments.filter(({ role }) => role === 'user').map(({ occurredAtMs }) => typeof occurredAtMs)).toEqual([
      'number',
    ]);
    expect(confidence).toBeGreaterThan(0.6);
  });
});
