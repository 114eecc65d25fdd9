import { describe, expect, it } from 'vitest';
import { compoundsOf } from './compound-words.ts';
import { hasCompounds } from './has-compounds.ts';
import { readAnswer } from './read-answer.ts';
import { Resting } from './resting.ts';

describe('compoundsOf', () => {
  it('has the words that a word is a part of, those that are a part of it, and its other cases', async () => {
    const vocabulary = new Set([
      'speichergrosse',
      'arbeitsspeicher',
      'speichern',
      'speichel',
      'boot',
      'benutzer',
      'name',
    ]);
    const found = await compoundsOf(['speicher', 'benutzername', 'ort'], vocabulary, new Resting());
    expect(found.get('speicher')).toEqual([
      ['speichern', 0.9],
      ['speichergrosse', 0.5],
      ['arbeitsspeicher', 0.5],
    ]);
    expect(found.get('benutzername')?.map(([term]) => term)).toEqual(['benutzer', 'name']);
    expect(found.has('ort')).toBe(false);
  });

  it('has the sentence found that says it in one word, or in another case', async () => {
    const text =
      'Die Hafengebühr beträgt 40 Taler.\n\nDie Boote der Fischer liegen am Kai.\n\nEin Netz wiegt 12 Pfund.\n';
    const quoteOf = async (question: string) => {
      const passages = [{ text, about: '', saidAt: null }];
      const { parts } = await readAnswer([{ question, passages, confidence: null }]);
      return parts[0]?.quote?.text;
    };
    expect(await quoteOf('Wie hoch ist die Gebühr?')).toBe('Die Hafengebühr beträgt 40 Taler.');
    expect(await quoteOf('Wo liegt ein Fischerboot?')).toBe('Die Boote der Fischer liegen am Kai.');
  });
});

describe('hasCompounds', () => {
  it.each([
    ['Wie hoch ist die Gebühr?', true],
    ['Which files are under the MIT license, and what was the den for?', false],
    ['Hoe laat gaat de haven open?', false],
  ])('%s: %s', (question, expected) => {
    expect(hasCompounds(question)).toBe(expected);
  });
});
