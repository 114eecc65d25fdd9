import type { Segment, WorkingSet } from '@supercontext/contract';
import type { ChatMessage } from './model/language-model.ts';

export type Speaker = 'user' | 'assistant';

export interface PromptParts {
  readonly segments: readonly Segment[];
  /** Who speaks in a RECENT segment. */
  readonly speakerOf: (segment: Segment) => Speaker;
  readonly question: string;
}

const INSTRUCTION =
  'You answer questions about a long session from the numbered evidence you are given. ' +
  'Be brief, keep names and numbers as they are written, and do not invent anything.';

const WITH_EVIDENCE =
  'Answer in one or two sentences from the evidence alone and name the evidence used by its number, like [1].';
const WITHOUT_EVIDENCE = 'Answer in one or two sentences. If you do not know, say so.';

/** What stands before the evidence and the question in the last message. */
export const EVIDENCE_HEADING = 'Evidence:';
export const QUESTION_HEADING = 'Question:';
/** Between the parts of the last message, and never inside one. */
export const PART_SEPARATOR = '\n\n';

/**
 * The prompt of one turn, in the order in which its parts live longest, so that a model finds most of it in its KV cache:
 *
 *   system     instruction, the session's own instructions, pins, digest     changes when compaction moves its frontier
 *   user ┐
 *   assistant ┘ the latest turns, verbatim                                   grows at its end
 *   user       numbered evidence, question, what to do                       new in every turn
 *
 * The evidence comes last because small models lose what is far from the question.
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
  const numbered = evidence.map((text, index) => `[${index + 1}] ${onePart(text)}`);
  return [
    ...(evidence.length === 0 ? [] : [EVIDENCE_HEADING, ...numbered]),
    `${QUESTION_HEADING} ${question}`,
    evidence.length === 0 ? WITHOUT_EVIDENCE : WITH_EVIDENCE,
  ].join(PART_SEPARATOR);
}

/** Evidence without blank lines, which separate the parts and say nothing to the model. */
export function onePart(text: string): string {
  return text.trim().replaceAll(/[^\S\n]*\n(?:[^\S\n]*\n)+/g, '\n');
}

/** The question is already in the session's log when its working set is made: it is no earlier turn. */
export function withoutQuestion(workingSet: WorkingSet, question: string): WorkingSet {
  const last = workingSet.segments.findLast(({ reason }) => reason === 'recent');
  if (last === undefined || last.text.trim() !== question.trim()) return workingSet;
  return {
    ...workingSet,
    segments: workingSet.segments.filter((segment) => segment !== last),
    tokens: (workingSet.tokens - last.tokens) as WorkingSet['tokens'],
  };
}
