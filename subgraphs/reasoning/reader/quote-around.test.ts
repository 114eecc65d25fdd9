import { describe, expect, it } from 'vitest';
import { askedTerms } from './question-terms.ts';
import { quoteAround } from './quote-around.ts';
import { indexPassages } from './read-question.ts';
import { Resting } from './resting.ts';
import { scoreUnit } from './score-units.ts';

async function around(passage: string, words: string): Promise<string | undefined> {
  const units = await indexPassages([{ text: passage, about: '', saidAt: null }], new Resting());
  const unit = units.find(({ text }) => text.includes(words));
  if (unit === undefined) throw new Error(`no unit says ${words}`);
  const asked = askedTerms('What is it?');
  return quoteAround(scoreUnit(unit, asked, []), { passage, units, asked }).around?.text;
}

describe('quoteAround', () => {
  it('shows what is said of the same thing before what is said of the next', async () => {
    const long =
      'It is of clay and of sand from the river, and is mended each spring by the clerks of the harbour, all of them.';
    const text = `* The kiln is hot. ${long} ${long} ${long} It has a door.\n* The barrel behind the mill has a lid. It has salt.\n`;
    const shown = await around(text, 'It has a door');
    expect(shown?.split(long)).toHaveLength(4);
    expect(shown).not.toContain('It has salt.');
  });
});
