import { termsOf } from '@supercontext/text/terms.ts';
import { describe, expect, it } from 'vitest';
import { likeTermsOf, type TermLikeness } from './like-terms.ts';
import { readAnswer } from './read-answer.ts';
import { indexPassages } from './read-question.ts';
import { Resting } from './resting.ts';

const TEXT =
  'The barrel of the clerk has the salt.\n\nThe shed of the clerk has the seals.\n\nThe sail of the boat has a patch.\n';
const ALIKE: Readonly<Record<string, number>> = { 'barn shed': 0.6, 'barn barrel': 0.3, 'barn patch': 0.1 };

const term = (word: string) => termsOf(word)[0] ?? '';
const cosines = new Map(Object.entries(ALIKE).map(([pair, cosine]) => [pair.split(' ').map(term).join(' '), cosine]));
const likeness: TermLikeness = (one) => (one === term('barn') ? (other) => cosines.get(`${one} ${other}`) ?? 0 : null);

function passages(text = TEXT) {
  return [{ text, about: '', saidAt: null }];
}

async function quoteOf(question: string, like: TermLikeness | null): Promise<string | undefined> {
  const asked = [{ question, passages: passages(), confidence: null }];
  const { parts } = await readAnswer(asked, undefined, { similarity: null, likeness: like });
  return parts[0]?.quote?.text;
}

describe('likeTermsOf', () => {
  it('has for a term those of the units that mean about the same, the most alike first, and none for what is not known', async () => {
    const resting = new Resting();
    const units = await indexPassages(passages(), resting);
    const found = await likeTermsOf([term('barn'), term('anchor')], units, { likeness, resting });
    expect([...found.keys()]).toEqual([term('barn')]);
    const like = found.get(term('barn')) ?? [];
    expect(like.map(([other]) => other)).toEqual([term('shed'), term('barrel')]);
    expect(like[0]?.[1]).toBeCloseTo(0.8, 5);
    expect(like[1]?.[1]).toBeCloseTo(0.2, 5);
  });

  it('has what is told in other words found', async () => {
    expect(await quoteOf('What has the barn of the clerk?', null)).toContain('barrel');
    expect(await quoteOf('What has the barn of the clerk?', likeness)).toContain('shed');
  });

  it('holds up nobody with thousands of words that all mean the same', async () => {
    const words = Array.from({ length: 16_000 }, (_, at) => `w${at.toString(36)}x`);
    const texts = Array.from({ length: 40 }, (_, at) => `${words.slice(at * 400, at * 400 + 400).join(' ')}.`);
    const resting = new Resting();
    const units = await indexPassages(
      texts.flatMap((text) => passages(text)),
      resting,
    );
    const terms = words.slice(0, 4_000).map(term);
    const options = { likeness: () => () => 0.5, resting };
    const cpuMs = () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    };
    let [longestMs, lastMs] = [0, cpuMs()];
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, cpuMs() - lastMs);
      lastMs = cpuMs();
    }, 1);
    const found = await likeTermsOf(terms, units, options);
    clearInterval(ticking);
    expect(found.size).toBe(24);
    expect(found.get(terms[0] as string)).toHaveLength(24);
    expect(longestMs).toBeLessThan(100);
  });
});
