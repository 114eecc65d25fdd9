import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import type { Hit } from './best-hits.ts';
import type { IndexPart } from './index-part.ts';
import { Ranker } from './rank.ts';
import { allSteps, sealTail } from './seal.ts';
import { Tail } from './tail.ts';
import { INSTRUCTION, Tokenizer } from './tokenize.ts';

const tokenizer = new Tokenizer();
const ranker = new Ranker();
const rank = (...asked: Parameters<Ranker['rank']>) => allSteps(ranker.rank(...asked));

/** A text that begins with '>' was said in a conversation. */
function tailOf(texts: readonly string[]): Tail {
  const tail = new Tail();
  for (const text of texts) {
    tokenizer.read(text);
    tail.add(tokenizer, text.startsWith('>'));
  }
  return tail;
}

/** BM25 with neighbours and recency, straight from the formula, word by word. */
function bruteForce(texts: readonly string[], query: string, first: number): Hit[] {
  const split = (text: string) => text.split(/[ >]/).filter((word) => word !== '');
  const documents = texts.map(split);
  const mean = Math.max(1, documents.reduce((sum, words) => sum + words.length, 0) / documents.length);
  const own = documents.map((words) =>
    [...new Set(split(query))].reduce((sum, word) => {
      const holders = documents.filter((other) => other.includes(word)).length;
      const frequency = words.filter((other) => other === word).length;
      const rarity = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
      const share = ['at', 'to', 'of'].includes(word) ? 0.4 : 1;
      return sum + (share * rarity * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * words.length) / mean));
    }, 0),
  );
  const around = (position: number, by: number) => (own[position - by] ?? 0) + (own[position + by] ?? 0);
  return own
    .map((score, position) => {
      const brevity = Math.min(1, 36 / Math.max(1, documents[position]?.length ?? 0));
      const lent = texts[position]?.startsWith('>')
        ? (0.1 + 0.35 * brevity) * around(position, 1) + 0.22 * brevity * around(position, 2)
        : 0.15 * around(position, 1);
      return { position, score: (score + lent) * (1 + 0.1 * 2 ** ((position + 1 - own.length) / 64)) };
    })
    .filter(({ score }) => score > 0)
    .sort((one, two) => two.score - one.score || two.position - one.position)
    .slice(0, first);
}

/** Words that the stemmer leaves alone, some of them in nearly every text. */
const word = fc.constantFrom('at', 'to', 'of', 'zorp', 'quax', 'blim', 'vont', 'drax', 'hulm', 'wib');
const text = fc
  .tuple(fc.constantFrom('', '>'), fc.array(word, { maxLength: 60 }))
  .map(([mark, words]) => mark + words.join(' '));
const session = fc.array(text, { minLength: 1, maxLength: 30 });
const query = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));

