import { zstdCompressSync } from 'node:zlib';
import type { Delta } from './delta.ts';
import type { Field } from './fields.ts';
import type { Fragment } from './fragment.ts';
import { MessagePackWriter } from './message-pack.ts';
import type { Summary } from './summary.ts';
import type { TokenEvent } from './token-event.ts';
import { MESSAGES as V1 } from './v1.ts';
import { MESSAGES as V2 } from './v2.ts';
import { WRITTEN_VERSIONS } from './version.ts';
import type { WorkingSet } from './working-set.ts';

/** What the second byte of a message says about the rest. */
export const CODEC = { plain: 0, zstd: 1 } as const;

/** The number of a message kind: the first element of its payload. Never renumbered. */
export const KIND = { delta: 0, fragment: 1, summary: 2, workingSet: 3, tokenEvent: 4 } as const satisfies Record<
  keyof typeof V1,
  number
>;

/** Payloads up to this many bytes are not worth compressing. */
const COMPRESS_ABOVE_BYTES = 1_024;

type Kind = keyof typeof KIND;

const writer = new MessagePackWriter();

/** A view of memory that the next message is written to. */
function payload<Message>(kind: Kind, field: Field<Message>, message: Message): Uint8Array {
  return writer.write([KIND[kind], field.pack(message)]);
}

function frame(kind: Kind, codec: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 2);
  bytes[0] = WRITTEN_VERSIONS[kind];
  bytes[1] = codec;
  bytes.set(body, 2);
  return bytes;
}

/** Version byte, codec byte, payload; compressed where that makes it smaller. */
function atRest<Message>(kind: Kind, field: Field<Message>, message: Message): Uint8Array {
  const body = payload(kind, field, message);
  if (body.length <= COMPRESS_ABOVE_BYTES) return frame(kind, CODEC.plain, body);
  const compressed = zstdCompressSync(body);
  return compressed.length < body.length ? frame(kind, CODEC.zstd, compressed) : frame(kind, CODEC.plain, body);
}

export function encodeDelta(delta: Delta): Uint8Array {
  return atRest('delta', V2.delta, delta);
}

export function encodeFragment(fragment: Fragment): Uint8Array {
  return atRest('fragment', V1.fragment, fragment);
}

/**
 * The bytes a fragment's id is the keyed hash of: version byte, plain codec byte, payload. The same for equal fragments,
 * whatever compressor (or none) wrote the bytes at rest.
 */
export function canonicalFragment(fragment: Fragment): Uint8Array {
  return frame('fragment', CODEC.plain, payload('fragment', V1.fragment, fragment));
}

export function encodeSummary(summary: Summary): Uint8Array {
  return atRest('summary', V1.summary, summary);
}

export function encodeWorkingSet(workingSet: WorkingSet): Uint8Array {
  return atRest('workingSet', V2.workingSet, workingSet);
}

export function encodeTokenEvent(event: TokenEvent): Uint8Array {
  return atRest('tokenEvent', V2.tokenEvent, event);
}
