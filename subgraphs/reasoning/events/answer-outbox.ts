/** An answer the session's log may still lack. */
export interface UnrecordedAnswer {
  /** Above 0; greater than those of all older answers. */
  readonly place: number;
  readonly generationId: string;
  readonly turnId: string;
  readonly text: string;
  /** When its generation was begun. */
  readonly begunAtMs: number;
}

/**
 * Which answers have become part of their session's log, so that one the context stage could not take is offered again. The list
 * leaves out what is damaged at rest.
 */
export interface AnswerOutbox {
  /** Answers that were completed or cancelled with text and are not marked, oldest first: those beyond place `after`, 0 for all. */
  unrecorded(limit: number, after?: number): Promise<readonly UnrecordedAnswer[]>;

  /** Marks an answer as part of the session's log. Idempotent. */
  markRecorded(generationId: string): Promise<void>;
}
