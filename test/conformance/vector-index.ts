import {
  EVERYWHERE,
  type FragmentVectors,
  type VectorIndex,
  type VectorSpace,
} from '@supercontext/store/search/vectors/vector-index.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';

const DIMENSIONS = 64;
export const SPACE: VectorSpace = { sessionId: `ses_${'0'.repeat(24)}`, model: 'tiny.1', dimensions: DIMENSIONS };
const OTHER_SESSION: VectorSpace = { ...SPACE, sessionId: `ses_${'1'.repeat(24)}` };
const OTHER_MODEL: VectorSpace = { ...SPACE, model: 'tiny.2', dimensions: 32 };

const { below } = seededRandom(11);
const random = (): number => below(1_000_000) / 1_000_000;

/** So many random directions, one behind the other. */
export function directions(count: number, dimensions = DIMENSIONS): Float32Array {
  const vectors = new Float32Array(count * dimensions);
  for (let at = 0; at < count; at++) {
    const vector = vectors.subarray(at * dimensions, (at + 1) * dimensions);
    for (let place = 0; place < dimensions; place++) vector[place] = random() + random() + random() - 1.5;
    const length = Math.hypot(...vector);
    for (let place = 0; place < dimensions; place++) vector[place] = (vector[place] as number) / length;
  }
  return vectors;
}

export function fragment(position: number, windows = 1, dimensions = DIMENSIONS): FragmentVectors {
  return { position, hash: position.toString(16).padStart(32, '0'), vectors: directions(windows, dimensions) };
}

function cosine(vector: Float32Array, { vectors }: FragmentVectors): number {
  let best = -1;
  for (let from = 0; from < vectors.length; from += vector.length) {
    best = Math.max(
      best,
      vector.reduce((total, value, at) => total + value * (vectors[from + at] as number), 0),
    );
  }
  return best;
}

/** A direction near to another. */
function near(vector: Float32Array, noise: number): Float32Array {
  const moved = vector.map((value) => value + noise * (random() - 0.5));
  const length = Math.hypot(...moved);
  return moved.map((value) => value / length);
}

