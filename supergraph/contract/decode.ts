import { zstdDecompressSync } from 'node:zlib';
import { Decoder } from '@msgpack/msgpack';
import { isBounded } from './check-structure.ts';
import type { Delta } from './delta.ts';
import { CODEC, KIND } from './encode.ts';
import { ContractError } from './errors.ts';
import { type Field, malformed } from './fields.ts';
import type { Fragment } from './fragment.ts';
import type { Summary } from './summary.ts';
import type { TokenEvent } from './token-event.ts';
import { MESSAGES } from './v1.ts';
import { CONTRACT_VERSIONS } from './version.ts';
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

/**
 * Reads the version before anything else.
 * @throws ContractError CONTRACT_VERSION_UNKNOWN with the range spoken here, or MESSAGE_MALFORMED naming the field.
 */
function decodeMessage<Message>(kind: keyof typeof KIND, field: Field<Message>, bytes: Uint8Array): Message {
  const [version, codec] = bytes;
  if (version === undefined || codec === undefined) throw malformed(kind, 'a version byte and a codec byte');
  if (version < CONTRACT_VERSIONS.from || version > CONTRACT_VERSIONS.through) {
    throw new ContractError('CONTRACT_VERSION_UNKNOWN', `${kind} of contract version ${version} cannot be read here`, {
      from: CONTRACT_VERSIONS.from,
      through: CONTRACT_VERSIONS.through,
    });
  }
  const packed = unpack(kind, codec, bytes.subarray(2));
  if (!Array.isArray(packed) || packed.length !== 2 || packed[0] !== KIND[kind]) {
    throw malformed(kind, `a message of kind ${KIND[kind]}`);
  }
  return field.unpack(packed[1], kind);
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

/** @throws ContractError CONTRACT_VERSION_UNKNOWN or MESSAGE_MALFORMED, and nothing else; so do all of these. */
export function decodeDelta(bytes: Uint8Array): Delta {
  return decodeMessage('delta', MESSAGES.delta, bytes);
}

export function decodeFragment(bytes: Uint8Array): Fragment {
  return decodeMessage('fragment', MESSAGES.fragment, bytes);
}

export function decodeSummary(bytes: Uint8Array): Summary {
  return decodeMessage('summary', MESSAGES.summary, bytes);
}

export function decodeWorkingSet(bytes: Uint8Array): WorkingSet {
  return decodeMessage('workingSet', MESSAGES.workingSet, bytes);
}

export function decodeTokenEvent(bytes: Uint8Array): TokenEvent {
  return decodeMessage('tokenEvent', MESSAGES.tokenEvent, bytes);
}
