import type { Segment, SegmentReason } from '@supercontext/contract';
import { describe, expect, it } from 'vitest';
import { recentOf, segmentOf } from '../../test/support/working-sets.ts';
import { layOutPrompt } from './lay-out-prompt.ts';

const segment = (reason: SegmentReason, text: string) => segmentOf({ reason, text });
const layOut = (segments: readonly Segment[], question: string) => layOutPrompt({ segments, question });

const FIRST_TURN = [segment('digest', 'extract'), segment('evidence', 'text one'), segment('evidence', 'text two')];

describe('layOutPrompt', () => {
  it('numbers the evidence as it is ranked, the best next to the question, in one last user message', () => {
    const messages = layOut(FIRST_TURN, 'Why?');
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[1]?.content).toBe(
      '[2] text two\n\n[1] text one\n\nUse the text above to answer briefly, and say so if it does not answer: Why?',
    );
    expect(messages[0]?.content).toContain('extract');
  });

  it('keeps everything before the last message as it was when only evidence and question change', () => {
    const next = [segment('digest', 'extract'), segment('evidence', 'another text')];
    expect(layOut(next, 'And now?').slice(0, -1)).toEqual(layOut(FIRST_TURN, 'Why?').slice(0, -1));
  });

  it('tells the latest turns behind everything that was there before, so that it stays a prefix', () => {
    const turn = [recentOf('user', 'Why?'), recentOf('assistant', 'because')];
    const earlier = layOut([segment('digest', 'extract'), ...turn], 'And then?')[0]?.content ?? '';
    expect(earlier).toMatch(/extract[\s\S]*Question: Why\?\nAnswer: because$/);
    const later = layOut([segment('digest', 'extract'), ...turn, recentOf('user', 'And then?')], 'So?')[0]?.content;
    expect(later?.startsWith(earlier)).toBe(true);
  });

  it('names the speaker of a message once, however many segments it has', () => {
    const turns = [recentOf('user', 'a long'), recentOf('user', 'question'), recentOf('assistant', 'answer')];
    expect(layOut(turns, 'Next?')[0]?.content).toMatch(/Question: a long\nquestion\nAnswer: answer$/);
  });

  it('calls a speaker by name where one is known, whatever the role', () => {
    const turns = [
      { ...recentOf('user', 'Good morning.'), speaker: 'Zoë' },
      { ...recentOf('user', 'Good night.'), speaker: 'Max' },
    ];
    expect(layOut(turns, 'Next?')[0]?.content).toMatch(/Zoë: Good morning\.\nMax: Good night\.$/);
  });

  it('says where evidence is from: its path, who said it and when, and that it is an answer of earlier', () => {
    const evidence = [
      segmentOf({ reason: 'evidence', text: 'The port is 7443.', source: { kind: 'file', name: 'conf/ports.md' } }),
      segmentOf({ reason: 'evidence', text: 'It is late.', speaker: 'Max', occurredAtMs: Date.UTC(2026, 4, 3) }),
      segmentOf({ reason: 'evidence', text: 'It is 7443.', role: 'assistant', modelWritten: true }),
    ];
    const content = layOut(evidence, 'In which file?')[1]?.content;
    expect(content).toContain('[1] (conf/ports.md) The port is 7443.');
    expect(content).toContain('[2] (Max, 2026-05-03) It is late.');
    expect(content).toContain('[3] (an earlier answer) It is 7443.');
  });

  it('keeps the end of a path that is too long to be told', () => {
    const source = { kind: 'file', name: `${'deep/'.repeat(100)}ports.md` } as const;
    const content = layOut([segmentOf({ reason: 'evidence', text: 'x', source })], 'Where?')[1]?.content ?? '';
    expect(content).toContain('deep/ports.md) x');
    expect(content.length).toBeLessThan(250);
  });

  it('puts instructions and pins of the session into the system message, before the digest', () => {
    const messages = layOut([segment('digest', 'D'), segment('pin', 'P'), segment('system', 'S')], 'Why?');
    expect(messages[0]?.content).toMatch(/S[\s\S]*P[\s\S]*D/);
  });

  it('tells a larger model how sure the search is that the answer is there', () => {
    const [, asked] = layOutPrompt({ segments: FIRST_TURN, question: 'Why?', confidence: 0.734 });
    expect(asked?.content).toMatch(/say so if it does not answer \(a search is 73 % sure that it does\): Why\?$/);
  });

  it('tells a small model little: no numbers, no earlier answers, and a short order', () => {
    const turns = [recentOf('user', 'Good morning.'), recentOf('assistant', 'Good night.')];
    const earlier = segmentOf({ reason: 'evidence', text: 'It is 7443.', role: 'assistant', modelWritten: true });
    const segments = [...turns, ...FIRST_TURN, earlier];
    const [system, asked] = layOutPrompt({ segments, question: 'Why?', isSmall: true, confidence: 0.7 });
    expect(asked?.content).toBe('text two\n\ntext one\n\nUse the text above to answer briefly: Why?');
    expect(system?.content).toContain('Good morning.');
    expect(system?.content).not.toContain('Good night.');
  });

  it('says so when there is no evidence', () => {
    expect(layOut([], 'Why?')[1]?.content).toBe('Answer briefly, and say so if you do not know: Why?');
  });

  it('keeps evidence one part, whatever blank lines and brackets are in it', () => {
    const messages = layOut([segment('evidence', 'one\r\n\r\n[2] two  \n \n\t\n three\n')], 'Why?');
    expect(messages[1]?.content.split('\n\n')).toHaveLength(2);
  });

  // Work that grows with the square of a run of blanks would hold the process for minutes.
  it('reads runs of blanks once', () => {
    const text = `one${' '.repeat(500_000)}two`;
    expect(layOut([segment('evidence', text)], 'Why?')[1]?.content).toContain(text);
  });
});
