import { ContractError } from '@supercontext/contract';
import type { Stretch } from '../withdrawn.ts';

/** The arguments of a list, as a connection has them: a page of its beginning, or of its end. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

export interface PageSizes {
  /** When a caller names none. */
  readonly standard: number;
  readonly most: number;
}

/** Which page of a list is wanted. */
export interface PageRequest {
  readonly size: number;
  /** Whether it is the last so many, not the first. */
  readonly fromEnd: boolean;
  /** Places in the list, exclusive, as their cursors have them; null for its beginning and its end. */
  readonly after: string | null;
  readonly before: string | null;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface Page<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
}

/**
 * Reads the arguments of `list`, a name that keeps a cursor of one list from being taken for one of another.
 * @throws ContractError INPUT_INVALID, CURSOR_UNKNOWN, naming the argument
 */
export function pageRequest(list: string, wanted: PageArguments, { standard, most }: PageSizes): PageRequest {
  const { first, last } = wanted;
  if (isGiven(first) && isGiven(last)) {
    throw new ContractError('INPUT_INVALID', 'first or last, not both', { argument: 'last' });
  }
  const [argument, size] = isGiven(last) ? ['last', last] : ['first', first ?? standard];
  if (size < 1 || size > most) {
    throw new ContractError('INPUT_INVALID', `${argument}: 1 to ${most}, got ${size}`, { argument });
  }
  const place = (name: 'after' | 'before') => {
    const cursor = wanted[name];
    return isGiven(cursor) ? decodeCursor(list, cursor, name) : null;
  };
  return { size, fromEnd: argument === 'last', after: place('after'), before: place('before') };
}

/** Places between which a page lies, exclusive; null for the beginning and the end of the list. */
export interface Bounds {
  readonly after: number | null;
  readonly before: number | null;
}

/** The bounds of a page of a list of `count` places that are numbered from 0. @throws ContractError CURSOR_UNKNOWN */
export function boundsOf({ after, before }: PageRequest, count: number): Bounds {
  return {
    after: after === null ? null : placeNumber(after, count, 'after'),
    before: before === null ? null : placeNumber(before, count, 'before'),
  };
}

/** Where a page lies in such a list; empty when `through` is less than `from`. @throws ContractError CURSOR_UNKNOWN */
export function stretchOf(request: PageRequest, count: number): Stretch {
  return stretchWithin(request, boundsOf(request, count), count);
}

/** The same for bounds that are known. */
export function stretchWithin({ size, fromEnd }: PageRequest, { after, before }: Bounds, count: number): Stretch {
  const lowest = after === null ? 0 : after + 1;
  const highest = before === null ? count - 1 : before - 1;
  return fromEnd
    ? { from: Math.max(lowest, highest - size + 1), through: highest }
    : { from: lowest, through: Math.min(highest, lowest + size - 1) };
}

/** The page of a stretch of a list of `count` places. `edges` may lack some of them. */
export function pageInfoOf(
  edges: readonly { readonly cursor: string }[],
  { from, through }: Stretch,
  count: number,
): PageInfo {
  return {
    hasNextPage: through < count - 1 && through >= from - 1 && count > 0,
    hasPreviousPage: from > 0 && count > 0,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}

/**
 * The page of a list whose places have no numbers.
 * @param nodes In the order of the list, and one more than the page holds, at the end it was not read from, when there is one more.
 */
export function pageOf<Node>(
  nodes: readonly Node[],
  { size, fromEnd, after, before }: PageRequest,
  cursorOf: (node: Node) => string,
): Page<Node> {
  const isMore = nodes.length > size;
  const kept = fromEnd ? nodes.slice(isMore ? 1 : 0) : nodes.slice(0, size);
  const edges = kept.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      // A cursor is of something there is, or was: that is beyond the page.
      hasNextPage: fromEnd ? before !== null : isMore,
      hasPreviousPage: fromEnd ? isMore : after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** A place in a list. */
export function encodeCursor(list: string, place: string | number): string {
  return Buffer.from(`${list}/${place}`).toString('base64url');
}

function decodeCursor(list: string, cursor: string, argument: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(list.length + 1);
  if (text.startsWith(`${list}/`) && encodeCursor(list, place) === cursor) return place;
  throw cursorUnknown(argument);
}

/** The number a cursor has of a list of `count` places. */
function placeNumber(place: string, count: number, argument: string): number {
  if (/^(0|[1-9]\d{0,15})$/.test(place) && Number(place) < count) return Number(place);
  throw cursorUnknown(argument);
}

export function cursorUnknown(argument: string): ContractError {
  return new ContractError('CURSOR_UNKNOWN', `${argument} is no cursor of this list`, { argument });
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
