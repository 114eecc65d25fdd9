import { type Segment, type SegmentReason, tokens } from '@supercontext/contract';
import { describe, expect, it } from 'vitest';
import { layOutPrompt, onePart, type Speaker } from './lay-out-prompt.ts';

function segment(reason: SegmentReason, text: string): Segment {
  return {
    kind: 'fragment',
    id: `ses_1.${text}`,
    reason,
    score: null,
    text,
    tokens: tokens(5),
    from: 0,
    through: 0,
    verbatim: true,
  };
}

const speakerOf = ({ text }: Segment): Speaker => (text.startsWith('answer') ? 'assistant' : 'user');
const layOut = (segments: readonly Segment[], question: string) => layOutPrompt({ segments, speakerOf, question });

const FIRST_TURN = [segment('digest', 'extract'), segment('evidence', 'piece one'), segment('evidence', 'piece two')];

describe('layOutPrompt', () => {
  it('numbers the evidence as it is ranked, the best next to the question, in one last user message', () => {
    const messages = layOut(FIRST_TURN, 'Why?');
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[1]?.content).toBe('[2] piece two\n\n[1] piece one\n\nUse the text above to answer briefly: Why?');
    expect(messages[0]?.content).toContain('extract');
  });

  it('keeps everything before the last message as it was when only evidence and question change', () => {
    const next = [segment('digest', 'extract'), segment('evidence', 'another piece')];
    expect(layOut(next, 'And now?').slice(0, -1)).toEqual(layOut(FIRST_TURN, 'Why?').slice(0, -1));
  });

  it('tells the latest turns behind everything that was there before, so that it stays a prefix', () => {
    const turn = [segment('recent', 'Why?'), segment('recent', 'answer: because')];
    const earlier = layOut([segment('digest', 'extract'), ...turn], 'And then?')[0]?.content ?? '';
    expect(earlier).toMatch(/extract[\s\S]*Question: Why\?\nAnswer: answer: because$/);
    const later = layOut([segment('digest', 'extract'), ...turn, segment('recent', 'And then?')], 'So?')[0]?.content;
    expect(later?.startsWith(earlier)).toBe(true);
  });

  it('names the speaker of a message once, however many segments it has', () => {
    const turns = [segment('recent', 'a long'), segment('recent', 'question'), segment('recent', 'answer')];
    expect(layOut(turns, 'Next?')[0]?.content).toMatch(/Question: a long\nquestion\nAnswer: answer$/);
  });

  it('puts instructions and pins of the session into the system message, before the digest', () => {
    const messages = layOut([segment('digest', 'D'), segment('pin', 'P'), segment('system', 'S')], 'Why?');
    expect(messages[0]?.content).toMatch(/S[\s\S]*P[\s\S]*D/);
  });

  it('says so when there is no evidence', () => {
    expect(layOut([], 'Why?')[1]?.content).toBe('Answer briefly, and say so if you do not know: Why?');
  });

  it('keeps a piece of evidence one part, whatever blank lines and brackets are in it', () => {
    expect(onePart('one\r\n\r\n[2] two  \n \n\t\n three\n')).not.toContain('\n\n');
    const messages = layOut([segment('evidence', 'text\n\n[2] not a piece')], 'Why?');
    expect(messages[1]?.content.split('\n\n')).toHaveLength(2);
  });
});
