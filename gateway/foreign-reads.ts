import type { IncomingHttpHeaders } from 'node:http';
import { canonicalHost } from './hosts.ts';
import { essenceOf, JSON_TYPE } from './media-type.ts';

/** Headers that a page sends to another site only after it was asked whether it may: the first two are Apollo's, and say just that. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'authorization', 'traceparent'];

/**
 * Whether a page of another site may have had a browser send this GET, behind the back of whoever sits before it. Such a page
 * never reads the answer, but it can make somebody's machine work for it. A GET without a header of its own is what an
 * `<img>`, a link, a form and a `fetch` that wants no answer send; so it counts what a page cannot say for itself:
 *
 * 1. An `Origin` was looked at when the request was taken in (`callers.ts`): whoever sends one may call.
 * 2. `Sec-Fetch-Site` is the browser's own word. `same-origin` is a page of the gateway, `none` a person's address bar.
 * 3. A browser that sends neither is an old one, or talks plain HTTP to another machine. All call themselves Mozilla; what does
 *    not is no browser: curl, a library, another server. It needs no proof.
 * 4. For those browsers a header that needs a preflight is proof, since the preflight had an Origin; and so is a `Referer` of the
 *    gateway's own, since a page can leave its own out, but not send that of another.
 *
 * `Accept` proves nothing: a page may set it on any request.
 */
export function mayBeForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined) return false;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (headers['user-agent']?.startsWith('Mozilla/') !== true) return false;
  const isPreflighted = essenceOf(headers['content-type']) === JSON_TYPE || PREFLIGHTED.some((name) => headers[name]);
  return !isPreflighted && !isOwn(headers);
}

function isOwn({ referer = '', host = '' }: IncomingHttpHeaders): boolean {
  if (!URL.canParse(referer)) return false;
  const { protocol, host: from } = new URL(referer);
  return from !== '' && from === canonicalHost(host, protocol)?.host;
}
