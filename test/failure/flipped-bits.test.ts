import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJobQueue } from '@supercontext/compression/jobs/embedded.ts';
import { openSummaryStore } from '@supercontext/compression/summaries/embedded.ts';
import { openSessionLog } from '@supercontext/context/log/embedded.ts';
import type { Commit, NewDocumentPart, SessionLog, SessionQuery } from '@supercontext/context/log/session-log.ts';
import { CONTRACT_TOKENIZER, ContractError, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { EmbeddedEventLog } from '@supercontext/reasoning/events/embedded.ts';
import type { GenerationRecord } from '@supercontext/reasoning/generation.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { openFragmentStore } from '@supercontext/store/fragments/embedded.ts';
import type { FragmentRead } from '@supercontext/store/fragments/fragment-store.ts';
import { openSegmentStore } from '@supercontext/store/search/embedded.ts';
import { allSteps, sealTail } from '@supercontext/store/search/seal.ts';
import type { Segment } from '@supercontext/store/search/segment.ts';
import { Tail } from '@supercontext/store/search/tail.ts';
import { Tokenizer } from '@supercontext/store/search/tokenize.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newGeneration } from '../conformance/event-log.ts';
import { job, MAXIMUM_ATTEMPTS } from '../conformance/job-queue.ts';
import { node, SESSION } from '../conformance/summary-store.ts';
import { type Answer, answersOf, copyFlipped } from '../support/flip-bits.ts';

/** Damaged copies of each file in a run of the suite; any number of them can be tried by hand. */
const FIRST_SEED = 1;
const SEEDS = 200;

const EVERYTHING = { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 };
const NAMED = new Set(['STORAGE_CORRUPT', 'STORAGE_UNAVAILABLE', 'FRAGMENT_CORRUPT', 'FRAGMENT_MISSING']);
const OTHER = `ses_${'1'.repeat(24)}`;
const tenantKey = Buffer.alloc(32, 7);
const folder = mkdtempSync(join(tmpdir(), 'flipped-bits-'));
const whole = (name: string) => join(folder, name);
const seeds = Array.from({ length: SEEDS }, (_, at) => FIRST_SEED + at);
let hashes: readonly string[];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function commitOf(sessionId: string, number: number): Commit {
  const isPrompt = number % 3 === 0;
  return {
    sessionId,
    key: `key ${number}`,
    contentHash: `content ${number}`,
    baseRevision: null,
    entries: [0, 1].map((at) => ({
      hash: hashes[(number * 2 + at) % hashes.length] as string,
      tokens: 100 + number,
      role: number === 7 ? 'system' : isPrompt ? 'user' : 'document',
      kind: isPrompt ? 'chat' : 'file',
      facts: number % 4 === 1 ? { speaker: `Speaker ${number}`, occurredAtMs: number, metadata: 'of ours' } : null,
    })),
    sizeBytes: 1_000 + number,
    turn: isPrompt ? { prompt: `What is in document ${number}, and why?` } : null,
    documents: isPrompt ? [] : [partOf(number)],
    removes: number === 23 ? ['docs/2.md'] : [],
    nowMs: 1_700_000_000_000 + number,
  };
}

/** Of four documents, each added to or replaced in turn. */
function partOf(number: number): NewDocumentPart {
  const version = number % 5 === 0 ? { part: 0, parts: 1, hash: null } : null;
  return { path: `docs/${number % 4}.md`, hash: number.toString(16).padStart(64, '0'), first: 0, entries: 2, version };
}

const COMMITS = 40;

async function makeFragments(): Promise<void> {
  const store = openFragmentStore({ path: whole('fragments.sqlite'), tenantKey });
  const fragments = Array.from({ length: 30 }, (_, at): Fragment => {
    const text = `document ${at}: ${'some words of it '.repeat(at * 4)}`;
    const source = { kind: 'file', name: `notes-${at}.md` } as const;
    return {
      contractVersion: WRITTEN_VERSIONS.fragment,
      role: 'document',
      source,
      text,
      tokens: tokens(3),
      tokenizer: CONTRACT_TOKENIZER,
    };
  });
  hashes = (await store.put(fragments, SESSION)).hashes;
  for (const sessionId of [SESSION, OTHER]) {
    await store.replicate(
      sessionId,
      hashes.map((hash, position) => ({ position, hash, tokens: 3 + position })),
      {
        withdrawn: Withdrawn.of([
          { from: 4, through: 9 },
          { from: 20, through: 20 },
        ]),
      },
    );
  }
  await store.close();
}

async function makeLog(): Promise<void> {
  const log = openSessionLog(whole('log.sqlite'));
  for (const [at, id] of [SESSION, OTHER].entries()) {
    await log.open({ id, title: `The title of session ${at}`, key: `open ${at}`, nowMs: 1_700_000_000_000 + at });
    for (let number = 0; number < COMMITS; number++) await log.commit(commitOf(id, number));
  }
  await log.close();
}

const generations: GenerationRecord[] = [];

async function makeGenerations(): Promise<void> {
  const log = new EmbeddedEventLog(whole('generations.sqlite'));
  for (let number = 0; number < 6; number++) {
    const asked = newGeneration({ sessionId: SESSION });
    const { record } = await log.create(asked);
    const words = Array.from({ length: 12 }, (_, at) => `word ${at} of answer ${number}, `);
    await Promise.all(words.map((text) => log.append(record.id, { text, tokens: 2 })));
    const citations = [{ number: 1, segment: 0, named: true }];
    const outcome = { ...record.outcome, text: words.join(''), citations };
    const ending = number === 4 ? { type: 'cancelled' } : { type: 'completed', reason: 'stop' };
    await log.finish(record.id, ending as { type: 'cancelled' }, outcome);
    if (number % 2 === 0) await log.markRecorded(record.id);
    generations.push(record);
  }
  await log.close();
}

/** The sessions of a list that are whole: one that is damaged stands there with its fault, or is not found by what is damaged. */
async function listed(log: SessionLog, query: Partial<SessionQuery> & Pick<SessionQuery, 'orderBy'>) {
  const everything = { size: 10, fromEnd: false, after: null, before: null, archived: null, titleContains: null };
  const found = await log.list({ ...everything, ...query });
  return found.flatMap(({ session }) => (session instanceof ContractError ? [] : [session]));
}

async function questionsToLog(path: string) {
  const log = openSessionLog(path);
  const asked: Record<string, () => Promise<unknown>> = {
    newest: () => listed(log, { orderBy: 'creation' }),
    'used last': () => listed(log, { orderBy: 'activity' }),
    archived: () => listed(log, { orderBy: 'activity', archived: true }),
    called: () => listed(log, { orderBy: 'creation', titleContains: 'a' }),
  };
  for (const [at, id] of [SESSION, OTHER].entries()) {
    asked[`session ${id}`] = () => log.sessions([id]);
    asked[`older than ${id}`] = () => listed(log, { orderBy: 'creation', after: { atMs: 0, place: at + 2 } });
    for (const only of ['chat', 'system'] as const)
      asked[`${only} ${id}`] = () => log.entries(id, { ...EVERYTHING, only });
    asked[`last ${id}`] = () => log.entries(id, { ...EVERYTHING, first: 3, newestFirst: true });
    for (let from = 0; from < 2 * COMMITS; from += 8) {
      asked[`entries at ${from} ${id}`] = () => log.entriesAt(id, [from, from + 5]);
      asked[`entries ${from} ${id}`] = () => log.entries(id, { from, through: from + 7, first: 8 });
      asked[`digest ${from} ${id}`] = () => log.digest(id, from);
    }
    for (let turn = 0; turn < 14; turn++) asked[`turn ${turn} ${id}`] = () => log.turns(id, turn, 1);
    for (let number = 0; number < COMMITS; number++) {
      asked[`receipt ${number} ${id}`] = () => log.receipt(id, `key ${number}`);
      asked[`again ${number} ${id}`] = () => log.commit(commitOf(id, number));
    }
    asked[`documents ${id}`] = () => log.documents(id, { size: 100, fromEnd: false, after: null, before: null });
    asked[`documents at ${id}`] = () => log.documentsAt(id, ['docs/0.md', 'docs/1.md', 'docs/2.md', 'docs/3.md']);
    asked[`withdrawn ${id}`] = async () => (await log.withdrawn(id)).stretches;
    asked[`no receipt ${id}`] = () => log.receipt(id, 'never given');
  }
  asked.reopened = () => log.open({ id: 'ses_new', title: null, key: 'open 1', nowMs: 5 });
  return { asked, close: () => log.close() };
}

async function questionsToFragments(path: string) {
  const store = openFragmentStore({ path, tenantKey });
  const asked: Record<string, () => Promise<unknown>> = { sessions: () => store.sessions(10, null) };
  asked.fragments = () => store.get(hashes.map((hash) => ({ sessionId: SESSION, hash })));
  for (const id of [SESSION, OTHER]) {
    asked[`known ${id}`] = () => store.known(id);
    asked[`size ${id}`] = () => store.sizeBytes(id);
    asked[`withdrawn ${id}`] = async () => (await store.withdrawn(id)).digest;
    asked[`at ${id}`] = () => store.entriesAt(id, [2, 9, 27]);
    for (let from = 0; from < 30; from += 6) asked[`entries ${from} ${id}`] = () => store.entries(id, from, 6);
  }
  return { asked, close: () => store.close() };
}

const never = new AbortController().signal;

async function eventsOf<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function questionsToGenerations(path: string) {
  const log = new EmbeddedEventLog(path);
  const asked: Record<string, () => Promise<unknown>> = {
    orphans: () => log.failOrphans(),
    unrecorded: () => log.unrecorded(10),
  };
  for (const [at, { id, turnId, sessionId }] of generations.entries()) {
    asked[`generation ${id}`] = () => log.get([id]);
    asked[`of ${turnId}`] = () => log.ofTurns([turnId]);
    asked[`events ${id}`] = () => eventsOf(log.follow(id, -1, never));
    asked[`rest ${id}`] = () => eventsOf(log.follow(id, 6, never));
    asked[`key ${at}`] = () => log.find(sessionId, `key-${at + 1}`, 'hash');
  }
  return { asked, close: () => log.close() };
}

interface Opened {
  readonly asked: Readonly<Record<string, () => Promise<unknown>>>;
  close(): Promise<void>;
}

/** Answers of a file; one, to the question of opening it, when it cannot be opened. */
async function ask(path: string, open: (path: string) => Promise<Opened>): Promise<Readonly<Record<string, Answer>>> {
  let opened: Opened;
  try {
    opened = await open(path);
  } catch (error) {
    return { opening: { code: error instanceof ContractError ? error.code : 'INTERNAL', error } };
  }
  try {
    return await answersOf(opened.asked);
  } finally {
    await opened.close();
  }
}

/** These leave out what is damaged, as their ports say; of the rest nothing may differ. */
const LEAVE_OUT = new Set(['sessions', 'newest', 'used last', 'archived', 'called', 'unrecorded', 'answers']);

function isTold(question: string, found: Answer, expected: unknown, file: string): boolean {
  if (!('value' in found)) {
    const { details, message } = found.error as ContractError;
    return NAMED.has(found.code) && details?.file === file && message.includes(file);
  }
  const { value } = found;
  if (question === 'fragments') {
    const wanted = expected as readonly FragmentRead[];
    const reads = value as readonly FragmentRead[];
    return reads.every((read, at) => read.state !== 'whole' || equal(read, wanted[at]));
  }
  if (!LEAVE_OUT.has(question) && !question.startsWith('older than')) return equal(value, expected);
  return (value as unknown[]).every((one) => (expected as unknown[]).some((other) => equal(one, other)));
}

const equal = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

describe.each([
  ['log.sqlite', questionsToLog],
  ['fragments.sqlite', questionsToFragments],
  ['generations.sqlite', questionsToGenerations],
] as const)('bits flipped in %s', (file, open) => {
  beforeAll(async () => {
    if (hashes === undefined) {
      await makeFragments();
      await makeLog();
      await makeGenerations();
    }
  });

  it('never change an answer: each is the one that was written, or names the file', async () => {
    const path = join(mkdtempSync(join(folder, 'copy-')), file);
    copyFileSync(whole(file), path);
    const expected = await ask(path, open);
    expect(Object.values(expected).filter((answer) => !('value' in answer))).toEqual([]);
    const came = { same: 0, named: 0, refused: 0 };
    for (const seed of seeds) {
      for (const side of ['', '-wal', '-shm']) rmSync(path + side, { force: true });
      copyFlipped(whole(file), path, seed);
      const found = await ask(path, open);
      if ('opening' in found) came.refused++;
      for (const [question, answer] of Object.entries(found)) {
        const wanted = (expected[question] as { readonly value?: unknown } | undefined)?.value;
        if (!isTold(question, answer, wanted, file)) expect({ seed, question, answer }).toEqual(wanted);
        came['value' in answer ? 'same' : 'named']++;
      }
    }
    // Of this test itself: it has seen both, whole answers and refusals.
    expect(Math.min(came.same, came.named, came.refused), JSON.stringify(came)).toBeGreaterThan(0);
  });
});

describe('bits flipped in what can be made again', () => {
  it.each([
    ['summaries.sqlite', workSummaries],
    ['jobs.sqlite', workJobs],
    ['segments.sqlite', workSegments],
  ] as const)('of %s are never served, and the work goes on', async (file, work) => {
    const path = join(mkdtempSync(join(folder, 'derived-')), file);
    await work(whole(file), () => {});
    let asides = 0;
    for (const seed of seeds) {
      for (const side of ['', '-wal', '-shm']) rmSync(path + side, { force: true });
      copyFlipped(whole(file), path, seed);
      await work(path, () => asides++);
    }
    expect(asides).toBeGreaterThan(0);
    expect(existsSync(`${path}.damaged`)).toBe(true);
  });
});

/** Reads and writes summaries as compression does, and makes what is missing again. */
async function workSummaries(path: string, onDamaged: () => void): Promise<void> {
  const nodes = Array.from({ length: 24 }, (_, ordinal) => node(0, ordinal)).concat(node(1, 0), node(1, 1));
  const ids = nodes.map(({ summary }) => summary.id);
  const store = openSummaryStore({ path, onDamaged });
  const before = await store.read(ids);
  for (const [at, found] of before.entries()) if (found !== null) expect(found).toEqual(nodes[at]);
  await store.frontier(SESSION);
  const method = { name: 'test', version: 1 };
  await store.state(SESSION, method);
  for (let round = 0; round < 2; round++) {
    const missing = new Set(await store.missing(ids));
    await store.put(nodes.filter(({ summary }) => missing.has(summary.id)));
  }
  expect(await store.read(ids)).toEqual(nodes);
  expect((await store.frontier(SESSION)).map(({ level, ordinal }) => [level, ordinal])).toEqual(
    [
      [1, 0],
      [1, 1],
    ].concat(Array.from({ length: 8 }, (_, at) => [0, 16 + at])),
  );
  expect(await store.state(SESSION, method)).toMatchObject({ nodes: 26, leaves: 24, levels: 2 });
  await store.close();
}

async function workJobs(path: string, onDamaged: () => void): Promise<void> {
  const jobs = Array.from({ length: 40 }, (_, number) => job(number));
  const queue = openJobQueue({ path, maximumAttempts: MAXIMUM_ATTEMPTS, onDamaged });
  await queue.enqueue(jobs);
  const leases = await queue.lease({ max: 100, leaseMs: 60_000 });
  // Met in the middle of a lease, damage empties the queue; the sweeper fills it again.
  await queue.enqueue(jobs);
  const rest = await queue.lease({ max: 100, leaseMs: 60_000 });
  const lent = [...leases, ...rest].map((lease) => JSON.stringify(lease.job)).sort();
  expect(lent).toEqual(jobs.map((one) => JSON.stringify(one)).sort());
  expect(await queue.stats()).toMatchObject({ leased: 40, dead: 0 });
  await queue.nack([...leases, ...rest], { delayMs: 0, reason: 'later', isFailure: false });
  await queue.close();
}

async function workSegments(path: string, onDamaged: () => void): Promise<void> {
  const store = openSegmentStore({ path, onDamaged });
  const made = Array.from({ length: 6 }, (_, at) => segmentOf(at));
  // Damage met by a write loses what was written before it; what is missing is made again, as after a restart.
  for (let round = 0; round < 2; round++) {
    const { segments } = await store.read(SESSION);
    for (const { from, segment } of segments) expect(segment.bytes).toEqual(made[from]?.bytes);
    const found = new Set(segments.map(({ from }) => from));
    for (const [from, segment] of made.entries()) {
      if (!found.has(from)) await store.write(SESSION, { from, segment, logDigest: 'a'.repeat(32) });
    }
  }
  const again = await store.read(SESSION);
  expect(again.segments.map(({ segment }) => segment.bytes)).toEqual(made.map(({ bytes }) => bytes));
  expect(again.unusable).toBe(0);
  await store.close();
}

/** Of one document each, so that the first is at the position of its number. */
function segmentOf(number: number): Segment {
  const tokenizer = new Tokenizer();
  const tail = new Tail();
  tokenizer.read(`document ${number} tells of thing${number} and of ${'many more things '.repeat(20)}`);
  tail.add(tokenizer);
  return allSteps(sealTail(tail));
}
