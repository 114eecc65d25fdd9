import type { Segment } from '@supercontext/contract';
import type { ChatMessage } from './model/language-model.ts';

export type Speaker = 'user' | 'assistant';

export interface PromptParts {
  readonly segments: readonly Segment[];
  /** Who speaks in a RECENT segment. */
  readonly speakerOf: (segment: Segment) => Speaker;
  readonly question: string;
}

const INSTRUCTION = 'You are a helpful assistant that answers from the given text.';

/** What stands before the question in the last message. */
export const ASK_FROM_EVIDENCE = 'Use the text above to answer briefly:';
export const ASK_WITHOUT_EVIDENCE = 'Answer briefly, and say so if you do not know:';
/** Between the parts of the last message, and never inside one. */
export const PART_SEPARATOR = '\n\n';

/**
 * The prompt of one turn, in the order in which its parts live longest, so that a model finds most of it in its KV cache:
 *
 *   system     instruction, the session's own instructions, pins, digest     changes when compaction moves its frontier
 *   user ┐
 *   assistant ┘ the latest turns, verbatim                                   grows at its end
 *   user       numbered evidence, the question                               new in every turn
 *
 * Small models set the words: they lose what is far from the question, and the more they are told, the less they do. Asked
 * for numbers of the evidence, a model of 135M parameters writes lists of numbers; so nobody asks for them, and an answer
 * without any is cited by what it shares with the evidence.
 */
export function layOutPrompt({ segments, speakerOf, question }: PromptParts): readonly ChatMessage[] {
  const textsOf = (reason: Segment['reason']) =>
    segments.filter((segment) => segment.reason === reason).map(({ text }) => text);
  const background = [
    INSTRUCTION,
    ...textsOf('system'),
    ...section('Always to be kept in mind:', textsOf('pin')),
    ...section('What the session is about, in extracts:', textsOf('digest')),
  ].join('\n\n');
  const recent = segments
    .filter(({ reason }) => reason === 'recent')
    .map((segment) => ({ role: speakerOf(segment), content: segment.text }));
  return [
    { role: 'system', content: background },
    ...joinSpeakers(recent),
    { role: 'user', content: askWithEvidence(textsOf('evidence'), question) },
  ];
}

function section(heading: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [[heading, ...texts].join('\n')];
}

/** Templates of many models want speakers to take turns: fragments of one message come back as one. */
function joinSpeakers(recent: readonly ChatMessage[]): readonly ChatMessage[] {
  const messages: { role: ChatMessage['role']; content: string }[] = [];
  for (const { role, content } of recent) {
    const last = messages.at(-1);
    if (last?.role === role) last.content += `\n${content}`;
    else messages.push({ role, content });
  }
  return messages;
}

function askWithEvidence(evidence: readonly string[], question: string): string {
  if (evidence.length === 0) return `${ASK_WITHOUT_EVIDENCE} ${question}`;
  const numbered = evidence.map((text, index) => `[${index + 1}] ${onePart(text)}`);
  return [...numbered, `${ASK_FROM_EVIDENCE} ${question}`].join(PART_SEPARATOR);
}

/** Evidence without blank lines, which separate the parts and say nothing to the model. */
export function onePart(text: string): string {
  return text.trim().replaceAll(/[^\S\n]*\n(?:[^\S\n]*\n)+/g, '\n');
}
