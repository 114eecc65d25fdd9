import { expect, test } from 'vitest';
import { KvCache, type Sequence } from './kv-cache.ts';
import { kvBytesPerToken } from './kv-store.ts';
import { seededRandom } from './random.ts';

const shape = { layers: 1, keyValueHeads: 2, headWidth: 8 };
const perToken = kvBytesPerToken(shape);
const rowsOf = (marker: number): Uint16Array[] => [
  new Uint16Array(16).fill(marker),
  new Uint16Array(16).fill(marker + 1_000),
];

/** Appends tokens whose keys carry the token's number, so that moved rows can be recognised. */
function fill(sequence: Sequence, tokens: readonly number[]): void {
  for (const token of tokens) {
    sequence.store.append(sequence.row, 1, 1, rowsOf(token));
    sequence.tokens.push(token);
  }
}

function keysOf({ store, row, tokens }: Sequence, head: number): number[] {
  const start = row * store.elementsPerRow + head * store.capacityTokens * shape.headWidth;
  return tokens.map((_, index) => store.tensors[0]?.[start + index * shape.headWidth] ?? -1);
}

function acquire(cache: KvCache, session: string, prompt: readonly number[], answerTokens = 10): Sequence {
  const sequence = cache.acquire(session, prompt, answerTokens);
  if (sequence === undefined) throw new Error(`no room for ${session}`);
  return sequence;
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

test('a prompt is rolled back to what it shares with the session, but for its last token', () => {
  const cache = new KvCache(shape, 1 << 20);
  const first = acquire(cache, 'a', range(1, 20));
  fill(first, range(1, 20));
  cache.settle(first);
  expect(acquire(cache, 'a', [...range(1, 12), 99, 100]).tokens).toEqual(range(1, 12));
  cache.settle(first);
  expect(acquire(cache, 'a', range(1, 12)).tokens).toEqual(range(1, 11));
  expect(acquire(cache, 'b', range(1, 12)).tokens).toEqual([]);
});

test('sequences keep their keys while batches form, change and dissolve', () => {
  const cache = new KvCache(shape, 1 << 20);
  const sequences = ['a', 'b', 'c'].map((session, index) => {
    const tokens = range(index * 100 + 1, 20 + index);
    const sequence = acquire(cache, session, tokens);
    fill(sequence, tokens);
    return sequence;
  });
  const [a, b, c] = sequences;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were made');
  const check = (): void => {
    for (const sequence of sequences) {
      expect([keysOf(sequence, 0), keysOf(sequence, 1)]).toEqual([sequence.tokens, sequence.tokens]);
      expect(sequence.store.length(sequence.row)).toBe(sequence.tokens.length);
    }
  };
  expect(cache.gather([a, b])).toHaveLength(1);
  check();
  const [batch = []] = cache.gather([a, b, c]);
  expect(batch.map(({ row }) => row)).toEqual([0, 1, 2]);
  expect(new Set(batch.map(({ store }) => store)).size).toBe(1);
  check();
  cache.settle(a);
  fill(b, [900]);
  check();
  const [rest = []] = cache.gather([b, c]);
  expect(rest.map(({ row }) => row)).toEqual([0, 1]);
  check();
  cache.settle(b);
  cache.settle(c);
  check();
  expect(cache.sizeBytes).toBe(3 * 256 * perToken);
});

test('sequences of very different room do not share a batch', () => {
  const cache = new KvCache(shape, 1 << 22);
  const small = acquire(cache, 'small', range(1, 20));
  const large = acquire(cache, 'large', range(1, 20), 2_000);
  expect(cache.gather([small, large])).toEqual([[small], [large]]);
});

test('idle sequences are evicted, the least recently used first, and running ones never', () => {
  const cache = new KvCache(shape, 3 * 256 * perToken);
  for (const session of ['a', 'b', 'c']) {
    const sequence = acquire(cache, session, range(1, 20));
    fill(sequence, range(1, 20));
    if (session !== 'b') cache.settle(sequence);
  }
  acquire(cache, 'd', range(1, 20));
  expect(cache.cachedTokens('a')).toBe(0);
  expect(cache.cachedTokens('c')).toBe(20);
  acquire(cache, 'e', range(1, 20));
  expect(cache.cachedTokens('c')).toBe(0);
  expect(cache.cachedTokens('b')).toBe(20);
  expect(cache.acquire('f', range(1, 20), 10)).toBeUndefined();
  expect(cache.sizeBytes).toBe(3 * 256 * perToken);
});

test('a session grows out of its store without losing its prefix', () => {
  const cache = new KvCache(shape, 1 << 22);
  const first = acquire(cache, 'a', range(1, 200));
  fill(first, range(1, 200));
  cache.settle(first);
  const second = acquire(cache, 'a', range(1, 1_500));
  expect(second.tokens).toHaveLength(200);
  expect(keysOf(second, 1)).toEqual(range(1, 200));
  expect(second.store.capacityTokens).toBe(1_536);
});

test('a forgotten session has nothing left, unless it is running', () => {
  const cache = new KvCache(shape, 1 << 20);
  const sequence = acquire(cache, 'a', range(1, 20));
  fill(sequence, range(1, 20));
  cache.forget('a');
  expect(cache.cachedTokens('a')).toBe(20);
  cache.settle(sequence);
  cache.forget('a');
  expect(cache.cachedTokens('a')).toBe(0);
  expect(cache.sizeBytes).toBe(0);
});

test('whatever runs, ends and is forgotten, the budget holds at every moment and no sequence loses its keys', () => {
  const random = seededRandom(11);
  const pick = (most: number): number => Math.floor(random() * most);
  for (let round = 0; round < 20; round++) {
    const budgetBytes = perToken * 256 * (4 + pick(30));
    const cache = new KvCache(shape, budgetBytes);
    const running: Sequence[] = [];
    const check = (): void => expect(cache.sizeBytes).toBeLessThanOrEqual(budgetBytes);
    let admitted = 0;
    for (let step = 0; step < 200; step++) {
      const session = `${pick(12)}`;
      const action = pick(4);
      if (action === 0 && !running.some(({ sessionId }) => sessionId === session)) {
        const prompt = range(Number(session) * 1_000 + 1, 1 + pick(600));
        const sequence = cache.acquire(session, prompt, 10);
        if (sequence === undefined) expect(running.length + Number(prompt.length > 3 * 256)).toBeGreaterThan(0);
        else {
          admitted += 1;
          fill(sequence, prompt.slice(sequence.tokens.length));
          running.push(sequence);
        }
      } else if (action === 1 && running.length > 0) {
        const [ended] = running.splice(pick(running.length), 1);
        if (ended !== undefined) (pick(4) === 0 ? cache.drop : cache.settle).call(cache, ended);
      } else if (action === 2) cache.forget(session);
      check();
      const batches = cache.gather(running);
      check();
      expect(batches.flat().toSorted(bySession)).toEqual(running.toSorted(bySession));
      for (const batch of batches) {
        batch.forEach((sequence, row) => {
          if (batch.length > 1) expect([sequence.row, sequence.store]).toEqual([row, batch[0]?.store]);
          expect(keysOf(sequence, 1).every((key, at) => key === sequence.tokens[at])).toBe(true);
        });
      }
    }
    expect(admitted).toBeGreaterThan(10);
  }
});

function bySession(one: Sequence, other: Sequence): number {
  return one.sessionId.localeCompare(other.sessionId);
}
