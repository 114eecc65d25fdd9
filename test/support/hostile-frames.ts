import { hostileMessage } from './hostile-json.ts';
import type { Random } from './random.ts';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

interface FrameParts {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isFinal?: boolean;
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** What the header says, where that is not so. */
  readonly claimedBytes?: number;
}

/** One WebSocket frame as a client writes it, or as none should. */
export function frame({
  opcode,
  payload,
  isFinal = true,
  reserved = 0,
  isMasked = true,
  claimedBytes,
}: FrameParts): Buffer {
  const sizeBytes = claimedBytes ?? payload.length;
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  const header =
    sizeBytes < 126
      ? Buffer.from([first, mask | sizeBytes])
      : sizeBytes < 65_536
        ? Buffer.from([first, mask | 126, sizeBytes >> 8, sizeBytes & 255])
        : Buffer.from([first, mask | 127, ...bigEndian(sizeBytes)]);
  // A mask of nothing: what is masked with it stays what it is.
  return Buffer.concat([header, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A frame as a client of the protocol writes it, whatever the message in it is. */
export function messageFrame(random: Random): Buffer {
  return frame({ opcode: TEXT, payload: Buffer.from(hostileMessage(random)) });
}

/** A frame that the other side has to take: messages that are none of its business, and pings. */
export function harmlessFrame(random: Random): Buffer {
  return random.pick([
    () => frame({ opcode: PING, payload: random.bytes(random.below(126)) }),
    () => frame({ opcode: PONG, payload: random.bytes(random.below(126)) }),
    () => frame({ opcode: TEXT, payload: Buffer.from('{"type":"ping"}') }),
    () => frame({ opcode: TEXT, payload: Buffer.from('{"type":"pong","payload":{"a":[1]}}') }),
    () => frame({ opcode: TEXT, payload: Buffer.from('{"type":"complete","id":"__proto__"}') }),
  ])();
}

/** A frame that breaks a rule of RFC 6455, or is at its edge. */
export function brokenFrame(random: Random): Buffer {
  const payload = random.bytes(random.below(40));
  return random.pick([
    () => frame({ opcode: random.below(16), payload, reserved: random.below(8) }),
    () => frame({ opcode: TEXT, payload, isMasked: false }),
    () => frame({ opcode: TEXT, payload: Buffer.from([0xc3, 0x28, 0xff]) }),
    () => frame({ opcode: PING, payload: Buffer.alloc(126 + random.below(70_000)) }),
    () => frame({ opcode: PING, payload, isFinal: false }),
    () => frame({ opcode: 0, payload, isFinal: random.chance(0.5) }),
    () => Buffer.concat([frame({ opcode: TEXT, payload, isFinal: false }), frame({ opcode: TEXT, payload })]),
    () =>
      Buffer.concat(
        Array.from({ length: 200 }, (_, at) =>
          frame({ opcode: at === 0 ? TEXT : 0, payload: Buffer.alloc(1), isFinal: false }),
        ),
      ),
    () => frame({ opcode: CLOSE, payload: Buffer.from([random.below(256), random.below(256), 0xff]) }),
    () => frame({ opcode: CLOSE, payload: Buffer.from([3]) }),
    () => frame({ opcode: TEXT, payload, claimedBytes: random.pick([2 ** 31, 2 ** 53 - 1, 17 * 2 ** 20, 100]) }),
    () => random.bytes(random.below(60)),
  ])();
}
