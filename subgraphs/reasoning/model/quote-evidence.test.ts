import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { quoteEvidence } from './quote-evidence.ts';

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

/** Everything that can be quoted of a text, one question for each. */
function quotesOf(text: string, questions: readonly string[]): readonly (string | undefined)[] {
  return questions.map((question) => quoteEvidence(question, [text])[0]?.sentence);
}

describe('what is quoted', () => {
  it('joins hard-wrapped prose and keeps lines of code apart', () => {
    expect(quotesOf('The pool opens\nten connections. It is\nlazy.', ['connections', 'lazy'])).toEqual([
      'The pool opens ten connections.',
      'It is lazy.',
    ]);
    expect(quotesOf('const kiln = 1;\nconst loom = 2;', ['the kiln', 'the loom'])).toEqual([
      'const kiln = 1;',
      'const loom = 2;',
    ]);
  });

  it('is a sentence in any script', () => {
    expect(quotesOf('港口在北门。服务器端口是七千。猫睡了。', ['服务器端口'])).toEqual(['服务器端口是七千。']);
    expect(quotesOf('यह बंदरगाह है। सर्वर तेज़ है।', ['सर्वर'])).toEqual(['सर्वर तेज़ है।']);
  });

  it('is a row of a table below its header, found by both', () => {
    const table = '| service | port |\n|---|---|\n| kiln | 4011 |\n| loom | 4012 |';
    expect(quotesOf(table, ['What is the port of loom?'])).toEqual(['| service | port |\n…\n| loom | 4012 |']);
  });

  it('keeps the asked cell of a long row', () => {
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const columns = Array.from({ length: 30 }, (_, at) => (at === 26 ? 'idle timeout' : `property of number ${at}`));
    const value = (host: string) => columns.map((_, at) => (at === 0 ? host : at === 26 ? '800 s' : `value ${at}`));
    const table = [row(columns), row(columns.map(() => '-')), row(value('kiln')), row(value('loom'))].join('\n');
    const [quote = ''] = quotesOf(table, ['idle timeout of loom']);
    expect(quote.length).toBeLessThanOrEqual(400);
    expect(quote).toContain('idle timeout');
    expect(quote).toContain('loom');
    expect(quote).toContain('800 s');
  });

  it('is cut between words and drawn characters', () => {
    const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';
    expect(quotesOf(`kiln ${'international '.repeat(60)}`, ['kiln'])[0]).toMatch(/international …$/);
    expect(quotesOf(`kiln ${family.repeat(120)}`, ['kiln'])[0]?.replaceAll(family, '')).toMatch(
      /^kiln ?…$|^kiln {2}…$/,
    );
  });

  it('takes time that grows with the evidence', () => {
    const best = (times: number) => {
      const evidence = ['a.', '|', 'word ', '|a|b|\n'].map((part) => part.repeat(times));
      return cpuMs(() => quoteEvidence('word', evidence));
    };
    const short = best(2_500);
    // Sixteen times as long, and the garbage; a square would take 256 times as long.
    expect(best(40_000)).toBeLessThan(short * 80 + 30);
  });
});
