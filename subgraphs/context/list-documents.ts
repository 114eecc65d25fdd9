import {
  encodeCursor,
  type Page,
  type PageArguments,
  pageOf,
  pageRequest,
} from '@supercontext/runtime/serve/connections.ts';
import type { DocumentRecord, SessionLog } from './log/session-log.ts';

export const PAGE_SIZES = { standard: 100, most: 1_000 };

/** One page of a session's documents, in order of their paths. @throws ContractError INPUT_INVALID, CURSOR_UNKNOWN, those of the log */
export async function listDocuments(
  log: SessionLog,
  sessionId: string,
  wanted: PageArguments,
): Promise<Page<DocumentRecord>> {
  const list = `documents ${sessionId}`;
  const request = pageRequest(list, wanted, PAGE_SIZES);
  const { size, fromEnd, after, before } = request;
  const documents = await log.documents(sessionId, { size: size + 1, fromEnd, after, before });
  return pageOf(documents, request, ({ path }) => encodeCursor(list, path));
}
