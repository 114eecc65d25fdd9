import type { Role, Segment } from '@supercontext/contract';
import type { ChatMessage } from './model/language-model.ts';
import { originOf } from './origin-of.ts';

export interface PromptParts {
  readonly segments: readonly Segment[];
  readonly question: string;
}

const INSTRUCTION = 'You are a helpful assistant that answers from the given text.';

const ASK_FROM_EVIDENCE = 'Use the text above to answer briefly:';
const ASK_WITHOUT_EVIDENCE = 'Answer briefly, and say so if you do not know:';

/**
 * The prompt of one turn, in the order in which its parts live longest, so that a model finds most of it in its KV cache:
 *
 *   system   instruction, the session's own instructions, pins      hardly ever change
 *            digest                                                 changes when compaction moves its frontier
 *            the latest turns                                       grow at their end
 *   user     numbered evidence with where it is from, the best      new in every turn
 *            last; the question
 *
 * Small models set the words and the order. They lose what is far from the question: with the best evidence next to it
 * they answer a third more questions than with the worst there. They repeat what an earlier chat message of theirs says,
 * whatever they are asked, so the turns are told to them instead. And the more they are told to do, the less they do:
 * asked for numbers of the evidence, one of 135M parameters writes lists of numbers; so nobody asks for them, and an
 * answer without any is cited by what it shares with the evidence.
 */
export function layOutPrompt({ segments, question }: PromptParts): readonly ChatMessage[] {
  const of = (reason: Segment['reason']) => segments.filter((segment) => segment.reason === reason);
  const textsOf = (reason: Segment['reason']) => of(reason).map(({ text }) => text);
  const lasting = [
    INSTRUCTION,
    ...textsOf('system'),
    ...section('Always to be kept in mind:', textsOf('pin')),
    ...section('What the session is about, in extracts:', textsOf('digest')),
  ].join('\n\n');
  const background = [lasting, ...section('Earlier in this conversation:', tellTurns(of('recent')))].join('\n\n');
  return [
    { role: 'system', content: background, lastingLength: lasting.length },
    { role: 'user', content: askWithEvidence(of('evidence'), question) },
  ];
}

function section(heading: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [[heading, ...texts].join('\n')];
}

const LABEL: Readonly<Record<Role, string>> = {
  system: 'Instruction',
  user: 'Question',
  assistant: 'Answer',
  tool: 'Tool',
  document: 'Document',
};

/** Who spoke is said when it changes: a long message comes as several segments. */
function tellTurns(recent: readonly Segment[]): readonly string[] {
  let last: string | null = null;
  return recent.map(({ role, speaker, text }) => {
    const label = speaker ?? LABEL[role ?? 'user'];
    const line = label === last ? text : `${label}: ${text}`;
    last = label;
    return line;
  });
}

function askWithEvidence(evidence: readonly Segment[], question: string): string {
  if (evidence.length === 0) return `${ASK_WITHOUT_EVIDENCE} ${question}`;
  const numbered = evidence.map((segment, index) => `[${index + 1}] ${tellEvidence(segment)}`);
  return [...numbered.reverse(), `${ASK_FROM_EVIDENCE} ${question}`].join('\n\n');
}

/** A segment of evidence as the model reads it, without its number. */
export function tellEvidence(segment: Segment): string {
  const origin = originOf(segment);
  const text = onePart(segment.text);
  return origin === null ? text : `(${origin}) ${text}`;
}

/** Evidence without blank lines, which separate the parts and say nothing to the model. */
function onePart(text: string): string {
  return text.trim().replaceAll(/[^\S\n]*\n(?:[^\S\n]*\n)+/g, '\n');
}
