import type { GraphRequestError } from './graph-request-error.ts';
import type { SentDocument } from './operation.ts';

/** What of a request names its document: by hash alone, or whole to a server that does not know the hash. */
export function nameDocument(
  { text, sha256 }: SentDocument,
  whole: boolean,
): { readonly query?: string; readonly extensions: Readonly<Record<string, unknown>> } {
  const extensions = { persistedQuery: { version: 1, sha256Hash: sha256 } };
  return whole ? { query: text, extensions } : { extensions };
}

/** Whether a server refused a hash that it does not know: nothing was done, and the whole document is to be sent once. */
export function isUnknownHash(error: GraphRequestError): boolean {
  return error.code === 'PERSISTED_QUERY_NOT_FOUND';
}
