import { expect, it } from 'vitest';
import { isBroad } from './broad-questions.ts';

it.each([
  'Can you give me a comprehensive summary of how the project went?',
  'Summarise what we said about the harbour.',
  'Give me an overview of the lights',
  'List all the ports that were mentioned',
  'In what order did I visit the islands?',
  'How many different boats did we speak of?',
  'Tell me everything about the keeper',
  'Gib mir eine Zusammenfassung der Gespräche',
  'Peux-tu me faire un résumé du projet ?',
  'Haz un resumen de la conversación',
  'Сделай краткий обзор',
  '总结一下我们的讨论',
  '会話を要約してください',
  '지금까지의 대화를 요약해 줘',
])('%s', (question) => {
  expect(isBroad(question)).toBe(true);
});

it.each([
  'What is the default port?',
  'Which port does the gateway listen on?',
  'When was the summit?',
  'Is it allowed to call it twice?',
  'How many retries does the client make?',
  'Who listed the boat for sale?',
  'Wie heißt der Wärter?',
  'Где находится порт?',
  '默认端口是多少？',
  '',
])('not: %s', (question) => {
  expect(isBroad(question)).toBe(false);
});
