import { expect, it } from 'vitest';
import { asksOfEarlierAnswers } from './earlier-answers.ts';

it.each([
  'What did you answer about the port?',
  'What was your answer on rule 4?',
  'What was your response about the vault?',
  'What answer did you give about the vault?',
  'Repeat what you told me about the vault',
  'Had you already mentioned the vault?',
  'Was hast du zu Regel 4 geantwortet?',
  'Was sagtest du zum Tresor?',
  'Qu’as-tu répondu sur le port ?',
  '¿Qué respondiste sobre el puerto?',
  '¿Qué has respondido sobre la bóveda?',
  'Cosa hai detto del porto?',
  'O que você me disse sobre o cofre?',
  'Wat heb je geantwoord over de kluis?',
  'Co odpowiedziałeś o porcie?',
  'Kasa hakkında ne cevap verdin?',
  'Что ты ответил о порте?',
  'Что ты говорил про сейф?',
  '你刚才怎么回答端口的问题？',
  '你对金库是怎么回答的？',
  'さっきポートについて何と答えましたか',
  '金庫について何と答えましたか？',
  '아까 포트에 대해 뭐라고 대답했나요?',
  '금고에 대해 뭐라고 답했나요?',
])('is about earlier answers: %s', (question) => {
  expect(asksOfEarlierAnswers(question)).toBe(true);
});

it.each([
  'What is the limit of rule 4?',
  'What did she answer about the port?',
  'Did you know that Anna answered the letter?',
  'Do you know a file that mentions the vault? Have you one that mentions it?',
  'Can you tell me the code of the vault?',
  'Was hat der Händler gesagt?',
  'Hast du gelesen, was Anna zum Tresor geschrieben hat?',
  'Qu’a dit Anne du port ?',
  '端口是多少？',
  '安娜怎么回答的？',
  '金庫の番号は何ですか',
])('is about something else: %s', (question) => {
  expect(asksOfEarlierAnswers(question)).toBe(false);
});
