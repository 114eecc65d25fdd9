import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

const TEXT =
  'The default of fireTimeout in kiln is 900.\n\nThe default of coolTimeout in kiln is 40.\n\nThe barrel has salt.\n';

async function missingNames(question: string): Promise<number | undefined> {
  const passages = [{ text: TEXT, about: '', saidAt: null }];
  const { parts } = await readAnswer([{ question, passages, confidence: null }]);
  return parts[0]?.features?.missingNames;
}

describe('weighTerms', () => {
  it('takes for a name that is missing what is asked about as names are and stands nowhere, also in small letters', async () => {
    expect(await missingNames('what is the default of maxclaydepth in kiln')).toBe(1);
    expect(await missingNames('What is the default of maxClayDepth in kiln?')).toBe(1);
    expect(await missingNames('what is the default of firetimeout in kiln')).toBe(0);
  });

  it('takes no other word for a name', async () => {
    expect(await missingNames('How much seawater does the barrel have?')).toBe(0);
    expect(await missingNames('What does the barrel have?')).toBe(0);
  });
});
