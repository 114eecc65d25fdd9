import { hash } from 'node:crypto';

/** A Lua script that Redis runs atomically, on keys of one slot. */
export interface Script {
  readonly text: string;
  /** SHA-1 of the text, by which a node finds it once it was sent there. */
  readonly sha1: string;
}

export function script(text: string): Script {
  return { text, sha1: hash('sha1', text) };
}
