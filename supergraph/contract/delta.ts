import type { Role } from './fragment.ts';

/** One item of a delta: a file, a chat message or plain text. */
export type DeltaItem =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'message'; readonly role: Role; readonly text: string }
  | { readonly kind: 'text'; readonly title: string | null; readonly text: string };

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
