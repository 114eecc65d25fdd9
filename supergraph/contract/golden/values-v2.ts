import type { Delta, TokenEvent, WorkingSet } from '../index.ts';
import { tokens } from '../index.ts';

/** The values whose bytes stand beside this file as `<name>.v2.bin`. Added to, never edited: shipped bytes stay readable. */
export const DELTAS: Readonly<Record<string, Delta>> = {
  delta: {
    contractVersion: 2,
    sessionId: 'ses_0123456789abcdef01234567',
    idempotencyKey: 'turn-7',
    baseRevision: 6,
    items: [
      {
        kind: 'file',
        path: 'src/main.ts',
        text: 'export const answer = 42;\n',
        occurredAtMs: 1_764_374_400_000,
        metadata: '{"commit":"89d9e10"}',
      },
      {
        kind: 'message',
        role: 'user',
        speaker: 'Zoë',
        text: 'Was ist neu? 😀',
        occurredAtMs: -86_400_000,
        metadata: null,
      },
      { kind: 'text', title: null, text: 'plain\ttext\r\n', occurredAtMs: null, metadata: null },
    ],
  },
  'delta-at-the-end': {
    contractVersion: 2,
    sessionId: 'ses_0123456789abcdef01234567',
    idempotencyKey: 'k',
    baseRevision: null,
    items: [{ kind: 'message', role: 'tool', speaker: null, text: '', occurredAtMs: null, metadata: null }],
  },
};

export const WORKING_SETS: Readonly<Record<string, WorkingSet>> = {
  'working-set': {
    contractVersion: 2,
    sessionId: 'ses_0123456789abcdef01234567',
    revision: 12,
    budgetTokens: tokens(1_800),
    tokens: tokens(38),
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
        role: null,
        speaker: null,
        source: null,
        occurredAtMs: null,
        metadata: null,
        modelWritten: false,
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
        role: 'document',
        speaker: null,
        source: { kind: 'file', name: 'docs/Server.md' },
        occurredAtMs: 1_764_374_400_000,
        metadata: '{"commit":"89d9e10"}',
        modelWritten: false,
      },
      {
        kind: 'fragment',
        id: 'ses_0123456789abcdef01234567.ffeeddccbbaa99887766554433221100',
        reason: 'evidence',
        score: 4.5,
        text: 'It was 1 MiB when you asked in May.',
        tokens: tokens(10),
        from: 41,
        through: 41,
        verbatim: true,
        role: 'assistant',
        speaker: 'Ada',
        source: { kind: 'chat', name: null },
        occurredAtMs: null,
        metadata: null,
        modelWritten: true,
      },
    ],
    omitted: { fragments: 5_612, tokens: tokens(1_999_000) },
    indexedThrough: 5_676,
    confidence: 0.75,
    degraded: [{ stage: 'compression', code: 'DEADLINE_EXCEEDED', message: 'no digest' }],
  },
};

const event = { contractVersion: 2, generationId: 'gen_0123456789abcdef01234567' };

export const TOKEN_EVENTS: Readonly<Record<string, TokenEvent>> = {
  'event-started': { ...event, sequence: 0, type: 'started' },
  'event-evidence-chosen': {
    ...event,
    sequence: 1,
    type: 'evidence-chosen',
    evidence: 2,
    workingSetTokens: 38,
    confidence: null,
  },
  'event-delta': { ...event, sequence: 2, type: 'delta', text: ' 1 MiB', tokens: 3 },
  'event-completed': { ...event, sequence: 3, type: 'completed', reason: 'stop' },
  'event-failed': { ...event, sequence: 4, type: 'failed', code: 'MODEL_FAILED', message: 'the engine stopped' },
  'event-cancelled': { ...event, sequence: 5, type: 'cancelled' },
};
