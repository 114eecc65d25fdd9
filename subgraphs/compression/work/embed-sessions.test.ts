import { ContractError } from '@supercontext/contract';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewVectors, StoreVectors } from '../calls/store-vectors.ts';
import { ErasedSessions } from '../erased-sessions.ts';
import { STAGE } from '../stage.ts';
import { EmbedSessions } from './embed-sessions.ts';
import { GiveWay } from './give-way.ts';

const sessionId = (letter: string) => `ses_${letter.repeat(24)}`;
const [ONE, OTHER] = [sessionId('a'), sessionId('b')];
const known = (id: string, digest = 'd') => ({ id, knownThrough: 0, digest, withdrawnDigest: '' });

/** A store of logs whose fragments are their own texts; null for one that cannot be read. */
class FakeStore implements StoreVectors {
  readonly logs = new Map<string, (string | null)[]>();
  readonly vectors = new Map<string, Map<number, Float32Array>>();
  readonly puts: string[] = [];
  readonly asked: (number | null)[] = [];
  fault: ContractError | null = null;

  async missing(session: string, _embedder: string, after: number | null, first: number) {
    if (this.fault !== null) throw this.fault;
    this.asked.push(after);
    const held = this.vectors.get(session);
    const all = (this.logs.get(session) ?? []).flatMap((_, position) =>
      position > (after ?? -1) && held?.has(position) !== true
        ? [{ position, fragmentId: `${session} ${position}`, tokens: 1 }]
        : [],
    );
    const entries = all.slice(0, first);
    return { entries, next: all.length > first ? (entries.at(-1)?.position ?? null) : null };
  }

  async texts(ids: readonly string[]) {
    return ids.map((id) => {
      const [session = '', position = ''] = id.split(' ');
      return this.logs.get(session)?.[Number(position)] ?? null;
    });
  }

  async put(session: string, _embedder: string, entries: readonly NewVectors[]) {
    if (this.fault !== null) throw this.fault;
    this.puts.push(session);
    const held = this.vectors.get(session) ?? new Map<number, Float32Array>();
    for (const { position, vectors } of entries) held.set(position, vectors);
    this.vectors.set(session, held);
  }

  held(session: string): number {
    return this.vectors.get(session)?.size ?? 0;
  }
}

let store: FakeStore;
let erased: ErasedSessions;
let work: EmbedSessions;
let embedded: string[];
let onEmbed: (() => void) | null;
/** Calls of the embedder that wait until they are let go; null when none waits. */
let held: (() => void)[] | null;

const embedder: Embedder = {
  name: 'tiny.1',
  dimensions: 2,
  usedMs: 0,
  async embed(texts) {
    embedded.push(...texts);
    onEmbed?.();
    if (held !== null) await new Promise<void>((resolve) => held?.push(resolve));
    return texts.map(({ length }) => Float32Array.of(length, 1));
  },
  async close() {},
};

function begin(giveWay = new GiveWay({ cores: 16 }), lanes = 1): EmbedSessions {
  return new EmbedSessions({ store, embedder, erased, giveWay, lanes, log: createLog(STAGE, 'silent') });
}

beforeEach(() => {
  store = new FakeStore();
  erased = new ErasedSessions();
  embedded = [];
  onEmbed = null;
  held = null;
  work = begin();
});
afterEach(() => work.stop());

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 3_000) throw new Error('it did not come to be');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const texts = (count: number) => Array.from({ length: count }, (_, at) => `text ${at}`);

