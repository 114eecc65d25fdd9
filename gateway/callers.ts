import type { IncomingMessage } from 'node:http';
import { ContractError } from '@supercontext/contract';
import { LRUCache } from 'lru-cache';
import { canonicalHost, isLoopback, isWildcard } from './hosts.ts';
import { ANY_ORIGIN, canonicalOrigin } from './origins.ts';
import type { RefusedCaller } from './refused-callers.ts';

const REMEMBERED_CALLERS = 64;

export interface CallersOptions {
  /** The address that is listened on. */
  readonly host: string;
  /** `host` or `host:port`, canonical: further names this gateway is called by. */
  readonly hosts: readonly string[];
  /** Canonical origins whose pages may call, or ANY_ORIGIN. */
  readonly corsOrigins: readonly string[];
}

/**
 * Who is answered. A browser sends what any page tells it to, so two of its headers are looked at before all else, over
 * HTTP and WebSocket alike:
 *
 * Host, since a page can make its own name resolve to this machine and is then of the same origin as the gateway, as far
 * as the browser knows; and Origin, since a page that may not read the answer has still caused what it asked for.
 */
export class Callers {
  readonly #options: CallersOptions;
  readonly #onRefused: (caller: RefusedCaller) => void;
  /** Callers are few, and each asks often: what was admitted of late, by all that it was admitted for. */
  readonly #admitted = new LRUCache<string, true>({ max: REMEMBERED_CALLERS });

  /** `onRefused` is told of each that is refused. */
  constructor(options: CallersOptions, onRefused: (caller: RefusedCaller) => void) {
    this.#options = options;
    this.#onRefused = onRefused;
  }

  /** @throws ContractError CALLER_REFUSED */
  admit(request: IncomingMessage): void {
    const header = hostHeaderOf(request);
    // No header has a line end in it: what is not there is no value of it.
    const caller = `${header ?? '\n'}\n${request.headers.origin ?? '\n'}\n${request.socket.localAddress}`;
    if (this.#admitted.has(caller)) return;
    this.#examine(request, header);
    this.#admitted.set(caller, true);
  }

  #examine(request: IncomingMessage, header: string | undefined): void {
    const host = header === undefined ? undefined : canonicalHost(header);
    if (host === undefined || !this.#isOurs(host, request.socket.localAddress)) {
      this.#onRefused({ header: 'Host', value: request.headers.host, setting: 'SUPERCONTEXT_HOSTS' });
      throw new ContractError('CALLER_REFUSED', 'the Host of the request is not one this gateway answers');
    }
    const { origin } = request.headers;
    if (origin !== undefined && !this.#mayCall(origin, host)) {
      this.#onRefused({ header: 'Origin', value: origin, setting: 'SUPERCONTEXT_CORS_ORIGINS' });
      throw new ContractError('CALLER_REFUSED', 'the Origin of the request is not one this gateway answers');
    }
  }

  #isOurs(host: URL, localAddress: string | undefined): boolean {
    const { host: listened, hosts } = this.#options;
    const { hostname } = host;
    if (isLoopback(hostname) || hosts.includes(hostname) || hosts.includes(host.host)) return true;
    const own = isWildcard(listened) ? localAddress : listened;
    return own !== undefined && hostname === canonicalHost(own)?.hostname;
  }

  #mayCall(origin: string, host: URL): boolean {
    const { corsOrigins, host: listened } = this.#options;
    if (corsOrigins.includes(ANY_ORIGIN)) return true;
    const canonical = canonicalOrigin(origin);
    if (canonical === undefined) return false;
    if (corsOrigins.includes(canonical)) return true;
    if (!/^https?:/.test(canonical)) return false;
    const from = new URL(canonical);
    // By the scheme of the page, since a proxy may have taken TLS off.
    if (from.host === canonicalHost(host.href.slice('http://'.length, -1), from.protocol)?.host) return true;
    return isLoopback(listened) && isLoopback(from.hostname);
  }
}

/** The one Host header of a request; undefined when there is none or more than one. */
function hostHeaderOf({ headers, rawHeaders }: IncomingMessage): string | undefined {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count === 1 ? headers.host : undefined;
}
