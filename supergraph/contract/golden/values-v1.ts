import type { Fragment, Summary } from '../index.ts';
import { tokens } from '../index.ts';
import type { DeltaV1, TokenEventV1, WorkingSetV1 } from '../v1.ts';

/** The values whose bytes stand beside this file as `<name>.v1.bin`. Added to, never edited: shipped bytes stay readable. */
export const DELTAS: Readonly<Record<string, DeltaV1>> = {
  delta: {
    contractVersion: 1,
    sessionId: 'ses_0123456789abcdef01234567',
    idempotencyKey: 'turn-7',
    baseRevision: 6,
    items: [
      { kind: 'file', path: 'src/main.ts', text: 'export const answer = 42;\n' },
      { kind: 'message', role: 'user', text: 'Was ist neu? 😀' },
      { kind: 'text', title: null, text: 'plain\ttext\r\n' },
    ],
  },
  'delta-at-the-end': {
    contractVersion: 1,
    sessionId: 'ses_0123456789abcdef01234567',
    idempotencyKey: 'k',
    baseRevision: null,
    items: [{ kind: 'text', title: 'notes', text: '' }],
  },
};

export const FRAGMENTS: Readonly<Record<string, Fragment>> = {
  fragment: {
    contractVersion: 1,
    role: 'document',
    source: { kind: 'file', name: 'docs/Server.md' },
    text: 'The default of `bodyLimit` is 1048576 bytes.',
    tokens: tokens(13),
    tokenizer: 'o200k',
  },
  'fragment-compressed': {
    contractVersion: 1,
    role: 'tool',
    source: { kind: 'chat', name: null },
    text: 'all work and no play makes a dull fragment\n'.repeat(64),
    tokens: tokens(640),
    tokenizer: 'o200k',
  },
};

export const SUMMARIES: Readonly<Record<string, Summary>> = {
  summary: {
    contractVersion: 1,
    id: 'ses_0123456789abcdef01234567.s00112233445566778899aabbccddeeff',
    level: 1,
    from: 0,
    through: 63,
    children: ['ses_0123456789abcdef01234567.sffeeddccbbaa99887766554433221100'],
    text: 'Fastify limits bodies to 1 MiB.',
    tokens: tokens(9),
    tokenizer: 'o200k',
    method: { name: 'term-coverage', version: 1 },
    fidelity: 0.875,
  },
};

export const WORKING_SETS: Readonly<Record<string, WorkingSetV1>> = {
  'working-set': {
    contractVersion: 1,
    sessionId: 'ses_0123456789abcdef01234567',
    revision: 12,
    budgetTokens: tokens(1_800),
    tokens: tokens(22),
    sessionTokens: tokens(2_000_405),
    segments: [
      {
        kind: 'summary',
        id: 'ses_0123456789abcdef01234567.s00112233445566778899aabbccddeeff',
        reason: 'digest',
        score: null,
        text: 'Fastify limits bodies to 1 MiB.',
        tokens: tokens(9),
        from: 0,
        through: 63,
        verbatim: false,
      },
      {
        kind: 'fragment',
        id: 'ses_0123456789abcdef01234567.00112233445566778899aabbccddeeff',
        reason: 'evidence',
        score: 17.25,
        text: 'The default of `bodyLimit` is 1048576 bytes.',
        tokens: tokens(13),
        from: 40,
        through: 40,
        verbatim: true,
      },
    ],
    omitted: { fragments: 5_612, tokens: tokens(1_999_000) },
    indexedThrough: 5_676,
    degraded: [{ stage: 'compression', code: 'DEADLINE_EXCEEDED', message: 'no digest' }],
  },
};

const event = { contractVersion: 1, generationId: 'gen_0123456789abcdef01234567' };

export const TOKEN_EVENTS: Readonly<Record<string, TokenEventV1>> = {
  'event-started': { ...event, sequence: 0, type: 'started' },
  'event-delta': { ...event, sequence: 1, type: 'delta', text: ' 1 MiB', tokens: 3 },
  'event-completed': { ...event, sequence: 2, type: 'completed', reason: 'stop' },
  'event-failed': { ...event, sequence: 3, type: 'failed', code: 'MODEL_FAILED', message: 'the engine stopped' },
  'event-cancelled': { ...event, sequence: 4, type: 'cancelled' },
};
