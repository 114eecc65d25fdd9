import { termsOf } from '@supercontext/text/terms.ts';
import { expect, it } from 'vitest';
import { termLikeness } from './term-likeness.ts';

const term = (word: string) => termsOf(word)[0] ?? '';

it('has the cosine of terms, each the mean of the words with its stem, whatever their lengths', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['boat', [120, 0]],
    ['boats', [0, 12]],
    ['ship', [50, 50]],
    ['clerk', [-40, 40]],
  ];
  const values = Int8Array.from(rows.flatMap(([, vector]) => vector));
  const likeness = termLikeness({ words: rows.map(([word]) => word), dimensions: 2, values });
  const toBoat = likeness(term('boat'));
  expect(toBoat?.(term('ship'))).toBeCloseTo(1, 1);
  expect(toBoat?.(term('clerk'))).toBeCloseTo(0, 1);
  expect(toBoat?.(term('anchor'))).toBe(0);
  expect(likeness(term('anchor'))).toBeNull();
});
