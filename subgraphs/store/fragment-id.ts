import { ContractError } from '@supercontext/contract';

/** A fragment's keyed hash as 32 lower-case hex digits: what the store knows it by. On the graph the session stands before it. */
export type FragmentHash = string;

/** A fragment as a session has it: the same content in two sessions has one hash and two names. */
export interface FragmentName {
  readonly sessionId: string;
  readonly hash: FragmentHash;
}

const SESSION_ID = /^ses_[0-9a-f]{24}$/;
const FRAGMENT_ID = /^(ses_[0-9a-f]{24})\.([0-9a-f]{32})$/;

export function formatFragmentId(sessionId: string, hash: FragmentHash): string {
  return `${sessionId}.${hash}`;
}

/** The parts of a fragment's id on the graph; null when it cannot be one, as for any other id the store lacks. */
export function parseFragmentId(id: string): FragmentName | null {
  const [, sessionId, hash] = FRAGMENT_ID.exec(id) ?? [];
  return sessionId === undefined || hash === undefined ? null : { sessionId, hash };
}

/** @throws ContractError INPUT_INVALID */
export function checkSessionId(id: string): void {
  if (SESSION_ID.test(id)) return;
  throw new ContractError('INPUT_INVALID', 'sessionId is not the id of a session', { argument: 'sessionId' });
}
