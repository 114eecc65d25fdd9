import { ContractError } from '@supercontext/contract';
import { describe, expect, it } from 'vitest';
import { deltaOf, momentOf } from './delta-input.ts';

describe('a time of the graph', () => {
  it.each([
    ['2026-05-04T10:30:00Z', '2026-05-04T10:30:00.000Z'],
    ['2026-05-04T10:30:00.123456789+02:00', '2026-05-04T08:30:00.123Z'],
    ['2026-05-04T10:30:00-0530', '2026-05-04T16:00:00.000Z'],
    ['2026-05-04T10:30', '2026-05-04T10:30:00.000Z'],
    ['2026-05-04', '2026-05-04T00:00:00.000Z'],
    ['20260504T103000Z', '2026-05-04T10:30:00.000Z'],
    ['1954-01-02', '1954-01-02T00:00:00.000Z'],
    ['20260504 103000+0200', '2026-05-04T08:30:00.000Z'],
    ['2026-05-04 10+02:00', '2026-05-04T08:00:00.000Z'],
    ['20260504t1030-0230', '2026-05-04T13:00:00.000Z'],
    ['2026-05-04T10:30+09:00[Asia/Tokyo]', '2026-05-04T01:30:00.000Z'],
  ])('%s is %s', (time, moment) => {
    expect(new Date(momentOf(time, 'a')).toISOString()).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '10:30',
    '1748383',
    '+300000-01-01',
    '2026-05-04T10:30[Asia/Tokyo]',
    '2026-W19-1',
    'x'.repeat(100_000),
  ])('is none when it says %.20s, and the error names the argument', (time) => {
    const code = expect.objectContaining({
      code: 'INPUT_INVALID',
      details: { argument: 'items[0].file.occurredAt' },
    });
    expect(() => momentOf(time, 'items[0].file.occurredAt')).toThrow(code);
  });
});

describe('a delta of the graph', () => {
  const input = { sessionId: 'ses_1', idempotencyKey: 'k' };

  it('speaks the newest version when it names none, and says null for what is left out', () => {
    const items = [
      { message: { role: 'USER', text: 'hello', speaker: 'Zoë' } },
      { text: { text: 'x', metadata: 'm' } },
    ];
    expect(deltaOf({ ...input, items } as never)).toEqual({
      ...{ ...input, contractVersion: 2, baseRevision: null },
      items: [
        { kind: 'message', role: 'user', text: 'hello', speaker: 'Zoë', occurredAtMs: null, metadata: null },
        { kind: 'text', title: null, text: 'x', occurredAtMs: null, metadata: 'm' },
      ],
    });
  });

  it('speaks no other version than its caller, unless it says so', () => {
    const items = [{ text: { text: 'x' } }];
    expect(deltaOf({ ...input, items } as never, 1).contractVersion).toBe(1);
    expect(deltaOf({ ...input, items, contractVersion: 7 } as never, 1).contractVersion).toBe(7);
  });

  it.each([{}, { file: { path: 'a', text: 'b' }, text: { text: 'c' } }])('has one kind an item: %j', (item) => {
    expect(() => deltaOf({ ...input, items: [item] } as never)).toThrow(ContractError);
  });
});
