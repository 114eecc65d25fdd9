import { ContractError } from '@supercontext/contract';
import { ConnectionLost } from './node-connection.ts';

/** What an error that came for a command means for it. All but `lost` and `refused` say that the command was not done. */
export type RedisFault =
  /** Another node has the slot, or, `ask`, has this key of it already. */
  | { readonly kind: 'moved' | 'ask'; readonly address: string; readonly slot: number }
  /** It will pass: the cluster is down, a node loads its data or is a replica now, keys are on their way, a password is being changed. */
  | { readonly kind: 'passing' }
  /** Whether it was done is unknown. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'full' }
  | { readonly kind: 'script-unknown' }
  /** Something else than this program ever writes stands at the key. */
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'refused' };

const PASSING =
  /^(CLUSTERDOWN|TRYAGAIN|LOADING|READONLY|MASTERDOWN|BUSY|NOREPLICAS|MISCONF|UNBLOCKED|WRONGPASS|NOAUTH|NOPERM)\b/;

export function redisFault(error: Error, askedAddress: string): RedisFault {
  if (error instanceof ConnectionLost) return { kind: 'lost' };
  const { message } = error;
  const redirected = /^(MOVED|ASK) (\d+) (\S*):(\d+)/.exec(message);
  if (redirected !== null) {
    const [, word, slot, host, port] = redirected as unknown as [string, string, string, string, string];
    const name = host === '' || host === '?' ? askedAddress.slice(0, askedAddress.lastIndexOf(':')) : host;
    return { kind: word === 'MOVED' ? 'moved' : 'ask', address: `${name}:${port}`, slot: Number(slot) };
  }
  if (message.startsWith('OOM')) return { kind: 'full' };
  if (message.startsWith('NOSCRIPT')) return { kind: 'script-unknown' };
  // Of a script, too: what it was told by a command is passed on.
  if (message.startsWith('WRONGTYPE')) return { kind: 'wrong-type' };
  if (PASSING.test(message)) return { kind: 'passing' };
  // Anything else that Redis answers is an answer; what is no answer of it was never sent.
  return /^[A-Z]+ /.test(message) ? { kind: 'refused' } : { kind: 'passing' };
}

/** What the operator can do about what a node says, by its first word. */
const REMEDIES: Readonly<Record<string, string>> = {
  NOAUTH: 'name a password in SUPERCONTEXT_REDIS_PASSWORD_FILE',
  WRONGPASS: 'see SUPERCONTEXT_REDIS_USER and SUPERCONTEXT_REDIS_PASSWORD_FILE',
  NOPERM: 'give the user of SUPERCONTEXT_REDIS_USER that right',
  READONLY: 'it is a replica: name its master in SUPERCONTEXT_REDIS, or all servers of the cluster',
};

/** What a node says, and what to do about it where that is known. */
export function withRemedy(why: string): string {
  const remedy = REMEDIES[why.split(' ', 1)[0] as string];
  return remedy === undefined ? why : `${why} (${remedy})`;
}

export function unavailable(address: string | undefined, why: string): ContractError {
  const where = address === undefined ? 'Redis' : `Redis at ${address}`;
  const message = `${where}: ${withRemedy(why)}`;
  return new ContractError('STORAGE_UNAVAILABLE', message, address === undefined ? {} : { node: address });
}

export function full(address: string): ContractError {
  const message = `Redis at ${address} has no memory left, and keeps what it has: raise its maxmemory, or erase sessions`;
  return new ContractError('STORAGE_FULL', message, { node: address });
}
