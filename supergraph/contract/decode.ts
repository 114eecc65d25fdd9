import { zstdDecompressSync } from 'node:zlib';
import { Decoder } from '@msgpack/msgpack';
import { isBounded } from './check-structure.ts';
import type { Delta } from './delta.ts';
import { CODEC, KIND } from './encode.ts';
import { ContractError } from './errors.ts';
import { malformed } from './fields.ts';
import type { Fragment } from './fragment.ts';
import type { Summary } from './summary.ts';
import type { TokenEvent } from './token-event.ts';
import { MESSAGES as V1 } from './v1.ts';
import { FROM_V1, MESSAGES as V2 } from './v2.ts';
import { WRITTEN_VERSIONS } from './version.ts';
import type { WorkingSet } from './working-set.ts';

/** No message is larger than this when it is unpacked: a small bomb cannot grow into more. */
const MAXIMUM_PAYLOAD_BYTES = 32 * 1024 * 1024;
const MAXIMUM_LIST = 1024 * 1024;

const decoder = new Decoder({
  maxArrayLength: MAXIMUM_LIST,
  maxMapLength: 0,
  maxExtLength: 0,

  rawStrings: true,
});

/** Reads the fields of a message in one version, as the message it is today. */
type Reader<Message> = (packed: unknown, path: string) => Message;

/**
 * Reads the version before anything else.
 * @param readers one for each version a message of this kind was ever written in, the first for version 1
 * @throws ContractError CONTRACT_VERSION_UNKNOWN with the range known of this kind, or MESSAGE_MALFORMED naming the field.
 */
function decodeMessage<Message>(
  kind: keyof typeof KIND,
  readers: readonly Reader<Message>[],
  bytes: Uint8Array,
): Message {
  const [version, codec] = bytes;
  if (version === undefined || codec === undefined) throw malformed(kind, 'a version byte and a codec byte');
  const read = readers[version - 1];
  if (read === undefined) {
    const range = { from: 1, through: WRITTEN_VERSIONS[kind] };
    const message = `${kind} of contract version ${version} cannot be read here`;
    throw new ContractError('CONTRACT_VERSION_UNKNOWN', message, range);
  }
  const packed = unpack(kind, codec, bytes.subarray(2));
  if (!Array.isArray(packed) || packed.length !== 2 || packed[0] !== KIND[kind]) {
    throw malformed(kind, `a message of kind ${KIND[kind]}`);
  }
  return read(packed[1], kind);
}

function unpack(kind: string, codec: number, body: Uint8Array): unknown {
  if (codec !== CODEC.plain && codec !== CODEC.zstd) throw malformed(`${kind}.codec`, '0 or 1');
  let payload: Uint8Array;
  try {
    payload = codec === CODEC.plain ? body : zstdDecompressSync(body, { maxOutputLength: MAXIMUM_PAYLOAD_BYTES });
    if (isBounded(payload)) return decoder.decode(payload);
  } catch (error) {
    throw new ContractError('MESSAGE_MALFORMED', `${kind}: the payload cannot be unpacked`, { field: kind }, error);
  }
  throw malformed(kind, 'lists no deeper and no longer than a message has');
}

const DELTA: readonly Reader<Delta>[] = [(...at) => FROM_V1.delta(V1.delta.unpack(...at)), V2.delta.unpack];
const WORKING_SET: readonly Reader<WorkingSet>[] = [
  (...at) => FROM_V1.workingSet(V1.workingSet.unpack(...at)),
  V2.workingSet.unpack,
];
const TOKEN_EVENT: readonly Reader<TokenEvent>[] = [
  (...at) => FROM_V1.tokenEvent(V1.tokenEvent.unpack(...at)),
  V2.tokenEvent.unpack,
];

/** @throws ContractError CONTRACT_VERSION_UNKNOWN or MESSAGE_MALFORMED, and nothing else; so do all of these. */
export function decodeDelta(bytes: Uint8Array): Delta {
  return decodeMessage('delta', DELTA, bytes);
}

export function decodeFragment(bytes: Uint8Array): Fragment {
  return decodeMessage('fragment', [V1.fragment.unpack], bytes);
}

export function decodeSummary(bytes: Uint8Array): Summary {
  return decodeMessage('summary', [V1.summary.unpack], bytes);
}

export function decodeWorkingSet(bytes: Uint8Array): WorkingSet {
  return decodeMessage('workingSet', WORKING_SET, bytes);
}

export function decodeTokenEvent(bytes: Uint8Array): TokenEvent {
  return decodeMessage('tokenEvent', TOKEN_EVENT, bytes);
}
