import { damagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { type SealedPage, seal, sealOf, unseal } from '@supercontext/runtime/sealed-pages.ts';
import { documentField, NO_PATH, OpenDocuments } from './redis-documents.ts';
import type { RedisEntries } from './redis-entries.ts';
import type { SessionIndex } from './redis-lists.ts';
import type { OpenedSessions } from './redis-opened.ts';
import {
  keyOfOpening,
  openJson,
  pathsKey,
  placeOf,
  type ReadSession,
  readSession,
  sealJson,
  sessionKey,
  stagingKey,
  withdrawnOf,
} from './redis-session.ts';
import { StagedSession } from './redis-staging.ts';
import type { FactsRow, ReceiptRow, SessionRow, TurnRow } from './schema.ts';
import { byBytes, inTheWay, itemOf, noSession, PAGE_ITEMS, SessionCheck, type SessionItem } from './session-content.ts';

/** Fields read at once. */
const FIELDS_A_READ = 256;

const PLACES_KEY = 'sc:{places}';

/** All at one moment: the head, what is withdrawn, the names of all fields, and the documents, which change. */
const SNAPSHOT = script(`
  local names, documents = redis.call('HKEYS', KEYS[1]), {}
  for _, name in ipairs(names) do
    if string.sub(name, 1, 1) == 'd' then
      documents[#documents + 1] = name
      documents[#documents + 1] = redis.call('HGET', KEYS[1], name)
    end
  end
  return {{#names, redis.call('HGET', KEYS[1], 'head'), {redis.call('HGET', KEYS[1], 'w')}}, names, documents}`);

/** 1 when what was staged is there now; 0 when there was something already. */
const PUBLISH = script(`
  if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
  redis.call('RENAME', KEYS[1], KEYS[2])
  return 1`);

const RAISE = script(`
  local before = tonumber(redis.call('GET', KEYS[1]) or '0')
  if before < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
  return 1`);

/** Whole sessions, out of and into the hashes of a log in Redis. */
export class RedisContent {
  readonly #redis: RedisClient;
  readonly #entries: RedisEntries;
  readonly #index: SessionIndex;
  readonly #opened: OpenedSessions;

  constructor(
    redis: RedisClient,
    of: { readonly entries: RedisEntries; readonly index: SessionIndex; readonly opened: OpenedSessions },
  ) {
    this.#redis = redis;
    this.#entries = of.entries;
    this.#index = of.index;
    this.#opened = of.opened;
  }

  async nextPlace(): Promise<number> {
    const place = Number((await this.#redis.write([{ ...command('INCR', PLACES_KEY), isIdempotent: true }]))[0]);
    const given = place === 1 ? await this.#index.lastPlace() : 0;
    if (given === 0) return place;
    // The counter is gone with its node: none is to be given twice.
    await this.givePlacesAfter(given);
    return this.nextPlace();
  }

  async lastPlace(): Promise<number> {
    return Number((await this.#redis.readOne('GET', PLACES_KEY)) ?? 0);
  }

  async givePlacesAfter(place: number): Promise<void> {
    await this.#redis.write([scriptCommand(RAISE, { keys: [PLACES_KEY], args: [place], isIdempotent: true })]);
  }

  async isNew(): Promise<boolean> {
    return (await this.#redis.readOne('EXISTS', PLACES_KEY)) === 0 && (await this.#index.lastPlace()) === 0;
  }

  export(id: string): AsyncGenerator<SealedPage<SessionItem>, void> {
    return seal(this.#pages(id));
  }

  /** Beside the place where it is looked for, until all of it has come. */
  async import(pages: AsyncIterable<SealedPage<SessionItem>>): Promise<boolean> {
    const check = new SessionCheck();
    const items = unseal(pages, 'a session');
    let staged: StagedSession | null = null;
    let isThere: boolean | null = null;
    for (;;) {
      const { done, value } = await items.next();
      if (!done) for (const item of value) check.add(item);
      const { session } = check;
      isThere ??= await this.#isThere(session);
      if (done) {
        check.end();
        if (staged !== null && (await this.#publish(session, staged))) return true;
        if ((await sealOf(this.export(session.id), session.id)) === value) return false;
        throw inTheWay(`another session ${session.id} is there`);
      }
      if (isThere) continue;
      staged ??= await StagedSession.begin(this.#redis, session);
      await staged.add(value);
    }
  }

  async #isThere({ id, row, open_key }: SessionRow): Promise<boolean> {
    if ((await this.#redis.readOne('EXISTS', sessionKey(id))) === 1) {
      await this.#opened.note(id);
      return true;
    }
    await this.givePlacesAfter(row);
    if (open_key === null) return false;
    const place = keyOfOpening(open_key);
    const set = command('SET', place, sealJson(place, id), 'NX');
    const [, kept] = await this.#redis.write([set, command('GET', place)]);
    const other = openJson<string>(place, kept as Buffer);
    if (other !== id) throw inTheWay(`session ${other} has the key of ${id}`);
    return false;
  }

  /** Listed and with its paths before it is there, as one that is opened. */
  async #publish(session: SessionRow, staged: StagedSession): Promise<boolean> {
    const { id, row, last_activity_at_ms, created_at_ms } = session;
    await this.#index.add(id, { place: row, atMs: last_activity_at_ms ?? created_at_ms });
    const paths = await staged.end();
    const listed: RedisCommand[] = [command('ZADD', pathsKey(id), 0, NO_PATH)];
    for (const path of paths) listed.push(command('ZADD', pathsKey(id), 0, path));
    for (let from = 0; from < listed.length; from += PAGE_ITEMS) {
      await this.#redis.write(listed.slice(from, from + PAGE_ITEMS));
    }
    const keys: [string, string] = [stagingKey(id), sessionKey(id)];
    const [reply] = await this.#redis.write([scriptCommand(PUBLISH, { keys, args: [], isIdempotent: true })]);
    await this.#opened.note(id);
    return reply === 1;
  }

  async *#pages(id: string): AsyncGenerator<readonly SessionItem[], void> {
    const { read, names, documents } = await this.#snapshot(id);
    const { session } = read;
    const first: SessionItem[] = [itemOf('sessions', session, session.row)];
    if (session.withdrawn_fragments !== null) {
      const positions = withdrawnOf(read, read.values[0] ?? null).encode();
      first.push({ table: 'withdrawn', row: { session: session.row, positions } });
    }
    yield first;
    for (let from = 0; from < session.fragments; from += PAGE_ITEMS) yield this.#entriesFrom(session, from);
    const keys = names.flatMap((name) => (name.startsWith('r') ? [name.slice(1)] : [])).sort(byBytes);
    const receipts = keys.map((key) => `r${key}`);
    yield* this.#rows(session, receipts, (field, sealed) =>
      itemOf('receipts', openJson<ReceiptRow>(placeOf(id, field), sealed), session.row),
    );
    const turns = Array.from({ length: session.turns }, (_, number) => `t${number}`);
    yield* this.#rows(session, turns, (field, sealed) =>
      itemOf('turns', openJson<TurnRow>(placeOf(id, field), sealed), session.row),
    );
    yield* partsOf(session, documents);
  }

  async #snapshot(id: string) {
    const key = sessionKey(id);
    const [reply] = await this.#redis.read([scriptCommand(SNAPSHOT, { keys: [key], args: [], isIdempotent: true })]);
    const [about, names, documents] = reply as unknown as readonly [never, readonly Buffer[], readonly Buffer[]];
    const read: ReadSession | null = readSession(id, about);
    if (read === null) {
      await this.#opened.checkNotLost(id);
      throw noSession(id);
    }
    const byField = new Map<string, Buffer>();
    for (let at = 0; at + 1 < documents.length; at += 2)
      byField.set(String(documents[at]), documents[at + 1] as Buffer);
    return { read, names: names.map(String), documents: byField };
  }

  async #entriesFrom(session: SessionRow, from: number): Promise<SessionItem[]> {
    const { id, fragments } = session;
    const positions = Array.from({ length: Math.min(PAGE_ITEMS, fragments - from) }, (_, at) => from + at);
    const entries = await this.#entries.rowsAt(id, positions);
    if (entries.length < positions.length) throw noSession(id);
    const begun = entries.filter(({ position, facts }) => facts === position).map(({ position }) => `f${position}`);
    const facts = new Map<number, SessionItem>();
    const rows = this.#rows(session, begun, (field, sealed) =>
      itemOf('facts', openJson<FactsRow>(placeOf(id, field), sealed), session.row),
    );
    for await (const page of rows)
      for (const item of page) if (item.table === 'facts') facts.set(item.row.position, item);
    return entries.flatMap((entry) => [
      ...(facts.has(entry.position) ? [facts.get(entry.position) as SessionItem] : []),
      itemOf('entries', entry, session.row),
    ]);
  }

  /** What stands in fields that never change, in their order. */
  async *#rows(
    { id }: SessionRow,
    fields: readonly string[],
    open: (field: string, sealed: Buffer) => SessionItem,
  ): AsyncGenerator<readonly SessionItem[], void> {
    for (let from = 0; from < fields.length; from += FIELDS_A_READ) {
      const some = fields.slice(from, from + FIELDS_A_READ);
      const read = await this.#entries.read(id, some);
      if (read === null) throw noSession(id);
      yield some.map((field, at) => {
        const sealed = read.values[at];
        if (!sealed) throw damagedValue(placeOf(id, field), 'it is missing');
        return open(field, sealed);
      });
    }
  }
}

function* partsOf(
  session: SessionRow,
  documents: ReadonlyMap<string, Buffer>,
): Generator<readonly SessionItem[], void> {
  const paths = [...documents.keys()].map((field) => field.slice(1)).sort(byBytes);
  const values = paths.map((path) => documents.get(documentField(path)) as Buffer);
  const open = new OpenDocuments(session, paths, values);
  let page: SessionItem[] = [];
  for (const path of paths) {
    for (const row of [...open.of(path, 0), ...open.of(path, 1)]) page.push(itemOf('document_parts', row, session.row));
    if (page.length < PAGE_ITEMS) continue;
    yield page;
    page = [];
  }
  yield page;
}
