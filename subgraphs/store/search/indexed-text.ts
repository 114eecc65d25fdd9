import type { Fragment } from '@supercontext/contract';
import { standingInstructions } from '@supercontext/text/standing-instructions.ts';
import type { IndexedText } from './session-index.ts';

/** What is indexed of a fragment. */
export function indexedText({ role, source, text }: Pick<Fragment, 'role' | 'source' | 'text'>): IndexedText {
  const isSpoken = source.kind === 'chat';
  const isInstruction = isSpoken && role === 'user' && standingInstructions(text).length > 0;
  return { name: source.name ?? '', text, isSpoken, isInstruction };
}
