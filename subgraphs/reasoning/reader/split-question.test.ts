import { describe, expect, it } from 'vitest';
import { splitQuestion } from './split-question.ts';

describe('splitQuestion', () => {
  it.each([
    ['Which port has the ledger, and who closes the books?', ['Which port has the ledger?', 'who closes the books?']],
    [
      'What does depth default to in kiln, and what in loom?',
      ['What does depth default to in kiln?', 'What does depth default to in loom?'],
    ],
    ['What is the name and the age of Mia?', ['What is the name of Mia?', 'What is the age of Mia?']],
    ['Do kiln and loom have the same timeout?', ['Do kiln have the same timeout?', 'Do loom have the same timeout?']],
    [
      'Which came out first, kiln 1.2.0 or loom 3.1.4?',
      ['Which came out first kiln 1.2.0?', 'Which came out first loom 3.1.4?'],
    ],
    ['Was kiln 1.2.0 released before loom 3.1.4?', ['When was kiln 1.2.0 released?', 'When was loom 3.1.4 released?']],
    ['Wie heißt der Hafen und wann schließt er?', ['Wie heißt der Hafen?', 'wann schließt er?']],
  ])('takes %s apart, each part with all of its words', (question, parts) => {
    expect(splitQuestion(question)).toEqual(parts);
  });

  it.each([
    'Which port has the ledger?',
    'What happens when salt and pepper meet?',
    'Where are bread and butter kept in the store room?',
    '港口在哪里？',
  ])('leaves %s whole', (question) => {
    expect(splitQuestion(question)).toEqual([question]);
  });

  it('tells what a pronoun of the second question stands for by the first', () => {
    expect(splitQuestion('What does a kiln of clay need, and how often must it be cleaned?')).toEqual([
      'What does a kiln of clay need?',
      'What does a kiln of clay need? how often must it be cleaned?',
    ]);
  });

  it('takes no long text apart, and reads one in linear time', () => {
    const long = `What is ${'a and '.repeat(5_000)}b?`;
    expect(splitQuestion(long)).toEqual([long]);
  });
});
