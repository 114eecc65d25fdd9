import { ContractError } from '@supercontext/contract';
import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import {
  DOCUMENT_PARTS,
  type DocumentPartRow,
  ENTRIES,
  type EntryRow,
  FACTS,
  type FactsRow,
  RECEIPTS,
  type ReceiptRow,
  SESSIONS,
  type SessionRow,
  TURNS,
  type TurnRow,
} from './schema.ts';

/** Items in a page. */
export const PAGE_ITEMS = 512;

export interface WithdrawnRow {
  readonly session: number;
  readonly positions: Uint8Array;
}

/**
 * What a session is made of, whatever keeps it, in this order: itself, what is withdrawn where something ever was, its entries by
 * position, each behind the facts that begin with it, its receipts by key and its documents' parts by path, both in the order of
 * their bytes, and its turns between them.
 */
export type SessionItem =
  | { readonly table: 'sessions'; readonly row: SessionRow }
  | { readonly table: 'withdrawn'; readonly row: WithdrawnRow }
  | { readonly table: 'facts'; readonly row: FactsRow }
  | { readonly table: 'entries'; readonly row: EntryRow }
  | { readonly table: 'receipts'; readonly row: ReceiptRow }
  | { readonly table: 'turns'; readonly row: TurnRow }
  | { readonly table: 'document_parts'; readonly row: DocumentPartRow };

const SHAPES = {
  sessions: SESSIONS,
  facts: FACTS,
  entries: ENTRIES,
  receipts: RECEIPTS,
  turns: TURNS,
  document_parts: DOCUMENT_PARTS,
} as const;

interface Columns {
  readonly columns: readonly string[];
  readonly later?: readonly string[];
}

type Kept = Exclude<SessionItem, { table: 'withdrawn' }>;

/** A row as an item: its columns alone, in their order, wherever they come from. @param place of its session */
export function itemOf<Table extends keyof typeof SHAPES>(
  table: Table,
  row: Extract<Kept, { table: Table }>['row'],
  place: number,
): SessionItem {
  const { columns, later = [] } = SHAPES[table] as Columns;
  const values = row as unknown as Readonly<Record<string, unknown>>;
  const picked = [...columns, ...later].map((name) => [name, name === 'session' ? place : (values[name] ?? null)]);
  return { table, row: Object.fromEntries(picked) } as SessionItem;
}

/** In the order of their bytes, as SQLite compares texts. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/**
 * Whether what comes fits together: entries without a gap, each with the digest of the log through it, and as many of all as the
 * session counts.
 */
export class SessionCheck {
  readonly #count: Record<SessionItem['table'], number> = {
    ...{ sessions: 0, withdrawn: 0, facts: 0, entries: 0, receipts: 0, turns: 0, document_parts: 0 },
  };
  #session: SessionRow | null = null;
  #withdrawn = Withdrawn.NONE;
  #digest: Uint8Array = EMPTY_LOG_DIGEST;
  #tokens = 0;

  /** The one whose content it is; to be asked when its row has come. @throws ContractError STORAGE_CORRUPT */
  get session(): SessionRow {
    if (this.#session === null) throw this.#wrong('its first row is not its own');
    return this.#session;
  }

  /** @throws ContractError STORAGE_CORRUPT */
  add(item: SessionItem): void {
    if (item.table === 'sessions') {
      if (this.#session !== null) throw this.#wrong('there are two of it');
      this.#session = item.row;
    } else if (item.row.session !== this.session.row) throw this.#wrong('a row of another one is among its own');
    this.#count[item.table]++;
    if (item.table === 'withdrawn') this.#withdrawn = Withdrawn.decode(item.row.positions);
    if (item.table === 'entries') this.#addEntry(item.row);
  }

  /** @throws ContractError STORAGE_CORRUPT */
  end(): void {
    const { fragments, revision, turns, tokens, document_parts, withdrawn_fragments } = this.session;
    const counted = { entries: fragments, receipts: revision, turns, document_parts: document_parts ?? 0 };
    for (const [table, count] of Object.entries(counted)) {
      const came = this.#count[table as SessionItem['table']];
      if (came !== count) throw this.#wrong(`${came} of its ${count} ${table} came`);
    }
    if (this.#tokens !== tokens) throw this.#wrong('its entries have other tokens than it counts');
    if (this.#withdrawn.count !== (withdrawn_fragments ?? 0)) throw this.#wrong('it counts others that are withdrawn');
  }

  #addEntry({ position, hash, tokens, digest }: EntryRow): void {
    if (position !== this.#count.entries - 1) throw this.#wrong(`position ${this.#count.entries - 1} is missing`);
    this.#digest = digestAfter(this.#digest, Buffer.from(hash).toString('hex'), tokens);
    this.#tokens += tokens;
    if (Buffer.compare(this.#digest, digest) !== 0) throw this.#wrong(`the digest at position ${position} is another`);
  }

  #wrong(why: string): ContractError {
    return new ContractError(
      'STORAGE_CORRUPT',
      `session ${this.#session?.id ?? '?'}: what came does not fit together: ${why}`,
    );
  }
}

/** What is to be thrown where there is none. */
export function noSession(id: string): ContractError {
  return new ContractError('SESSION_NOT_FOUND', 'no session has this id', { sessionId: id });
}

/** What is to be thrown where another one stands in the way of what is taken in. */
export function inTheWay(what: string): ContractError {
  return new ContractError('INPUT_INVALID', `${what}: nothing of what is there is changed`, { argument: 'session' });
}
