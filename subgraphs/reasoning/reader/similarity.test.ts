import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';
import { MOST_COMPARED, type Similarity } from './similarity.ts';

const TEXT =
  'Boats are painted blue each May.\n\nThe clerk of the harbour may be woken at night.\n\nWhat is larger than 512 jars is pressed.\n';

async function quoteOf(question: string, similarity: Similarity | null, text = TEXT): Promise<string | undefined> {
  const passages = [{ text, about: '', saidAt: null }];
  const { parts } = await readAnswer([{ question, passages, confidence: null }], undefined, {
    similarity,
    likeness: null,
  });
  return parts[0]?.quote?.text;
}

/** Holds what has this in it to be what is meant. */
function meant(word: string, asked: string[] = []): Similarity {
  return async (question, texts) => {
    asked.push(question, ...texts);
    return texts.map((text) => (text.includes(word) ? 0.9 : 0.1));
  };
}

describe('rateUnits', () => {
  it('has the meaning choose where words do not tell, and words where they do', async () => {
    const question = 'How heavy must goods get until somebody at the harbour squeezes them together?';
    expect(await quoteOf(question, null)).toContain('The clerk of the harbour');
    expect(await quoteOf(question, meant('pressed'))).toBe('What is larger than 512 jars is pressed.');
    const plain = 'Who may be woken at night in the harbour?';
    expect(await quoteOf(plain, meant('pressed'))).toContain('The clerk of the harbour');
  });

  it('goes by words where meanings cannot be compared', async () => {
    const question = 'How heavy must goods get until somebody at the harbour squeezes them together?';
    expect(await quoteOf(question, async () => null)).toBe(await quoteOf(question, null));
  });

  it('compares few texts, each once and cut, with the question and not with what is said before it', async () => {
    const asked: string[] = [];
    const many = Array.from({ length: 200 }, (_, at) => `Jar ${at} of the clerk is ${'large '.repeat(at + 1)}.`);
    await quoteOf('Hello there! How much does a squeezed jar weigh?', meant('none', asked), many.join('\n\n'));
    const [question, ...texts] = asked;
    expect(question).toBe('How much does a squeezed jar weigh?');
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.length).toBeLessThanOrEqual(MOST_COMPARED);
    expect(new Set(texts).size).toBe(texts.length);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(344);
  });

  it('compares a unit together with what it stands under', async () => {
    const asked: string[] = [];
    await quoteOf(
      'How far may it be from shore?',
      meant('none', asked),
      '## The blue boat\n\n- Limits:\n  - Two miles.\n',
    );
    expect(asked).toContain('The blue boat: Limits:: Two miles.');
  });
});
