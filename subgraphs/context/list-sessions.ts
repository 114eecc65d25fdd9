import { ContractError } from '@supercontext/contract';
import {
  cursorUnknown,
  encodeCursor,
  type Page,
  type PageArguments,
  pageOf,
  pageRequest,
} from '@supercontext/runtime/serve/connections.ts';
import { fold } from '@supercontext/text/fold.ts';
import { checkText } from './check-delta.ts';
import type { SessionLog, SessionOrder, SessionPlace, SessionRecord } from './log/session-log.ts';
import { MAXIMUM_TITLE_CHARACTERS } from './session-title.ts';

export interface SessionsWanted extends PageArguments {
  readonly orderBy: SessionOrder;
  /** Null for both. */
  readonly archived: boolean | null;
  readonly titleContains: string | null;
}

/** An edge whose session may be damaged. */
export interface ListedEdge {
  readonly cursor: string;
  readonly node: SessionRecord | ContractError;
}

export const PAGE_SIZES = { standard: 20, most: 100 };

/**
 * One page of all sessions. One whose record is damaged stands there with its fault.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, CURSOR_UNKNOWN, STORAGE_UNAVAILABLE
 */
export async function listSessions(
  log: SessionLog,
  wanted: SessionsWanted,
): Promise<Page<SessionRecord | ContractError>> {
  const { orderBy, archived, titleContains } = wanted;
  if (titleContains !== null) checkTitlePart(titleContains);
  const list = `sessions by ${orderBy}`;
  const request = pageRequest(list, wanted, PAGE_SIZES);
  const { size, fromEnd } = request;
  const listed = await log.list({
    orderBy,
    fromEnd,
    size: size + 1,
    after: request.after === null ? null : placeOf(request.after, 'after'),
    before: request.before === null ? null : placeOf(request.before, 'before'),
    archived,
    titleContains: titleContains === null ? null : fold(titleContains),
  });
  const { edges, pageInfo } = pageOf(listed, request, ({ atMs, place }) => encodeCursor(list, `${atMs}.${place}`));
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.session })), pageInfo };
}

function checkTitlePart(part: string): void {
  if (part.length < 1 || part.length > MAXIMUM_TITLE_CHARACTERS) {
    throw new ContractError('INPUT_INVALID', `titleContains: 1 to ${MAXIMUM_TITLE_CHARACTERS} characters`, {
      argument: 'titleContains',
    });
  }
  checkText(part, { argument: 'titleContains' });
}

function placeOf(text: string, argument: string): SessionPlace {
  const [, atMs, place] = /^(-?\d{1,16})\.(\d{1,15})$/.exec(text) ?? [];
  if (place === undefined) throw cursorUnknown(argument);
  return { atMs: Number(atMs), place: Number(place) };
}
