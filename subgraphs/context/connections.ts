import { ContractError } from '@supercontext/contract';

const MAXIMUM_PAGE = 100;
const DEFAULT_PAGE = 20;

export interface Page<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** @throws ContractError INPUT_INVALID */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE;
  if (size >= 1 && size <= MAXIMUM_PAGE) return size;
  throw new ContractError('INPUT_INVALID', `first: 1 to ${MAXIMUM_PAGE}, got ${size}`, { argument: 'first' });
}

/** A place in one list: `list` keeps a cursor of one list from being taken for one of another. */
export function encodeCursor(list: string, place: string): string {
  return Buffer.from(`${list}/${place}`).toString('base64url');
}

/** @throws ContractError CURSOR_UNKNOWN when the cursor is none of this list */
export function decodeCursor(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(`${list}/`) || encodeCursor(list, text.slice(list.length + 1)) !== cursor) throw cursorUnknown();
  return text.slice(list.length + 1);
}

export function cursorUnknown(): ContractError {
  return new ContractError('CURSOR_UNKNOWN', 'this cursor is not of this list', { argument: 'after' });
}

/** @param nodes One more than the page holds, when there is one more. */
export function page<Node>(nodes: readonly Node[], size: number, cursorOf: (node: Node) => string): Page<Node> {
  const edges = nodes.slice(0, size).map((node) => ({ cursor: cursorOf(node), node }));
  return { edges, pageInfo: { hasNextPage: nodes.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
}
