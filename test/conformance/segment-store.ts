import { allSteps, sealTail } from '@supercontext/store/search/seal.ts';
import type { Segment } from '@supercontext/store/search/segment.ts';
import type { SegmentStore } from '@supercontext/store/search/segment-store.ts';
import { Tail } from '@supercontext/store/search/tail.ts';
import { Tokenizer } from '@supercontext/store/search/tokenize.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export const SESSION = `ses_${'a'.repeat(24)}`;
const OTHER = `ses_${'b'.repeat(24)}`;
export const LOG_DIGEST = 'a'.repeat(32);

export function segmentOf(...texts: readonly string[]): Segment {
  const tokenizer = new Tokenizer();
  const tail = new Tail();
  for (const text of texts) {
    tokenizer.read(text);
    tail.add(tokenizer);
  }
  return allSteps(sealTail(tail));
}

const placed = (from: number, ...texts: readonly string[]) => ({
  from,
  segment: segmentOf(...texts),
  logDigest: LOG_DIGEST,
});

/** What every store of search segments promises. `open` gives an empty one. */
export function segmentStoreConformance(open: () => Promise<SegmentStore>): void {
  describe('search segments', () => {
    let store: SegmentStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const startsOf = async (sessionId = SESSION) =>
      (await store.read(sessionId)).segments.map(({ from, segment }) => [from, segment.documents]);

    it('come back in order, each session its own, with the log they are of', async () => {
      expect(await store.read(SESSION)).toEqual({ segments: [], unusable: 0 });
      await store.write(OTHER, placed(2, 'three'));
      await store.write(SESSION, { ...placed(2, 'three'), logDigest: '0123456789abcdef'.repeat(2) });
      await store.write(SESSION, placed(0, 'one', 'two'));
      const { segments, unusable } = await store.read(SESSION);
      expect(segments.map(({ from, logDigest }) => [from, logDigest])).toEqual([
        [0, LOG_DIGEST],
        [2, '0123456789abcdef'.repeat(2)],
      ]);
      expect(segments[0]?.segment.bytes).toEqual(segmentOf('one', 'two').bytes);
      expect(unusable).toBe(0);
    });

    it('are replaced by one that covers their stretch, and by one that begins where they do', async () => {
      for (const at of [0, 1, 2, 3]) await store.write(SESSION, placed(at, 'one'));
      await store.write(SESSION, placed(0, 'one', 'two', 'three'));
      expect(await startsOf()).toEqual([
        [0, 3],
        [3, 1],
      ]);
      await store.write(SESSION, placed(3, 'four', 'five'));
      await store.write(SESSION, placed(3, 'four', 'five'));
      expect(await startsOf()).toEqual([
        [0, 3],
        [3, 2],
      ]);
    });

    it('are dropped with their session, and those of no other', async () => {
      for (const at of [0, 1024, 2048]) await store.write(SESSION, placed(at, 'one'));
      await store.write(OTHER, placed(0, 'one'));
      expect(await store.erase(SESSION)).toBe(3);
      expect(await store.erase(SESSION)).toBe(0);
      expect(await startsOf()).toEqual([]);
      expect(await startsOf(OTHER)).toEqual([[0, 1]]);
      await store.write(SESSION, placed(7, 'again'));
      expect(await startsOf()).toEqual([[7, 1]]);
    });
  });
}
