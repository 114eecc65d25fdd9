import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Delta, type DeltaItem, ERRORS } from '@supercontext/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendDelta } from './append-delta.ts';
import { type TestState, testState } from './fixtures/context-state.ts';
import type { LogEntry } from './log/session-log.ts';
import { openSession } from './open-session.ts';

const prose = 'A sentence about the tides, and then one about the moon.\n\n'.repeat(100);

let state: TestState;
let sessionId: string;

beforeEach(async () => {
  state = testState();
  sessionId = (await openSession(state, {})).id;
});

afterEach(() => state.remove());

const NOT_SAID = { occurredAtMs: null, metadata: null } as const;

function delta(text: string, more: Partial<Delta> = {}): Delta {
  const items: DeltaItem[] = [{ kind: 'file', path: 'notes.md', text, ...NOT_SAID }];
  return { contractVersion: 2, sessionId, idempotencyKey: 'key', baseRevision: null, items, ...more };
}

async function entries(): Promise<LogEntry[]> {
  return state.log.entries(sessionId, { from: 0, through: Number.MAX_SAFE_INTEGER, first: 10_000 });
}

async function textOfLog(): Promise<string> {
  return (await entries()).map(({ hash }) => state.store.fragments.get(hash)?.text).join('');
}

describe('appendDelta', () => {
  it('keeps every character of every item, in order', async () => {
    const { receipt, session } = await appendDelta(state, {
      ...delta(prose),
      items: [
        { kind: 'file', path: 'a.md', text: prose, ...NOT_SAID },
        { kind: 'message', role: 'user', speaker: null, text: 'hello', ...NOT_SAID },
        { kind: 'text', title: null, text: 'CRLF\r\nand 👩‍👩‍👧', ...NOT_SAID },
      ],
    });
    expect(await textOfLog()).toBe(`${prose}helloCRLF\r\nand 👩‍👩‍👧`);
    expect(receipt).toMatchObject({ revision: 1, fragments: (await entries()).length });
    expect(receipt.sizeBytes).toBe(Buffer.byteLength(await textOfLog()));
    expect(session.tokens).toBe(receipt.tokens);
  });

  it('has the store find what was appended before it acknowledges', async () => {
    await appendDelta(state, delta(prose));
    expect((await state.store.search(sessionId, 'tides', 5)).hits.length).toBeGreaterThan(0);
  });

  it('keeps again what a replay brings and the store has lost', async () => {
    await appendDelta(state, delta(prose));
    state.store.fragments.clear();
    expect(await appendDelta(state, delta(prose))).toMatchObject({ replayed: true });
    expect(await textOfLog()).toBe(prose);
  });

  it('appends once for one key, and says that it was a replay', async () => {
    const first = await appendDelta(state, delta(prose));
    const second = await appendDelta(state, delta(prose));
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.receipt).toEqual(first.receipt);
    expect(await textOfLog()).toBe(prose);
  });

  it('gives two senders with the same key at the same moment one append', async () => {
    const both = await Promise.all([appendDelta(state, delta(prose)), appendDelta(state, delta(prose))]);
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(await textOfLog()).toBe(prose);
  });

  it.each([
    ['other text', delta('other')],
    ['another name', delta('', { items: [{ kind: 'file', path: 'b.md', text: 'text', ...NOT_SAID }] })],
    ['another kind', delta('', { items: [{ kind: 'text', title: 'notes.md', text: 'text', ...NOT_SAID }] })],
    [
      'another time',
      delta('', { items: [{ kind: 'file', path: 'notes.md', text: 'text', ...NOT_SAID, occurredAtMs: 7 }] }),
    ],
  ])('refuses a key that comes again with %s', async (_what, again) => {
    await appendDelta(state, delta('text'));
    await expect(appendDelta(state, { ...again, sessionId })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('refuses a base revision the session is not at, and says where it is', async () => {
    await appendDelta(state, delta('one', { idempotencyKey: 'a', baseRevision: 0 }));
    for (const baseRevision of [0, 2]) {
      await expect(appendDelta(state, delta('two', { idempotencyKey: 'b', baseRevision }))).rejects.toMatchObject({
        code: 'REVISION_CONFLICT',
        details: { currentRevision: 1 },
      });
    }
    await appendDelta(state, delta('two', { idempotencyKey: 'b', baseRevision: 1 }));
    expect(await textOfLog()).toBe('onetwo');
  });

  it('commits in the order of arrival although the first one takes longer to store', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    state.store.beforePut = async () => {
      state.store.beforePut = async () => {};
      await held;
    };
    const first = appendDelta(state, delta(prose, { idempotencyKey: 'a', baseRevision: 0 }));
    const second = appendDelta(state, delta('second', { idempotencyKey: 'b', baseRevision: 1 }));
    setTimeout(release, 30);
    expect((await Promise.all([first, second])).map(({ receipt }) => receipt.revision)).toEqual([1, 2]);
    expect(await textOfLog()).toBe(`${prose}second`);
  });

  it('goes on with the next in line when one before it fails', async () => {
    let failures = 1;
    state.store.beforePut = async () => {
      if (failures-- > 0) throw new Error('this one only');
    };
    const outcomes = await Promise.allSettled([
      appendDelta(state, delta('first', { idempotencyKey: 'a' })),
      appendDelta(state, delta('second', { idempotencyKey: 'b' })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await textOfLog()).toBe('second');
  });

  it.each([
    ['CONTRACT_VERSION_UNKNOWN', { contractVersion: 9 }],
    ['DELTA_EMPTY', { items: [] }],
    ['DELTA_EMPTY', { items: [{ kind: 'text', title: null, text: '' }] }],
    ['DELTA_TOO_LARGE', { items: [{ kind: 'text', title: null, text: 'x'.repeat(8 * 1024 * 1024 + 1) }] }],
    ['DELTA_TOO_LARGE', { items: Array.from({ length: 4_097 }, () => ({ kind: 'text', title: null, text: 'x' })) }],
    ['INPUT_INVALID', { idempotencyKey: '' }],
    ['INPUT_INVALID', { idempotencyKey: 'k'.repeat(129) }],
    ['INPUT_INVALID', { items: [{ kind: 'file', path: '', text: 'x' }] }],
    ['INPUT_INVALID', { items: [{ kind: 'text', title: 't'.repeat(1_025), text: 'x' }] }],
    ['TEXT_INVALID', { items: [{ kind: 'file', path: 'a\0b', text: 'x' }] }],
    ['SESSION_NOT_FOUND', { sessionId: 'ses_000000000000000000000000' }],
    ['SESSION_NOT_FOUND', { sessionId: 'nonsense' }],
  ] as [string, Partial<Delta>][])('refuses with %s (case %#)', async (code, more) => {
    expect(Object.keys(ERRORS)).toContain(code);
    await expect(appendDelta(state, delta('text', more))).rejects.toMatchObject({ code });
    expect(state.store.calls.put).toBe(0);
    expect(await entries()).toEqual([]);
  });

  it.each([
    ['a NUL', 'good', 'ab\0cd', 2],
    ['a high surrogate without its low one', 'good', 'abc\ud83d', 3],
    ['a low surrogate without its high one', '👩', '\udc69abc', 0],
    ['the first of both', 'good', 'a\udc69\0', 1],
  ])('names item and offset of %s', async (_what, good, bad, offset) => {
    const items = [good, bad].map((text) => ({ kind: 'text', title: null, text, ...NOT_SAID }) as const);
    await expect(appendDelta(state, delta('', { items }))).rejects.toMatchObject({
      code: 'TEXT_INVALID',
      details: { item: 1, offset },
    });
  });

  it.each([
    [
      'a speaker of 257 characters',
      { kind: 'message', role: 'user', speaker: 'x'.repeat(257), text: 'a', ...NOT_SAID },
      'message.speaker',
    ],
    ['an empty speaker', { kind: 'message', role: 'user', speaker: '', text: 'a', ...NOT_SAID }, 'message.speaker'],
    [
      'metadata of 4 097 characters',
      { kind: 'text', title: null, text: 'a', occurredAtMs: null, metadata: 'x'.repeat(4_097) },
      'text.metadata',
    ],
    [
      'a time no date can hold',
      { kind: 'file', path: 'a', text: 'a', occurredAtMs: 9e15, metadata: null },
      'file.occurredAt',
    ],
  ] as const)('refuses %s and names the argument', async (_what, item, argument) => {
    await expect(appendDelta(state, delta('', { items: [item] }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: `items[0].${argument}` },
    });
  });

  it('takes no facts from a sender that says it speaks version 1, and nothing else against it', async () => {
    const item = { kind: 'message', role: 'user', speaker: null, text: 'a', occurredAtMs: 1, metadata: null } as const;
    await expect(appendDelta(state, delta('', { contractVersion: 1, items: [item] }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('contract version 2'),
    });
    expect(await appendDelta(state, delta('text', { contractVersion: 1 }))).toMatchObject({ replayed: false });
    expect(await appendDelta(state, delta('text', { contractVersion: 2 }))).toMatchObject({ replayed: true });
  });

  it('speaks of the range when it does not speak a contract version', async () => {
    await expect(appendDelta(state, delta('x', { contractVersion: 3 }))).rejects.toMatchObject({
      message: expect.stringContaining('1 to 2'),
      details: { from: 1, through: 2 },
    });
  });

  it('acknowledges nothing when the store does not take the fragments', async () => {
    state.store.fail('put');
    await expect(appendDelta(state, delta(prose))).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(await entries()).toEqual([]);
    state.store.failing.clear();
    expect((await appendDelta(state, delta(prose))).replayed).toBe(false);
  });

  it('acknowledges an append whose replication failed, and makes it good with the next', async () => {
    state.store.fail('replicate');
    await appendDelta(state, delta('the tides', { idempotencyKey: 'a' }));
    expect(state.store.knownThrough(sessionId)).toBe(-1);
    state.store.failing.clear();
    await appendDelta(state, delta('the moon', { idempotencyKey: 'b' }));
    expect(state.store.knownThrough(sessionId)).toBe(1);
  });

  it('tells compression once, when a burst is over, how far the log goes, and does not wait for it', async () => {
    await appendDelta(state, delta('one', { idempotencyKey: 'a' }));
    await appendDelta(state, delta('two', { idempotencyKey: 'b' }));
    expect(state.compression.hints).toEqual([]);
    await expect.poll(() => state.compression.hints).toEqual([{ sessionId, through: 1 }]);
    state.compression.isDown = true;
    await appendDelta(state, delta('three', { idempotencyKey: 'c' }));
    expect(await textOfLog()).toBe('onetwothree');
  });

  it('has everything it acknowledged after a restart', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'context-')), 'log.sqlite');
    const before = testState(path);
    const session = await openSession(before, {});
    const { receipt } = await appendDelta(before, { ...delta(prose), sessionId: session.id });
    await before.close();
    const after = testState(path);
    for (const fragment of before.store.fragments.values()) await after.store.put(session.id, [fragment]);
    const replay = await appendDelta(after, { ...delta(prose), sessionId: session.id });
    expect(replay).toMatchObject({ replayed: true, receipt });
    expect(after.store.knownThrough(session.id)).toBe(receipt.fragments - 1);
    await after.remove();
  });
});
