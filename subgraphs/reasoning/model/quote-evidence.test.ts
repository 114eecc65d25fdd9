import { describe, expect, it } from 'vitest';
import { quoteEvidence, sentencesOf } from './quote-evidence.ts';

const EVIDENCE = [
  'Undici is a client for Node.js. It opens pools of connections to one origin.',
  'bodyTimeout: the time between two parts of a body.\nIt defaults to 300 seconds. Use 0 to disable it.',
  'Retries wait for a while. The maximum number of retries is 5.',
];

describe('quoteEvidence', () => {
  it('quotes the sentence that holds the rarest terms of the question, with its number', () => {
    expect(quoteEvidence('How many retries at most, what maximum number?', EVIDENCE)).toEqual([
      { number: 3, sentence: 'The maximum number of retries is 5.' },
    ]);
  });

  it('adds a second sentence only for what the first one lacks, in the order of the evidence', () => {
    const quotes = quoteEvidence(
      'What is the maximum number of retries, and how do I disable the bodyTimeout?',
      EVIDENCE,
    );
    expect(quotes.map(({ number }) => number)).toEqual([2, 2, 3]);
  });

  it('quotes nothing when no sentence shares a term with the question', () => {
    expect(quoteEvidence('Where do bananas grow?', EVIDENCE)).toEqual([]);
    expect(quoteEvidence('What is the timeout?', [])).toEqual([]);
  });

  it('quotes only what stands in the evidence', () => {
    for (const { number, sentence } of quoteEvidence('pools bodyTimeout retries', EVIDENCE)) {
      expect(EVIDENCE[number - 1]).toContain(sentence);
    }
  });

  it('is quick with a megabyte on one line, and shortens what it quotes', () => {
    const start = performance.now();
    const [quote] = quoteEvidence('word', ['word '.repeat(200_000)]);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(quote?.sentence.length).toBeLessThanOrEqual(402);
  });
});

describe('sentencesOf', () => {
  it('joins hard-wrapped prose and keeps lines of code apart', () => {
    expect(sentencesOf('The pool opens\nten connections. It is\nlazy.')).toEqual([
      'The pool opens ten connections.',
      'It is lazy.',
    ]);
    expect(sentencesOf('const a = 1;\nconst b = 2;')).toEqual(['const a = 1;', 'const b = 2;']);
  });
});