describe('the vectors of sessions', () => {
  it('are made for all of a log, each once, and for what comes later', async () => {
    store.logs.set(ONE, texts(100));
    work.hint(ONE);
    await until(() => store.held(ONE) === 100);
    store.logs.get(ONE)?.push('one more');
    work.hint(ONE);
    await until(() => store.held(ONE) === 101);
    expect(embedded).toEqual([...texts(100), 'one more']);
    expect(store.asked.at(-1)).toBeNull();
  });

  it('rest while a turn goes on, yet neither an erasure nor the end waits for that', async () => {
    await work.stop();
    // Work of no time at all would rest for none.
    const giveWay = { noteTurn: () => {}, isNeeded: true, restMs: () => 60_000 } as unknown as GiveWay;
    work = begin(giveWay);
    store.logs.set(ONE, texts(32));
    work.look(known(ONE));
    await until(() => embedded.length === 4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(embedded.length).toBe(4);
    await work.forget(ONE);
    expect(embedded.length).toBe(32);
    work.look(known(ONE, 'another'));
    store.logs.set(OTHER, texts(32));
    work.look(known(OTHER));
    await until(() => embedded.length === 36);
  });

  it('take turns, so that a short session does not wait for a long one', async () => {
    store.logs.set(ONE, texts(1_000));
    store.logs.set(OTHER, texts(5));
    work.look(known(ONE));
    work.look(known(OTHER));
    await until(() => store.held(ONE) === 1_000);
    expect(store.puts.indexOf(OTHER)).toBeLessThanOrEqual(2);
  });

  it('of a session that is asked come first, and the others yet get a turn each time', async () => {
    const others = ['c', 'd', 'e', 'f'].map(sessionId);
    for (const id of others) store.logs.set(id, texts(200));
    store.logs.set(ONE, texts(200));
    for (const id of others) work.look(known(id));
    work.look(known(ONE));
    work.noteAsked(ONE);
    await until(() => others.every((id) => store.held(id) === 200));
    const own = store.puts.flatMap((id, at) => (id === ONE ? [at] : []));
    expect(own).toHaveLength(7);
    expect(own.every((at, nth) => at <= 2 * nth + 1)).toBe(true);
    expect(own.every((at, nth) => nth === 0 || at - (own[nth - 1] ?? 0) > 1)).toBe(true);
  });

  it('are made in several calls at once while nobody waits, and in one while somebody does', async () => {
    const giveWay = new GiveWay({ cores: 2 });
    work = begin(giveWay, 2);
    held = [];
    store.logs.set(ONE, texts(32));
    work.look(known(ONE));
    await until(() => held?.length === 2);
    giveWay.noteTurn();
    for (const go of held.splice(0)) go();
    await until(() => held?.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(held).toHaveLength(1);
    expect(embedded).toHaveLength(12);
    const waiting = held;
    held = null;
    for (const go of waiting) go();
    await until(() => store.held(ONE) === 32);
    const vectors = store.vectors.get(ONE);
    expect(texts(32).every((text, at) => vectors?.get(at)?.[0] === text.length)).toBe(true);
  });

  it('leave out what cannot be read, and look for it again at the next sweep', async () => {
    store.logs.set(ONE, ['zero', null, 'two']);
    work.look(known(ONE));
    await until(() => store.held(ONE) === 2);
    await until(() => store.asked.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    store.logs.set(ONE, ['zero', 'one', 'two']);
    work.look(known(ONE));
    await until(() => store.held(ONE) === 3);
    expect(embedded).toEqual(['zero', 'two', 'one']);
  });

  it('are not looked for again while the store says the same of a log', async () => {
    store.logs.set(ONE, texts(3));
    work.look(known(ONE));
    await until(() => store.held(ONE) === 3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const looks = store.asked.length;
    work.look(known(ONE));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(store.asked).toHaveLength(looks);
    work.look(known(ONE, 'another'));
    await until(() => store.asked.length > looks);
    expect(store.asked.at(-1)).toBe(-1);
  });

  it('go on after a restart with what is missing', async () => {
    store.logs.set(ONE, texts(200));
    onEmbed = () => {
      if (embedded.length >= 96) void work.stop();
    };
    work.look(known(ONE));
    await until(() => embedded.length >= 96);
    await work.stop();
    const before = store.held(ONE);
    expect(before).toBeLessThan(200);
    onEmbed = null;
    embedded = [];
    work = begin();
    work.look(known(ONE));
    await until(() => store.held(ONE) === 200);
    expect(embedded).toHaveLength(200 - before);
  });

  it('are not put once their session is erased, and nothing of it is looked at again', async () => {
    store.logs.set(ONE, texts(200));
    onEmbed = () => erased.add(ONE);
    work.look(known(ONE));
    await until(() => embedded.length > 0);
    await work.forget(ONE);
    expect(store.held(ONE)).toBe(0);
    work.hint(ONE);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(embedded).toHaveLength(32);
  });

  it('wait while the store is away', async () => {
    store.logs.set(ONE, texts(3));
    store.fault = new ContractError('SUBGRAPH_UNAVAILABLE', 'the store does not answer');
    work.look(known(ONE));
    await new Promise((resolve) => setTimeout(resolve, 30));
    store.fault = null;
    await until(() => store.held(ONE) === 3);
    expect(store.held(ONE)).toBe(3);
  }, 30_000);
});
