import { createHash } from 'node:crypto';

/** What a session is fed: a message, or a document where it has a path. */
export interface EvalItem {
  readonly id: string;
  /** Items of one group that stand in a row are appended together. */
  readonly group: string;
  /** SYSTEM, USER, ASSISTANT or TOOL; of a document nobody's. */
  readonly role: string | null;
  /** ISO 8601 in UTC. */
  readonly occurredAt: string | null;
  readonly path: string | null;
  readonly text: string;
}

/** A text that an answer rests on. */
export interface Gold {
  readonly itemId: string;
  /** What must be shown: a sentence or a row of a document, the whole of a message. */
  readonly text: string;
}

export type Half = 'fit' | 'report';

/** A question with what answers it. */
export interface EvalQuestion {
  readonly question: string;
  readonly category: string;
  /** Empty when the items do not answer it. */
  readonly gold: readonly Gold[];
  readonly answer: string | null;
  readonly half: Half;
}

/** What is asked in one session. */
export interface QuestionSet {
  readonly name: string;
  readonly items: readonly EvalItem[];
  readonly questions: readonly EvalQuestion[];
}

/** Sets that are parts of one thing: all of the name but what follows its last `-`. */
export function familyOf(setName: string): string {
  return setName.replace(/-[^-]+$/, '');
}

/** What is calibrated on one half is reported on the other; a question is in the same one wherever it stands. */
export function halfOf(question: string): Half {
  return (createHash('sha256').update(question.trim()).digest()[0] ?? 0) % 2 === 0 ? 'fit' : 'report';
}
