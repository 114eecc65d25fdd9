import { describe, expect, it } from 'vitest';
import { checkJson, type JsonBounds } from './json-bounds.ts';

const BOUNDS: JsonBounds = { maximumNesting: 4, maximumMembers: 10, maximumValues: 25 };
const SEED = 7;

let state = SEED;
function below(count: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * count);
}

const TEXTS = [
  '',
  'a',
  '"',
  '\\',
  '\\\\',
  '\\"',
  '{[,:]}',
  ',,,,,,,,,,,,',
  '漢字'.repeat(20),
  'x"'.repeat(30),
  '\\'.repeat(15),
];
const pick = (): string => `${TEXTS[below(TEXTS.length)]}${'x'.repeat(below(12))}${TEXTS[below(TEXTS.length)]}`;

function value(depth: number): unknown {
  const kind = depth > 5 ? 3 : below(4);
  if (kind === 0) return Array.from({ length: below(5) }, () => value(depth + 1));
  if (kind === 1)
    return Object.fromEntries(Array.from({ length: below(5) }, (_, at) => [pick() + at, value(depth + 1)]));
  return kind === 2 ? below(1_000) / 7 : pick();
}

/** What the text is made of, by walking it. An empty list or object counts for the value it might have had. */
function measure(parsed: unknown): { levels: number; members: number; values: number } {
  if (typeof parsed !== 'object' || parsed === null) return { levels: 0, members: 0, values: 0 };
  const inner = Object.values(parsed).map(measure);
  const own = Math.max(1, inner.length);
  return {
    levels: 1 + Math.max(0, ...inner.map(({ levels }) => levels)),
    members: Math.max(own, ...inner.map(({ members }) => members)),
    values: inner.reduce((sum, { values }) => sum + values, own),
  };
}

function isRefused(text: string, bounds = BOUNDS): boolean {
  try {
    checkJson(text, bounds);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'REQUEST_TOO_COMPLEX' });
    return true;
  }
}

describe('JSON is counted before it is parsed', () => {
  it('as by walking what comes of it', () => {
    let refused = 0;
    for (let attempt = 0; attempt < 5_000; attempt++) {
      const parsed = value(0);
      const { levels, members, values } = measure(parsed);
      const expected =
        levels > BOUNDS.maximumNesting || members > BOUNDS.maximumMembers || values > BOUNDS.maximumValues;
      const text = JSON.stringify(parsed, null, below(3));
      expect(isRefused(text), text).toBe(expected);
      if (expected) refused += 1;
    }
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(4_500);
  });

  it.each([
    ['elements of a list', (count: number) => `[${Array(count).fill('1').join(', ')}]`],
    ['keys of an object', (count: number) => `{${Array.from({ length: count }, (_, at) => `"${at}":1`).join()}}`],
  ])('by %s', (_name, make) => {
    expect([10, 11].map((count) => isRefused(make(count)))).toEqual([false, true]);
  });

  it('by levels', () => {
    expect([4, 5].map((count) => isRefused('['.repeat(count) + ']'.repeat(count)))).toEqual([false, true]);
  });

  it('by all values together, however they are spread', () => {
    const spread = (lists: number): string => `[${Array(lists).fill('[1,2,3,4]').join()}]`;
    expect([5, 6].map((count) => isRefused(spread(count)))).toEqual([false, true]);
  });

  it.each(['"', '"\\', '"\\"', ']]]]', '}'.repeat(50), '"a" "b"', '', '\\"[', '"'.repeat(31)])(
    'and what is no JSON is left to the parser: %j',
    (text) => {
      expect(isRefused(text)).toBe(false);
    },
  );
});