describe('ranking', () => {
  it('gives the same best documents as the formula applied to every document', () => {
    fc.assert(
      fc.property(session, query, fc.integer({ min: 1, max: 40 }), (texts, asked, first) => {
        const { hits } = rank([tailOf(texts)], asked, first);
        const expected = bruteForce(texts, asked, first);
        expect(hits.length).toBe(expected.length);
        for (const [at, hit] of hits.entries()) {
          expect(hit.score).toBeCloseTo(expected[at]?.score ?? Number.NaN, 9);
        }
        // Equal scores may differ in their last digit and so in order: compare as sets.
        const clear = expected.filter(({ score }) => score > (expected.at(-1)?.score ?? 0) + 1e-9);
        const found = new Set(hits.map(({ position }) => position));
        for (const { position } of clear) expect(found).toContain(position);
      }),
      { numRuns: 300 },
    );
  });

  it('gives as the first so many what comes first of all, to the last digit, whatever is withdrawn', () => {
    const long = fc.array(text, { minLength: 1, maxLength: 500, size: 'max' });
    const stretch = fc
      .tuple(fc.integer({ min: 0, max: 499 }), fc.integer({ min: 0, max: 40 }))
      .map(([from, more]) => ({ from, through: from + more }));
    const stretches = fc.array(stretch, { maxLength: 3 });
    fc.assert(
      fc.property(long, query, fc.integer({ min: 10, max: 400 }), stretches, (texts, asked, first, gone) => {
        const parts = [allSteps(sealTail(tailOf(texts.slice(0, 200)))), tailOf(texts.slice(200))];
        const withdrawn = Withdrawn.of(gone);
        const all = rank(parts, asked, texts.length, withdrawn).hits;
        for (const [at, hit] of all.entries()) {
          const before = all[at - 1];
          if (before !== undefined && before.score === hit.score) expect(before.position).toBeGreaterThan(hit.position);
          if (before !== undefined) expect(before.score).toBeGreaterThanOrEqual(hit.score);
          expect(withdrawn.has(hit.position)).toBe(false);
        }
        expect(rank(parts, asked, first, withdrawn).hits).toEqual(all.slice(0, first));
      }),
      // A smaller example of a failure would take minutes.
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('does not depend on where the session is cut into segments and tails', () => {
    fc.assert(
      fc.property(session, query, fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }), (texts, asked, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, texts.length)).sort((a, b) => a - b), texts.length];
        const parts: IndexPart[] = [];
        for (let at = 1; at < bounds.length; at++) {
          const tail = tailOf(texts.slice(bounds[at - 1], bounds[at]));
          parts.push(at % 2 === 0 ? tail : allSteps(sealTail(tail)));
        }
        expect(rank(parts, asked, 10)).toEqual(rank([tailOf(texts)], asked, 10));
      }),
      { numRuns: 300 },
    );
  });

  it('puts the newer of two equal documents first', () => {
    const { hits } = rank([tailOf(['zorp', 'x', 'x', 'zorp'])], 'zorp', 2);
    expect(hits.map(({ position }) => position)).toEqual([3, 0]);
  });

  it('lends a document some of the score of its neighbours', () => {
    const { hits } = rank([tailOf(['what is zorp quax', 'it is this', 'something else', 'and more'])], 'zorp', 4);
    expect(hits.map(({ position }) => position)).toEqual([0, 1]);
  });

  it('lends a short message more, also of those next to its neighbours, and a long one little', () => {
    const short = tailOf(['>zorp quax', '>really', '>yes, it is', '>else']);
    expect(rank([short], 'zorp', 4).hits.map(({ position }) => position)).toEqual([0, 1, 2]);
    const long = tailOf(['>zorp quax', `>${'word '.repeat(720)}`, '>yes, it is']);
    const [first, , last] = rank([long], 'zorp', 3).hits;
    expect([first?.position, last?.position]).toEqual([0, 1]);
    expect((last?.score ?? 1) / (first?.score ?? 1)).toBeLessThan(0.13);
  });

  it('finds by stop words what has nothing else, below what has a word that tells', () => {
    const { hits } = rank([tailOf(['to be of it', 'zorp', 'vont'])], 'to zorp', 3);
    expect(hits.map(({ position }) => position)).toEqual([1, 0, 2]);
  });

  it('finds nothing for an empty query, an unknown word and an empty session', () => {
    expect(rank([tailOf(['zorp'])], '', 10)).toEqual({ hits: [], coverage: 0 });
    expect(rank([tailOf(['zorp'])], 'quax ?!', 10)).toEqual({ hits: [], coverage: 0 });
    expect(rank([new Tail()], 'zorp', 10)).toEqual({ hits: [], coverage: 0 });
  });

  it('says how much of the query stands in one place, by the square of its rarity', () => {
    const parts = [
      allSteps(sealTail(tailOf(['zorp quax', 'zorp blim', 'zorp vont']))),
      tailOf(['zorp drax', 'hulm wib']),
    ];
    const squared = (frequency: number) => Math.log(1 + (5 - frequency + 0.5) / (frequency + 0.5)) ** 2;
    const coverage = (query: string) => rank(parts, query, 10).coverage;
    expect(coverage('zorp quax')).toBe(1);
    expect(coverage('what is the zorp quax')).toBe(1);
    expect(coverage('quax drax')).toBeCloseTo(0.5, 9);
    expect(coverage('zorp elbow')).toBeCloseTo(squared(4) / (squared(4) + squared(0)), 9);
    expect(coverage('elbow')).toBe(0);
    expect(coverage('what is the')).toBe(0);
  });

  it('counts every word that the session does not know, however many', () => {
    const parts = [tailOf(['zorp quax', 'blim vont', 'drax hulm'])];
    const coverage = (unknown: number) =>
      rank(parts, `zorp ${Array.from({ length: unknown }, (_, at) => `elbow${at}`).join(' ')}`, 10).coverage;
    expect(coverage(300)).toBeCloseTo((coverage(200) * 2) / 3, 3);
    expect(coverage(300)).toBeGreaterThan(0);
    expect(coverage(300)).toBeLessThan(coverage(200));
  });

  it('rests every few thousand documents, and is not changed by those that come meanwhile', () => {
    const words = Array.from({ length: 40 }, (_, at) => `common${at}`);
    const texts = Array.from({ length: 9_000 }, (_, at) =>
      words.filter((_, of) => (at * 7 + of * 3) % 5 < 2).join(' '),
    );
    const parts = Array.from({ length: 9 }, (_, at) => tailOf(texts.slice(at * 1_000, (at + 1) * 1_000)));
    const query = words.join(' ');
    const expected = rank(parts, query, 50);
    const steps = ranker.rank(parts, query, 50);
    let count = 0;
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        expect(value).toEqual(expected);
        break;
      }
      count++;
      tokenizer.read(query);
      for (let more = 0; more < 200 && count < 100; more++) parts.at(-1)?.add(tokenizer);
    }
    expect(count).toBeGreaterThan(words.length);
  });

  it('lists who holds a mark, newest first, over all parts, without those withdrawn', () => {
    const marked = (texts: readonly string[]) => {
      const tail = new Tail();
      for (const text of texts) {
        tokenizer.read(text);
        if (text.startsWith('always')) tokenizer.mark(INSTRUCTION);
        tail.add(tokenizer);
      }
      return tail;
    };
    const parts = [allSteps(sealTail(marked(['always one', 'two']))), marked(['always three', 'four', 'always five'])];
    expect(ranker.holders(parts, INSTRUCTION, 10)).toEqual([4, 2, 0]);
    expect(ranker.holders(parts, INSTRUCTION, 2)).toEqual([4, 2]);
    const withdrawn = Withdrawn.NONE.change({ add: [{ from: 2, through: 2 }], remove: [], revision: 1 });
    expect(ranker.holders(parts, INSTRUCTION, 10, withdrawn)).toEqual([4, 0]);
    expect(ranker.holders([marked(['two'])], INSTRUCTION, 10)).toEqual([]);
  });

  it('answers a whole document as a query by its rarest words, in bounded time', () => {
    const texts = Array.from({ length: 2_000 }, (_, at) => `common words of every text and word${at} rare${at % 50}`);
    const parts = [tailOf(texts)];
    const pasted = `${texts.join(' ')} word77`;
    expect(rank(parts, pasted, 10).hits).toHaveLength(10);
    expect(cpuMs(() => rank(parts, pasted, 10))).toBeLessThan(500);
    expect(rank(parts, 'which text has word77', 1).hits[0]?.position).toBe(77);
  });
});
