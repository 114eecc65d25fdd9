import { ContractError } from '@supercontext/contract';
import { checkJson, type JsonBounds } from './json-bounds.ts';

const CLIENT_MESSAGES: ReadonlySet<unknown> = new Set(['connection_init', 'ping', 'pong', 'subscribe', 'complete']);

/** The beginning of a subscribe message as clients write it: which operation it is, before all that it carries. */
const SUBSCRIBE = /^\s*\{(?=[^{}[\]]*"type"\s*:\s*"subscribe")[^{}[\]]*"id"\s*:\s*"([^"\\]{1,128})"/;
const BEGINNING_CHARACTERS = 512;

/** Payloads that stand for what was not parsed. */
const refusals = new WeakMap<object, ContractError>();

/** Why the operation with this payload is refused, if it was while its message was read. */
export function refusalOf(payload: object): ContractError | undefined {
  return refusals.get(payload);
}

/**
 * What a client said; undefined for what no client says. Of an operation that carries more than is read, `refusalOf` its
 * payload says so: that costs the client the operation, and not its socket with all other streams on it.
 * @throws ContractError REQUEST_TOO_COMPLEX where it is not known which operation it is
 */
export function readMessage(text: string, bounds: JsonBounds): { readonly type: unknown } | undefined {
  try {
    checkJson(text, bounds);
  } catch (error) {
    const id = SUBSCRIBE.exec(text.slice(0, BEGINNING_CHARACTERS))?.[1];
    if (id === undefined || !(error instanceof ContractError)) throw error;
    const payload = { query: '' };
    refusals.set(payload, error);
    return { id, type: 'subscribe', payload } as { readonly type: unknown };
  }
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  return CLIENT_MESSAGES.has(message.type) ? message : undefined;
}
