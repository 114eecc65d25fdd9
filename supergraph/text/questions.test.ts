import { describe, expect, it } from 'vitest';
import { isQuestion, onlyAsks } from './questions.ts';

describe('a text', () => {
  it.each([
    'What is the limit of rule 4?',
    'what is the limit of rule 4',
    'Where is it? And who keeps it?',
    'And the price?',
    '服务器端口是多少？',
    '你知道答案吗',
    '締め切りはいつですか。',
    'ما هو الحد؟',
    '서버가 멈췄나요?',
    'Wie hoch ist die Grenze',
    'Wo wird er gelagert',
    'is the north gate open',
    'do you know the code',
    'What is the vault code?!',
    'What is in kestrel.yaml about the Kestrel dock?',
    'Which Osprey build, v5.4.1, has the Osprey fix?',
    'What does Dr. Lapwing say about the Lapwing ward?',
    'Is the Plover limit of 3.5 enough for the Plover?',
    'What is the port of ledger.example.com Heron?',
    'Which gate is open on Mondays',
    'When Mia is away, who holds the Orion key?',
    'In the north harbour, what is the port of the ledger?',
    'Hello dear assistant, what is the code?',
    'According to rule 4, is the gate open?',
    'Which roses did the gardeners of district 10 water, and on which afternoon of the week was that, and were there oaks?',
    'What is the limit, in crates per shift, of rule 4?',
    '¿Cuál es el puerto, y quién lo puso?',
    'Wie lautet der Code von Tor 4, und wer hat ihn?',
    '金库的密码是多少，谁知道？',
    'how long does it take',
    '마감은 언제입니까',
  ])('that only asks: %s', (text) => {
    expect(onlyAsks(text)).toBe(true);
  });

  it.each([
    'The limit of rule 4 is 159.',
    'The limit of rule 4 is 159. Is that right?',
    'My cat is called Minerva, what do you think?\nShe is four.',
    'What we ship is on the second floor.',
    'Remember that the code is 7741',
    '服务器端口是 7741。',
    'Will Turner owns the north gate key',
    'What matters is that the Nautilus vault code is 9371',
    'When Mia is away Ben holds the Orion key 4482',
    'Wie besprochen ist der Zebra Tresorcode 5519',
    'Remember that the Quokka locker code is 6603, okay?',
    'The Quokka locker code is 6603 okay?',
    'Hi, the Walnut gate code is 7718, which gate is it for?',
    'The Walnut gate code is 7718?',
    'the north gate is open. is that right?',
    'I keep it in vault.yaml. Where is yours?',
    'Der Code von Tor 4 ist 7741, oder?',
    'El código de la puerta es 7741, ¿verdad?',
    '金庫カモメの番号は8827です、いいですか',
    '保险箱海豚密码是9936，好吗',
    '서버 포트는 7741번입니다, 맞습니까?',
    'Comment on port: it is 7741',
    'Can opener code 7741',
    'What is the gate code: 7741',
    'How to open the gate',
    'Who is late pays.',
    'Do the laundry at five',
    'Should the alarm ring press 7741',
    'Has-beens meet at nine',
    'Quando arrivo chiamo Marta',
    'ここはとても静か',
    '비가 오니까 우산을 가져와',
    '내일은 비가 오니까',
    '그러니까요',
    '',
    '?!',
  ])('that states something, or says nothing: %s', (text) => {
    expect(onlyAsks(text)).toBe(false);
  });
});

it('is a question for its mark, whatever closes behind it', () => {
  expect(isQuestion('He asked: “Is it late?”')).toBe(true);
  expect(isQuestion('He asked whether it is late.')).toBe(false);
  expect(isQuestion('Ո՞վ է նա ինչո՞ւ՞')).toBe(true);
});

it('asks by a semicolon in Greek only', () => {
  expect(isQuestion('Πού είναι;')).toBe(true);
  expect(isQuestion('const port = 7741;')).toBe(false);
  expect(onlyAsks('open(7741);\nrun();')).toBe(false);
});
