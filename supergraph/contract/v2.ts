import type { Delta, DeltaItem, Said } from './delta.ts';
import {
  choice,
  type Field,
  flag,
  list,
  malformed,
  moment,
  nullable,
  real,
  share,
  struct,
  text,
  variants,
  whole,
} from './fields.ts';
import type { TokenEvent } from './token-event.ts';
import { type DeltaV1, errorCode, role, source, type TokenEventV1, tokens, type WorkingSetV1 } from './v1.ts';
import { type Degradation, SEGMENT_REASONS, type Segment, type WorkingSet } from './working-set.ts';

// The messages whose form changed with version 2, each with its step from version 1. Shipped: fields are never moved, renamed or
// removed here.

const version: Field<number> = {
  pack: () => 2,
  unpack(packed, path) {
    if (packed !== 2) throw malformed(path, '2');
    return packed;
  },
};
const said = { occurredAtMs: nullable(moment), metadata: nullable(text) };

const delta = struct<Delta>({
  contractVersion: version,
  sessionId: text,
  idempotencyKey: text,
  baseRevision: nullable(whole()),
  items: list(
    variants<'kind', DeltaItem>('kind', {
      file: struct({ path: text, text, ...said }),
      message: struct({ role, speaker: nullable(text), text, ...said }),
      text: struct({ title: nullable(text), text, ...said }),
    }),
  ),
});

const segment = struct<Segment>({
  kind: choice(['fragment', 'summary']),
  id: text,
  reason: choice(SEGMENT_REASONS),
  score: nullable(real),
  text,
  tokens,
  from: whole(),
  through: whole(),
  verbatim: flag,
  role: nullable(role),
  speaker: nullable(text),
  source: nullable(source),
  ...said,
  modelWritten: flag,
});

const workingSet = struct<WorkingSet>({
  contractVersion: version,
  sessionId: text,
  revision: whole(),
  budgetTokens: tokens,
  tokens,
  sessionTokens: tokens,
  segments: list(segment),
  omitted: struct<WorkingSet['omitted']>({ fragments: whole(), tokens }),
  indexedThrough: whole(-1),
  confidence: nullable(share),
  degraded: list(struct<Degradation>({ stage: text, code: text, message: text })),
});

const event = { contractVersion: version, generationId: text, sequence: whole() };
const tokenEvent = variants<'type', TokenEvent>('type', {
  started: struct(event),
  delta: struct({ ...event, text, tokens: whole() }),
  completed: struct({ ...event, reason: choice(['stop', 'length']) }),
  failed: struct({ ...event, code: errorCode, message: text }),
  cancelled: struct(event),
  'evidence-chosen': struct({ ...event, evidence: whole(), workingSetTokens: whole(), confidence: nullable(share) }),
});

/** The messages by the number that stands first in their bytes. */
export const MESSAGES = { delta, workingSet, tokenEvent } as const;

const NOT_SAID: Said = { occurredAtMs: null, metadata: null };
const NOT_KNOWN = { role: null, speaker: null, source: null, ...NOT_SAID, modelWritten: false } as const;

/** From version 1: what it could not say is not known. */
export const FROM_V1 = {
  delta: (one: DeltaV1): Delta => ({
    ...one,
    contractVersion: 2,
    items: one.items.map((item) =>
      item.kind === 'message' ? { ...item, speaker: null, ...NOT_SAID } : { ...item, ...NOT_SAID },
    ),
  }),
  workingSet: (one: WorkingSetV1): WorkingSet => ({
    ...one,
    contractVersion: 2,
    confidence: null,
    segments: one.segments.map((segment) => ({ ...segment, ...NOT_KNOWN })),
  }),
  tokenEvent: (one: TokenEventV1): TokenEvent => ({ ...one, contractVersion: 2 }),
} as const;