/** What every index of vectors promises. `open` gives an empty one. */
export function vectorIndexConformance(name: string, open: () => Promise<VectorIndex>): void {
  describe(`vector index: ${name}`, () => {
    let index: VectorIndex;
    beforeEach(async () => {
      index = await open();
    });
    afterEach(() => index.close());

    it('holds what was put, in order of position, and nothing before', async () => {
      expect(await index.held(SPACE)).toEqual([]);
      expect(await index.search(SPACE, directions(1), 5)).toEqual([]);
      expect(await index.spaces(SPACE.sessionId)).toEqual([]);
      await index.put(SPACE, [fragment(7, 3), fragment(2)]);
      await index.put(SPACE, [fragment(4)]);
      const expected = [2, 4, 7].map((position) => ({ position, hash: position.toString(16).padStart(32, '0') }));
      expect(await index.held(SPACE)).toEqual(expected);
      expect(await index.spaces(SPACE.sessionId)).toEqual([SPACE]);
    });

    it('finds the nearest of many, best first, each once, with the cosine of its best window', async () => {
      const all = Array.from({ length: 700 }, (_, position) => fragment(position, 1 + (position % 4)));
      await index.put(SPACE, all.slice(0, 512));
      await index.put(SPACE, all.slice(512));
      let found = 0;
      for (let question = 0; question < 20; question++) {
        const asked = near((all[question * 31] as FragmentVectors).vectors.subarray(0, DIMENSIONS), 0.3);
        const hits = await index.search(SPACE, asked, 10);
        expect(hits).toHaveLength(10);
        expect(hits[0]?.position).toBe(question * 31);
        expect(new Set(hits.map(({ position }) => position)).size).toBe(10);
        for (const [at, hit] of hits.entries()) {
          const exact = cosine(asked, all[hit.position] as FragmentVectors);
          expect(hit.similarity).toBeCloseTo(exact, 2);
          expect(hit.hash).toBe(all[hit.position]?.hash);
          if (at > 0) expect(hit.similarity).toBeLessThanOrEqual(hits[at - 1]?.similarity ?? 0);
        }
        const best = all.toSorted((one, other) => cosine(asked, other) - cosine(asked, one)).slice(0, 10);
        found += best.filter(({ position }) => hits.some((hit) => hit.position === position)).length;
      }
      expect(found / 200).toBeGreaterThan(0.8);
    });

    it('keeps the last that was put at a position, and the same twice as once', async () => {
      const [old, renewed] = [fragment(3, 2), { ...fragment(3), hash: 'f'.repeat(32) }];
      await index.put(SPACE, [old, fragment(4)]);
      await index.search(SPACE, directions(1), 1);
      await index.put(SPACE, [renewed]);
      await index.put(SPACE, [renewed]);
      expect(await index.held(SPACE)).toEqual([
        { position: 3, hash: renewed.hash },
        expect.objectContaining({ position: 4 }),
      ]);
      const hits = await index.search(SPACE, old.vectors.subarray(0, DIMENSIONS), 10);
      expect(hits).toHaveLength(2);
      expect(hits.find(({ position }) => position === 3)?.similarity).toBeLessThan(0.9);
      expect((await index.search(SPACE, renewed.vectors, 1))[0]).toMatchObject({ position: 3, hash: renewed.hash });
    });

    it('never mixes sessions or models', async () => {
      const mine = fragment(0);
      await index.put(SPACE, [mine]);
      await index.put(OTHER_SESSION, [{ ...fragment(0), vectors: mine.vectors }, fragment(1)]);
      await index.put(OTHER_MODEL, [fragment(0, 1, 32), fragment(1, 1, 32), fragment(2, 1, 32)]);
      expect(await index.held(SPACE)).toHaveLength(1);
      expect(await index.search(SPACE, mine.vectors, 10)).toHaveLength(1);
      expect(await index.search(OTHER_SESSION, mine.vectors, 10)).toHaveLength(2);
      expect(await index.search(OTHER_MODEL, directions(1, 32), 10)).toHaveLength(3);
      const spaces = await index.spaces(SPACE.sessionId);
      expect(spaces.toSorted((one, other) => one.model.localeCompare(other.model))).toEqual([SPACE, OTHER_MODEL]);
    });

    it('refuses vectors and questions of other dimensions, whole batches and nothing kept of them', async () => {
      const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });
      await index.put(SPACE, [fragment(0)]);
      await expect(index.put(SPACE, [fragment(5), { ...fragment(6), vectors: directions(1, 48) }])).rejects.toEqual(
        invalid,
      );
      await expect(index.put(SPACE, [{ ...fragment(6), vectors: new Float32Array(0) }])).rejects.toEqual(invalid);
      await expect(
        index.put(SPACE, [{ ...fragment(6), vectors: directions(1).fill(Number.NaN, 3, 4) }]),
      ).rejects.toEqual(invalid);
      await expect(
        index.put(
          SPACE,
          Array.from({ length: 513 }, (_, at) => fragment(at)),
        ),
      ).rejects.toEqual(invalid);
      await expect(index.put({ ...SPACE, dimensions: 33 }, [fragment(6, 1, 33)])).rejects.toEqual(invalid);
      await expect(index.search(SPACE, directions(1, 32), 3)).rejects.toEqual(invalid);
      expect((await index.held(SPACE)).map(({ position }) => position)).toEqual([0]);
    });

    it('forgets positions, and what is forgotten is found no more, now and after it is put again', async () => {
      const all = Array.from({ length: 20 }, (_, position) => fragment(position, 2));
      await index.put(SPACE, all);
      const asked = (all[5] as FragmentVectors).vectors.subarray(0, DIMENSIONS);
      expect((await index.search(SPACE, asked, 1))[0]?.position).toBe(5);
      await index.forget(SPACE, [
        { from: 5, through: 5 },
        { from: 10, through: 14 },
      ]);
      await index.forget(SPACE, [{ from: 5, through: 5 }]);
      const left = [0, 1, 2, 3, 4, 6, 7, 8, 9, 15, 16, 17, 18, 19];
      expect((await index.held(SPACE)).map(({ position }) => position)).toEqual(left);
      const found = (await index.search(SPACE, asked, 50)).map(({ position }) => position);
      expect(found.toSorted((one, other) => one - other)).toEqual(left);
      await index.put(SPACE, [all[5] as FragmentVectors]);
      expect((await index.search(SPACE, asked, 1))[0]?.position).toBe(5);
      await index.forget(SPACE, [EVERYWHERE]);
      expect(await index.held(SPACE)).toEqual([]);
      expect(await index.spaces(SPACE.sessionId)).toEqual([]);
    });

    it('erases a session with all its models, and no other', async () => {
      await index.put(SPACE, [fragment(0), fragment(1)]);
      await index.put(OTHER_MODEL, [fragment(0, 1, 32)]);
      await index.put(OTHER_SESSION, [fragment(0)]);
      await index.search(SPACE, directions(1), 1);
      expect(await index.erase(SPACE.sessionId)).toBe(3);
      expect(await index.erase(SPACE.sessionId)).toBe(0);
      expect(await index.spaces(SPACE.sessionId)).toEqual([]);
      expect(await index.search(SPACE, directions(1), 5)).toEqual([]);
      expect(await index.held(OTHER_SESSION)).toHaveLength(1);
    });

    it('takes puts, searches and forgettings at once', async () => {
      await Promise.all(
        Array.from({ length: 12 }, async (_, at) => {
          await index.put(SPACE, [fragment(at), fragment(at + 100, 2)]);
          await index.search(SPACE, directions(1), 3);
          await index.forget(SPACE, [{ from: at + 100, through: at + 100 }]);
        }),
      );
      expect((await index.held(SPACE)).map(({ position }) => position)).toEqual(
        Array.from({ length: 12 }, (_, at) => at),
      );
    });
  });
}
