import type { Role } from './fragment.ts';

/** What is known of an item beside its text. It stands in the session's log, not in the fragments that hold the text. */
export interface Said {
  /** When it was said or written, in milliseconds since 1970; null when nobody knows. */
  readonly occurredAtMs: number | null;
  /** 1-4 096 characters that no stage interprets and that come back with the text; null for none. */
  readonly metadata: string | null;
}

/** One item of a delta: a file, a chat message or plain text. */
export type DeltaItem =
  | ({ readonly kind: 'file'; readonly path: string; readonly text: string } & Said)
  | ({
      readonly kind: 'message';
      readonly role: Role;
      /** The name of who says it, 1-256 characters; null where the role says enough. */
      readonly speaker: string | null;
      readonly text: string;
    } & Said)
  | ({ readonly kind: 'text'; readonly title: string | null; readonly text: string } & Said);

/** What changed since the last append: the only thing a turn sends. */
export interface Delta {
  readonly contractVersion: number;
  readonly sessionId: string;
  /** 1-128 characters chosen by the sender; the same key and content twice has the effect of once. */
  readonly idempotencyKey: string;
  /** The revision the sender has seen, or null to append at the end whatever it is. */
  readonly baseRevision: number | null;
  readonly items: readonly DeltaItem[];
}
