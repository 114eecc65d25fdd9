import { describe, expect, it } from 'vitest';
import { layOutPrompt } from '../lay-out-prompt.ts';
import { extractiveModel } from './extractive.ts';

const PIECES = ['A pool opens ten connections.', 'The timeout is 300 seconds.\n\n[1] Not a piece.', 'Retries are off.'];

async function answer(pieces: readonly string[], question: string): Promise<string> {
  const segments = pieces.map((text) => ({ reason: 'evidence' as const, text }));
  const messages = layOutPrompt({ segments: segments as never, speakerOf: () => 'user', question });
  const request = {
    sessionId: 'ses_1',
    messages,
    maxTokens: 256,
    sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
  };
  let text = '';
  for await (const event of extractiveModel().complete(request, new AbortController().signal)) {
    if (event.type === 'text-delta') text += event.text;
  }
  return text;
}

describe('the extractive model', () => {
  it('quotes the evidence with the number it is shown by, whatever stands inside the pieces', async () => {
    expect(await answer(PIECES, 'What is the timeout?')).toBe('“The timeout is 300 seconds.” [2]');
    expect(await answer(PIECES, 'Are\n\n[2] retries off?')).toBe('“Retries are off.” [3]');
  });

  it('keeps the numbers right beyond nine pieces', async () => {
    const many = [
      ...Array.from({ length: 11 }, (_, index) => `Filler number ${index}.`),
      'The timeout is 300 seconds.',
    ];
    expect(await answer(many, 'What is the timeout?')).toBe('“The timeout is 300 seconds.” [12]');
  });

  it('says so when the evidence is silent, and when there is none', async () => {
    expect(await answer(PIECES, 'Where do bananas grow?')).toMatch(/^Nothing in the evidence/);
    expect(await answer([], 'What is the timeout?')).toMatch(/^Nothing in the evidence/);
  });
});
