import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { segmentOf } from '../../../test/conformance/segment-store.ts';
import { packSegment, unpackSegment } from './packed-segment.ts';

describe('segments at rest', () => {
  it('are packed and come back byte for byte', async () => {
    const segment = segmentOf(...Array.from({ length: 400 }, (_, at) => `the words of text ${at % 7} and of ${at}`));
    const packed = await packSegment(segment);
    expect(packed.length).toBeLessThan(0.8 * segment.sizeBytes);
    expect((await unpackSegment(packed))?.bytes).toEqual(segment.bytes);
  });

  it('are opened as they lay there before they were packed', async () => {
    const segment = segmentOf('one', 'two');
    expect((await unpackSegment(segment.bytes))?.bytes).toEqual(segment.bytes);
  });

  it('are none when the frame is broken, holds something else, or there is nothing', async () => {
    const packed = await packSegment(segmentOf('one', 'two'));
    expect(await unpackSegment(packed.subarray(0, -1))).toBeNull();
    expect(await unpackSegment(zstdCompressSync(Buffer.alloc(100)))).toBeNull();
    expect(await unpackSegment(new Uint8Array(0))).toBeNull();
  });
});
