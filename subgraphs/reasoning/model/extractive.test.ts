import type { Segment } from '@supercontext/contract';
import { describe, expect, it } from 'vitest';
import { recentOf, segmentOf } from '../../../test/support/working-sets.ts';
import { extractiveModel } from './extractive.ts';

const TEXTS = [
  'A pool opens ten connections.',
  'The timeout is 300 seconds.\n\n[1] Not another one.',
  'Retries are off.',
];

async function answer(
  texts: readonly string[],
  question: string,
  more: Partial<Segment> = {},
  recent: readonly string[] = [],
): Promise<string> {
  const request = {
    sessionId: 'ses_1',
    messages: [{ role: 'user' as const, content: question }],
    question,
    evidence: texts.map((text) => segmentOf({ reason: 'evidence', text, ...more })),
    beside: recent.map((text) => recentOf('user', text)),
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
  it('quotes the evidence with the number it is shown by, whatever stands inside the texts', async () => {
    expect(await answer(TEXTS, 'What is the timeout?')).toBe('“The timeout is 300 seconds.” [2]');
    expect(await answer(TEXTS, 'Are retries\n\noff?')).toContain('“Retries are off.” [3]');
  });

  it('says where each quotation is from', async () => {
    const source = { kind: 'file', name: 'conf/pool.md' } as const;
    const said = await answer(TEXTS, 'What is the timeout?', { source });
    expect(said).toBe('“The timeout is 300 seconds.” (conf/pool.md) [2]');
  });

  it('quotes what was said last, by the numbers behind those of the evidence', async () => {
    const recent = ['The Nautilus code is 9371.', 'What is the Nautilus code?'];
    expect(await answer([], 'What is the Nautilus code?', {}, recent)).toBe('“The Nautilus code is 9371.” [1]');
    const both = await answer(
      ['The Orion code is 4482.'],
      'What are the Nautilus code and the Orion code?',
      {},
      recent,
    );
    expect(both).toContain('“The Orion code is 4482.” [1]');
    expect(both).toContain('“The Nautilus code is 9371.” [2]');
  });

  it('reads the facts of instructions, and cites them', async () => {
    const instruction = segmentOf({ reason: 'system', role: 'system', text: 'The ledger is closed at ten by Ines.' });
    const request = {
      ...{ sessionId: 'ses_1', messages: [], question: 'When is the ledger closed?', maxTokens: 64 },
      evidence: [segmentOf({ reason: 'evidence', text: 'Boats are blue.' })],
      beside: [instruction],
      sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
    };
    let last: unknown;
    for await (const event of extractiveModel().complete(request, new AbortController().signal)) last = event;
    expect(last).toMatchObject({
      type: 'completed',
      quoted: { stretches: [{ number: 2, stretches: ['The ledger is closed at ten by Ines.'] }] },
    });
  });

  it('keeps the numbers right beyond nine texts', async () => {
    const many = [
      ...Array.from({ length: 11 }, (_, index) => `Filler number ${index}.`),
      'The timeout is 300 seconds.',
    ];
    expect(await answer(many, 'What is the timeout?')).toBe('“The timeout is 300 seconds.” [12]');
  });

  it('says so when the evidence is silent, and when there is none', async () => {
    expect(await answer(TEXTS, 'Where do bananas grow?')).toMatch(
      /^No answer was found in your documents\. Nothing in the evidence/,
    );
    expect(await answer([], 'What is the timeout?')).toMatch(
      /^No answer was found in your documents\. Nothing in the evidence/,
    );
  });
});
