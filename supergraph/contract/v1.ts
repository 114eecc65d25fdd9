import type { Delta, DeltaItem, Said } from './delta.ts';
import { isErrorCode } from './errors.ts';
import {
  choice,
  type Field,
  flag,
  list,
  malformed,
  nullable,
  real,
  share,
  struct,
  text,
  variants,
  whole,
} from './fields.ts';
import type { Fragment, Role, Source } from './fragment.ts';
import type { StageVersion, Summary } from './summary.ts';
import type { TokenEvent } from './token-event.ts';
import type { Tokens } from './units.ts';
import { type Degradation, SEGMENT_REASONS, type Segment, type WorkingSet } from './working-set.ts';

// Version 1 of every message. Shipped: fields are never moved, renamed or removed here; what has changed since stands in v2.ts,
// with one step from this version to that.

/** What version 1 did not know. */
type LaterOfSegments = 'role' | 'speaker' | 'source' | 'occurredAtMs' | 'metadata' | 'modelWritten';
type Without<Union, Fields extends PropertyKey> = Union extends unknown ? Omit<Union, Fields> : never;

export type DeltaItemV1 = Without<DeltaItem, keyof Said | 'speaker'>;
export type DeltaV1 = Omit<Delta, 'items'> & { readonly items: readonly DeltaItemV1[] };
export type SegmentV1 = Omit<Segment, LaterOfSegments>;
export type WorkingSetV1 = Omit<WorkingSet, 'segments' | 'confidence'> & { readonly segments: readonly SegmentV1[] };
export type TokenEventV1 = Exclude<TokenEvent, { readonly type: 'evidence-chosen' }>;

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool', 'document'];

const version: Field<number> = {
  pack: () => 1,
  unpack(packed, path) {
    if (packed !== 1) throw malformed(path, '1');
    return packed;
  },
};
export const tokens = whole() as Field<Tokens>;
export const role = choice(ROLES);
export const source = struct<Source>({ kind: choice(['file', 'text', 'chat']), name: nullable(text) });
const stageVersion = struct<StageVersion>({ name: text, version: whole() });

const fragment = struct<Fragment>({ contractVersion: version, role, source, text, tokens, tokenizer: text });

const delta = struct<DeltaV1>({
  contractVersion: version,
  sessionId: text,
  idempotencyKey: text,
  baseRevision: nullable(whole()),
  items: list(
    variants<'kind', DeltaItemV1>('kind', {
      file: struct({ path: text, text }),
      message: struct({ role, text }),
      text: struct({ title: nullable(text), text }),
    }),
  ),
});

const summary = struct<Summary>({
  contractVersion: version,
  id: text,
  level: whole(),
  from: whole(),
  through: whole(),
  children: list(text),
  text,
  tokens,
  tokenizer: text,
  method: stageVersion,
  fidelity: share,
});

const segment = struct<SegmentV1>({
  kind: choice(['fragment', 'summary']),
  id: text,
  reason: choice(SEGMENT_REASONS),
  score: nullable(real),
  text,
  tokens,
  from: whole(),
  through: whole(),
  verbatim: flag,
});

const workingSet = struct<WorkingSetV1>({
  contractVersion: version,
  sessionId: text,
  revision: whole(),
  budgetTokens: tokens,
  tokens,
  sessionTokens: tokens,
  segments: list(segment),
  omitted: struct<WorkingSet['omitted']>({ fragments: whole(), tokens }),
  indexedThrough: whole(-1),
  degraded: list(struct<Degradation>({ stage: text, code: text, message: text })),
});

export const errorCode: Field<Extract<TokenEventV1, { type: 'failed' }>['code']> = {
  pack: (value) => value,
  unpack(packed, path) {
    const code = packed instanceof Uint8Array ? text.unpack(packed, path) : null;
    if (!isErrorCode(code)) throw malformed(path, 'a code of the error table');
    return code;
  },
};
const event = { contractVersion: version, generationId: text, sequence: whole() };
const tokenEvent = variants<'type', TokenEventV1>('type', {
  started: struct(event),
  delta: struct({ ...event, text, tokens: whole() }),
  completed: struct({ ...event, reason: choice(['stop', 'length']) }),
  failed: struct({ ...event, code: errorCode, message: text }),
  cancelled: struct(event),
});

/** The messages by the number that stands first in their bytes. */
export const MESSAGES = { delta, fragment, summary, workingSet, tokenEvent } as const;
