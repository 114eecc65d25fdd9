import { describe, expect, it } from 'vitest';
import * as webSockets from 'ws';
import { frame } from '../../../test/support/hostile-frames.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { FrameMeter } from './frame-meter.ts';

const TEXT = 1;
const CONTINUED = 0;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const part = (opcode: number, sizeBytes: number, isFinal: boolean): Buffer =>
  frame({ opcode, payload: Buffer.alloc(sizeBytes, 'x'), isFinal });

/** What is held after each chunk. */
function held(meter: FrameMeter, ...chunks: readonly Buffer[]): number[] {
  return chunks.map((chunk) => {
    meter.take(chunk);
    return meter.heldBytes;
  });
}

describe('a message', () => {
  it('holds nothing when it comes whole, whatever its length is written in', () => {
    const chunks = [0, 1, 125, 126, 65_535, 65_536, 200_000].map((sizeBytes) => part(TEXT, sizeBytes, true));
    expect(held(new FrameMeter(), ...chunks, Buffer.concat(chunks))).toEqual(Array(chunks.length + 1).fill(0));
  });

  it('holds what has come of it until it ends, whatever control frames stand in it', () => {
    const meter = new FrameMeter();
    const parts = [part(TEXT, 10_000, false), part(PING, 5, true), part(CONTINUED, 10_000, false), part(PONG, 0, true)];
    const [first = 0, ...more] = held(meter, ...parts);
    expect(first).toBeGreaterThan(10_000);
    expect(more).toEqual([...more].sort((a, b) => a - b));
    expect(more.at(-1)).toBeGreaterThan(20_000);
    expect(held(meter, part(CONTINUED, 0, true))).toEqual([0]);
  });

  it('counts for much when it comes in crumbs', () => {
    const bytes = part(TEXT, 1_000, true).subarray(0, -1);
    const crumbs = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(held(new FrameMeter(), ...crumbs).at(-1)).toBeGreaterThan(100 * bytes.length);
    const fragments = [part(TEXT, 1, false), ...Array.from({ length: 1_000 }, () => part(CONTINUED, 1, false))];
    expect(held(new FrameMeter(), Buffer.concat(fragments)).at(-1)).toBeGreaterThan(200 * fragments.length);
  });

  it('holds nothing of the one before it, and begins anew', () => {
    const meter = new FrameMeter();
    held(meter, part(TEXT, 50_000, false));
    const next = part(TEXT, 100, false);
    expect(meter.take(Buffer.concat([part(CONTINUED, 1, true), next]))).toBe(true);
    expect(meter.heldBytes).toBeLessThan(2_000);
    expect(meter.take(part(PING, 1, true))).toBe(false);
  });

  it('keeps what it holds after a close frame, and nothing is added to it', () => {
    const meter = new FrameMeter();
    const [before] = held(meter, part(TEXT, 1_000, false));
    expect(held(meter, part(CLOSE, 0, true), Buffer.alloc(100_000))).toEqual([before, before]);
  });
});

/** The reader of ws itself, which its types do not know. */
interface Receiver {
  readonly _bufferedBytes: number;
  readonly _fragmented: number;
  readonly _state: number;
  write(chunk: Buffer): void;
}
const { Receiver } = webSockets as unknown as { Receiver: new (options: object) => Receiver };

it('holds something exactly when the reader of the frames does', () => {
  const random = seededRandom(7);
  for (let time = 0; time < 200; time++) {
    const frames: Buffer[] = [];
    for (let message = 0; message < 4; message++) {
      const parts = 1 + random.below(4);
      for (let at = 0; at < parts; at++) {
        if (random.chance(0.4)) frames.push(part(random.pick([PING, PONG]), random.below(126), true));
        const sizeBytes = random.pick([0, 1, random.below(125), 126, 65_535, 65_536 + random.below(9)]);
        frames.push(part(at === 0 ? TEXT : CONTINUED, sizeBytes, at === parts - 1));
      }
    }
    const receiver = new Receiver({ isServer: true });
    const meter = new FrameMeter();
    const bytes = Buffer.concat(frames);
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.below(random.pick([3, 40, 70_000]));
      receiver.write(Buffer.from(bytes.subarray(at, end)));
      meter.take(bytes.subarray(at, end));
      const isWhole = receiver._bufferedBytes === 0 && receiver._fragmented === 0 && receiver._state === 0;
      expect(meter.heldBytes === 0).toBe(isWhole);
      at = end;
    }
    expect(meter.heldBytes).toBe(0);
  }
});
