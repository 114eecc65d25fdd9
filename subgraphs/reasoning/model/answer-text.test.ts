import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TINY_TOKENS } from '../gguf/tiny-llama.ts';
import { TokenBytes, tokenTable } from '../gguf/token-bytes.ts';
import { AnswerText } from './answer-text.ts';

const tokenBytes = new TokenBytes(tokenTable({ tokens: TINY_TOKENS, control: [0, 1, 2], pieces: { kind: 'merged' } }));
const tokensOf = (text: string): number[] => [...Buffer.from(text)].map((byte) => 3 + byte);

function say(text: string, stops: readonly string[] = []) {
  const answer = new AnswerText(tokenBytes, stops);
  const chunks: string[] = [];
  let tokens = 0;
  const take = (chunk: { text: string; tokens: number } | undefined): void => {
    if (chunk === undefined) return;
    chunks.push(chunk.text);
    tokens += chunk.tokens;
  };
  for (const token of tokensOf(text)) take(answer.push(token));
  take(answer.end());
  return { text: chunks.join(''), chunks, tokens, stopped: answer.stopped };
}

describe('the text of an answer', () => {
  test('is what its tokens spell, and every token is counted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const said = say(text, ['unlikely stop']);
        expect(said.text).toBe(text);
        expect(said.tokens).toBe(text === '' ? 0 : Buffer.byteLength(text));
      }),
    );
  });

  test('comes in whole characters', () => {
    expect(say('a€😀b').chunks).toEqual(['a', '€', '😀', 'b']);
  });

  test('ends with a replacement character when the last one stays incomplete', () => {
    const answer = new AnswerText(tokenBytes, []);
    for (const token of tokensOf('€').slice(0, 2)) expect(answer.push(token)).toBeUndefined();
    expect(answer.end()).toEqual({ text: '\ufffd', tokens: 2 });
  });

  test('ends before the first stop string, wherever tokens begin and end', () => {
    expect(say('one\n\nQuestion: two', ['\nQuestion', 'two'])).toMatchObject({ text: 'one\n', stopped: true });
    expect(say('aab', ['ab'])).toMatchObject({ text: 'a', stopped: true });
  });

  test('holds back only what may become a stop string', () => {
    expect(say('abcabx', ['abcabd']).chunks).toEqual(['abcabx']);
    expect(say('xxab', ['abc'])).toMatchObject({ text: 'xxab', stopped: false });
  });

  test('leaves control tokens out', () => {
    const answer = new AnswerText(tokenBytes, []);
    expect(answer.push(1)).toBeUndefined();
    expect(answer.push(3 + 65)).toEqual({ text: 'A', tokens: 2 });
  });
});
