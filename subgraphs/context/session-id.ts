import { randomBytes } from 'node:crypto';
import { ContractError } from '@supercontext/contract';

const NODE_ID = /^(?:(ses_[0-9a-f]{24})(?:\.(?:t(\d{1,9})|([0-9a-f]{32})|s([0-9a-f]{32})))?|gen_[0-9a-f]{24})$/;

/** What an id of the graph names. */
export type NodeId =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'turn'; readonly sessionId: string; readonly index: number }
  | { readonly kind: 'fragment' | 'summary' | 'generation' };

export function newSessionId(): string {
  return `ses_${randomBytes(12).toString('hex')}`;
}

export function formatTurnId(sessionId: string, index: number): string {
  return `${sessionId}.t${index}`;
}

export function formatFragmentId(sessionId: string, hash: string): string {
  return `${sessionId}.${hash}`;
}

/** The hash in a fragment's id. */
export function hashOfFragment(fragmentId: string): string {
  return fragmentId.slice(fragmentId.indexOf('.') + 1);
}

/** What `id` names, null when it cannot be an id of this graph. */
export function parseNodeId(id: string): NodeId | null {
  const match = NODE_ID.exec(id);
  if (match === null) return null;
  const [, sessionId, turn, fragment, summary] = match;
  if (sessionId === undefined) return { kind: 'generation' };
  if (turn !== undefined) return { kind: 'turn', sessionId, index: Number(turn) };
  if (fragment !== undefined) return { kind: 'fragment' };
  return summary === undefined ? { kind: 'session', sessionId } : { kind: 'summary' };
}

/** @throws ContractError INPUT_INVALID */
export function checkSessionId(id: string): void {
  if (parseNodeId(id)?.kind === 'session') return;
  throw new ContractError('INPUT_INVALID', 'sessionId is not the id of a session', { argument: 'sessionId' });
}

export function sessionNotFound(): ContractError {
  return new ContractError('SESSION_NOT_FOUND', 'there is no session with this id');
}
