import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { askedTime } from './time-spans.ts';

const DAYS = ['2023-05-08', '2023-12-31', '2024-03-11', '2024-03-12', '2024-03-13', '2024-05-08', '2025-01-01'];

function meant(question: string): string[] | null {
  const { isMeant } = askedTime(question);
  return isMeant === null ? null : DAYS.filter((day) => isMeant(Date.parse(`${day}T12:00:00Z`)));
}

describe('the time that a question asks for', () => {
  it.each([
    ['What was decided on March 12, 2024?', ['2024-03-12']],
    ['What was decided on the 12th of March 2024?', ['2024-03-12']],
    ['Was 2024-03-12 a Tuesday?', ['2024-03-12']],
    ['What happened in March 2024?', ['2024-03-11', '2024-03-12', '2024-03-13']],
    ['What happened in March?', ['2024-03-11', '2024-03-12', '2024-03-13']],
    ['What did she paint on 8 May?', ['2023-05-08', '2024-05-08']],
    ['What happened during 2023?', ['2023-05-08', '2023-12-31']],
    ['What was said before March 12, 2024?', ['2023-05-08', '2023-12-31', '2024-03-11']],
    ['What was said since 2024-05?', ['2024-05-08', '2025-01-01']],
    ['Was geschah am 12. März 2024?', ['2024-03-12']],
    ['Que s’est-il passé le 12 mars 2024 ?', ['2024-03-12']],
    ['¿Qué pasó el 12 de marzo de 2024?', ['2024-03-12']],
    ['Что было 12 марта 2024?', ['2024-03-12']],
    ['March 11, 2024 or January 1, 2025?', ['2024-03-11', '2025-01-01']],
  ])('%s', (question, days) => {
    expect(meant(question)).toEqual(days);
  });

  it.each([
    'May I use it?',
    'They march at noon, may they not?',
    'What is the default of max 2024 items?',
    'Which port is 8080?',
    'Version 2.0.2024 of it?',
    'What is 42 apples?',
    '',
  ])('is none in: %s', (question) => {
    expect(meant(question)).toBeNull();
  });
});

it.each([
  ['What is the latest version?', true],
  ['Welche Adresse ist zuletzt genannt worden?', true],
  ['目前的端口是多少？', true],
  ['What is the last argument of it?', false],
  ['Who was first?', false],
])('%s wants the latest: %s', (question, wants) => {
  expect(askedTime(question).wantsLatest).toBe(wants);
});

it('takes no longer for a text of megabytes than for looking through it', () => {
  expect(cpuMs(() => askedTime('in march 12 '.repeat(2_700)))).toBeLessThan(1_000);
});
