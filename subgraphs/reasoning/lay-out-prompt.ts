import type { Role, Segment } from '@supercontext/contract';
import type { ChatMessage } from './model/language-model.ts';
import { originOf } from './origin-of.ts';

export interface PromptParts {
  readonly segments: readonly Segment[];
  readonly question: string;
  /** Whether the model is one that does less the more it is told. */
  readonly isSmall?: boolean;
  /** How sure the working set is that it has the answer, 0-1; null or left out where it does not say. */
  readonly confidence?: number | null;
}

const INSTRUCTION = 'You are a helpful assistant that answers from the given text.';

const ASK_FROM_EVIDENCE = 'Use the text above to answer briefly:';
/** A larger one sorts out by itself what it does not need, and can say that nothing answers. */
const ASK_OR_SAY_SO = 'Use the text above to answer briefly, and say so if it does not answer';
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
 * whatever they are asked, so the turns are told to them instead, and to the smallest only what others said: no answer of
 * a model is in their prompt. And the more they are told to do, the less they do:
 * asked for numbers of the evidence, one of 135M parameters writes lists of numbers; so nobody asks for them, to the smallest they are
 * not shown, and an answer without any is cited by what it shares with the evidence. Larger models are told how sure the search
 * is, and to say so when the evidence does not answer.
 */
export function layOutPrompt(parts: PromptParts): readonly ChatMessage[] {
  const { isSmall = false } = parts;
  const segments = isSmall
    ? parts.segments.filter(({ modelWritten, kind }) => !modelWritten || kind === 'summary')
    : parts.segments;
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
    { role: 'user', content: askWithEvidence(of('evidence'), parts) },
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

function askWithEvidence(
  evidence: readonly Segment[],
  { question, isSmall = false, confidence = null }: PromptParts,
): string {
  if (evidence.length === 0) return `${ASK_WITHOUT_EVIDENCE} ${question}`;
  const told = evidence.map((segment, index) =>
    isSmall ? tellEvidence(segment) : `[${index + 1}] ${tellEvidence(segment)}`,
  );
  const sure = confidence === null ? '' : ` (a search is ${Math.round(100 * confidence)} % sure that it does)`;
  const ask = isSmall ? ASK_FROM_EVIDENCE : `${ASK_OR_SAY_SO}${sure}:`;
  return [...told.reverse(), `${ask} ${question}`].join('\n\n');
}

/** A segment of evidence as the model reads it, without its number. */
export function tellEvidence(segment: Segment): string {
  const origin = originOf(segment);
  const text = onePart(segment.text);
  return origin === null ? text : `(${origin}) ${text}`;
}

/** Evidence without blank lines, which separate the parts and say nothing to the model. */
function onePart(text: string): string {
  return text
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}
