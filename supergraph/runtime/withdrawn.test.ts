import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLater, type Stretch, Withdrawn } from './withdrawn.ts';

const END = 60;
const stretch = fc
  .tuple(fc.nat({ max: END - 1 }), fc.nat({ max: 9 }))
  .map(([from, more]): Stretch => ({ from, through: Math.min(END - 1, from + more) }));
const stretches = fc.array(stretch, { maxLength: 8 });

const positionsOf = (all: readonly Stretch[]) => {
  const positions = new Set<number>();
  for (const { from, through } of all) for (let at = from; at <= through; at++) positions.add(at);
  return positions;
};
const ascending = (positions: Iterable<number>) => [...positions].sort((one, other) => one - other);

it('is a set of positions, whatever was added and taken out in which order', () => {
  fc.assert(
    fc.property(stretches, stretches, stretches, stretch, (first, add, remove, other) => {
      const withdrawn = Withdrawn.NONE.change({ add: first, revision: 1 }).change({ add, remove, revision: 2 });
      const out = positionsOf(remove);
      const expected = new Set([...positionsOf(first), ...positionsOf(add)].filter((at) => !out.has(at)));
      expect(ascending(positionsOf(withdrawn.stretches))).toEqual(ascending(expected));
      for (const [at, { from }] of withdrawn.stretches.entries()) {
        if (at > 0) expect(from).toBeGreaterThan((withdrawn.stretches[at - 1]?.through ?? 0) + 1);
      }
      const inside = [...expected].filter((at) => at >= other.from && at <= other.through);
      expect(ascending(positionsOf(withdrawn.within(other)))).toEqual(ascending(inside));
      expect([withdrawn.count, withdrawn.countIn(other)]).toEqual([expected.size, inside.length]);
      const left = Array.from({ length: END }, (_, at) => at).filter((at) => !expected.has(at));
      for (const [place, position] of left.entries()) {
        expect([withdrawn.has(position), withdrawn.positionAt(place)]).toEqual([false, position]);
        expect(position - withdrawn.countBefore(position)).toBe(place);
      }
      for (const position of expected) expect(withdrawn.has(position)).toBe(true);
    }),
  );
});

it('comes back from its bytes, and has a digest that tells it from any other', () => {
  fc.assert(
    fc.property(stretches, stretches, (first, second) => {
      const [one, other] = [first, second].map((add) => Withdrawn.NONE.change({ add, revision: 3 })) as [
        Withdrawn,
        Withdrawn,
      ];
      expect(Withdrawn.decode(one.encode())).toEqual(one);
      const changed = ascending(positionsOf(one.difference(other)));
      expect(one.digest === other.digest).toBe(changed.length === 0);
      const [here, there] = [positionsOf(first), positionsOf(second)];
      expect(changed).toEqual(ascending(here.symmetricDifference(there)));
    }),
  );
  expect(Withdrawn.NONE.digest).toBe('');
  const [early, late] = [7, 10].map((revision) => Withdrawn.NONE.change({ revision }).digest) as [string, string];
  expect([isLater(late, early), isLater(early, late), isLater(early, ''), isLater('', '')]).toEqual([
    ...[true, false, true, false],
  ]);
  const far = Withdrawn.NONE.change({ add: [{ from: 2 ** 40, through: 2 ** 40 + 300 }], revision: 2 ** 31 });
  expect(Withdrawn.decode(far.encode())).toEqual(far);
});

it.each([[[0x80]], [[1, 1]], [[1, 1, 2, 0, 1]], [[1, 255, 255, 255, 255, 255, 255, 255, 255, 127, 1]]])(
  'is not read from bytes it never makes: %j',
  (bytes) => {
    expect(() => Withdrawn.decode(Uint8Array.from(bytes))).toThrow(RangeError);
  },
);

it('is changed quickly however many stretches it has', () => {
  const many = Array.from({ length: 131_072 }, (_, at) => ({ from: 2 * at, through: 2 * at }));
  const withdrawn = Withdrawn.NONE.change({ add: many, revision: 1 });
  const changed = withdrawn.change({ add: [{ from: 5, through: 5 }], remove: [{ from: 0, through: 0 }], revision: 2 });
  expect([changed.count, changed.stretches[0]]).toEqual([131_072, { from: 2, through: 2 }]);
  expect(withdrawn.difference(changed)).toEqual([
    { from: 0, through: 0 },
    { from: 5, through: 5 },
  ]);
});
