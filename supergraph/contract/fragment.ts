import type { Tokens } from './units.ts';

/** Who speaks. */
export type Role = 'system' | 'user' | 'assistant' | 'tool' | 'document';

/** Where a text comes from. */
export interface Source {
  /** `file` has a path, `text` may have a title, `chat` has neither. */
  readonly kind: 'file' | 'text' | 'chat';
  /** Path or title as the sender gave it, at most 1 024 characters; null when there is none. */
  readonly name: string | null;
}

/**
 * An immutable stretch of an item's text of 256-1 024 tokens (less at the end of an item). Its id is a keyed hash of its encoded
 * bytes, so equal fragments of a tenant are stored once.
 */
export interface Fragment {
  readonly contractVersion: number;
  readonly role: Role;
  readonly source: Source;
  readonly text: string;
  /** o200k count of `text`, made once, at append. */
  readonly tokens: Tokens;
  readonly tokenizer: string;
}
