import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import type { FragmentRead, FragmentStore, LogEntry } from '@supercontext/store/fragments/fragment-store.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Withdrawn } from '../../supergraph/runtime/withdrawn.ts';

/** One place where a store's state lives, which outlasts the stores opened on it. */
export interface FragmentStoreHome {
  /** Whether what several sessions have is kept once for all of them; else each has its own. */
  readonly isShared: boolean;
  /** Opens the state with this tenant key; the one opened before is closed first. */
  open(tenantKey: Buffer): Promise<FragmentStore>;
  /** Closes what is open and removes the state. */
  remove(): Promise<void>;
}

const KEY = Buffer.alloc(32, 7);
const SESSION = `ses_${'a'.repeat(24)}`;
const OTHER = `ses_${'b'.repeat(24)}`;

function fragment(text: string, changes: Partial<Fragment> = {}): Fragment {
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: 'document',
    source: { kind: 'file', name: 'a/b.md' },
    text,
    tokens: tokens(text.length),
    tokenizer: CONTRACT_TOKENIZER,
    ...changes,
  };
}

/** What every fragment store promises, whatever it is built on. */
export function fragmentStoreConformance(makeHome: () => Promise<FragmentStoreHome>): void {
  let home: FragmentStoreHome;
  let store: FragmentStore;
  beforeEach(async () => {
    home = await makeHome();
    store = await home.open(KEY);
  });
  afterEach(() => home.remove());

  async function put(...texts: string[]): Promise<readonly string[]> {
    return putFor(SESSION, ...texts);
  }

  async function putFor(sessionId: string, ...texts: string[]): Promise<readonly string[]> {
    const { hashes } = await store.put(
      texts.map((text) => fragment(text)),
      sessionId,
    );
    return hashes;
  }

  function get(hashes: readonly string[], sessionId = SESSION): Promise<readonly FragmentRead[]> {
    return store.get(hashes.map((hash) => ({ sessionId, hash })));
  }

  function entries(from: number, hashes: readonly string[]): LogEntry[] {
    return hashes.map((hash, at) => ({ position: from + at, hash, tokens: 10 }));
  }

  function digestOf(hashes: readonly string[]): string {
    let digest: Uint8Array = EMPTY_LOG_DIGEST;
    for (const hash of hashes) digest = digestAfter(digest, hash, 10);
    return Buffer.from(digest).toString('hex');
  }

  describe('fragments', () => {
    it('come back as they were put, in the order asked, with a place for what is missing', async () => {
      const long = 'x y '.repeat(20_000);
      const [one, two] = (await put('one', long)) as [string, string];
      const missing = 'f'.repeat(32);
      const reads = await get([two, missing, one, two]);
      expect(reads.map(({ state }) => state)).toEqual(['whole', 'missing', 'whole', 'whole']);
      expect(reads[0]).toMatchObject({ fragment: fragment(long) });
      expect(reads[2]).toMatchObject({ fragment: fragment('one') });
      expect(await get([])).toEqual([]);
    });

    it('have ids that depend on every field of theirs and on the tenant', async () => {
      const variants = [
        fragment('one'),
        fragment('one', { role: 'user' }),
        fragment('one', { source: { kind: 'file', name: 'other' } }),
        fragment('one', { source: { kind: 'text', name: 'a/b.md' } }),
        fragment('one', { tokens: tokens(1) }),
        fragment('one '),
      ];
      const { hashes } = await store.put(variants, SESSION);
      expect(new Set(hashes).size).toBe(variants.length);
      for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{32}$/);
      await home.remove();
      home = await makeHome();
      store = await home.open(Buffer.alloc(32, 8));
      expect(await put('one')).not.toEqual(hashes.slice(0, 1));
    });

    it('are stored once, within a batch and across batches', async () => {
      const first = await store.put([fragment('one'), fragment('two'), fragment('one')], SESSION);
      expect(first.hashes[0]).toBe(first.hashes[2]);
      expect(first.deduplicated).toBe(1);
      const again = await store.put([fragment('two'), fragment('three')], SESSION);
      expect(again.hashes[0]).toBe(first.hashes[1]);
      expect(again.deduplicated).toBe(1);
    });

    it('hold any Unicode text', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), { maxLength: 8 }),
          async (texts) => {
            const hashes = await put(...texts);
            const reads = await get(hashes);
            expect(reads.map((read) => (read.state === 'whole' ? read.fragment.text : read.state))).toEqual(texts);
          },
        ),
        { numRuns: 30 },
      );
    });

    it('survive a restart', async () => {
      const hashes = await put('one', 'two');
      await store.replicate(SESSION, entries(0, hashes));
      store = await home.open(KEY);
      expect((await get(hashes)).map(({ state }) => state)).toEqual(['whole', 'whole']);
      expect(await store.known(SESSION)).toMatchObject({ sessionId: SESSION, knownThrough: 1, tokens: 20 });
    });

    it('are refused under another tenant key instead of looking corrupt', async () => {
      await put('one');
      await expect(home.open(Buffer.alloc(32, 9))).rejects.toThrow(/tenant/);
    });
  });

  describe('replicated logs', () => {
    it('are empty for a session nothing was replicated of', async () => {
      expect(await store.known(SESSION)).toMatchObject({ sessionId: SESSION, knownThrough: -1, tokens: 0 });
      expect(await store.entries(SESSION, 0, 10)).toEqual([]);
      expect(await store.entriesAt(SESSION, [0, 1])).toEqual([]);
      expect(await store.sizeBytes(SESSION)).toBe(0);
      expect(await store.sessions(10, null)).toEqual([]);
    });

    it('grow by entries in order, and list them by stretch and by position', async () => {
      const hashes = await put('a', 'b', 'c', 'd', 'e');
      expect(await store.replicate(SESSION, entries(0, hashes.slice(0, 3)))).toMatchObject({
        knownThrough: 2,
        tokens: 30,
      });
      expect(await store.replicate(SESSION, entries(3, hashes.slice(3)))).toMatchObject({
        knownThrough: 4,
        tokens: 50,
      });
      expect(await store.entries(SESSION, 1, 2)).toEqual(entries(1, hashes.slice(1, 3)));
      expect(await store.entries(SESSION, 4, 100)).toEqual(entries(4, hashes.slice(4)));
      expect((await store.entriesAt(SESSION, [4, 0, 9])).map(({ position }) => position)).toEqual([0, 4]);
    });

    it('take the same entries again without a change', async () => {
      const hashes = await put('a', 'b', 'c');
      await store.replicate(SESSION, entries(0, hashes.slice(0, 2)));
      const known = { sessionId: SESSION, knownThrough: 2, tokens: 30 };
      expect(await store.replicate(SESSION, entries(0, hashes))).toMatchObject(known);
      expect(await store.replicate(SESSION, entries(1, hashes.slice(1)))).toMatchObject(known);
    });

    it('are known through the last position before a gap, and past it once it is filled', async () => {
      const hashes = await put('a', 'b', 'c', 'd', 'e', 'f');
      expect((await store.replicate(SESSION, entries(2, hashes.slice(2, 4)))).knownThrough).toBe(-1);
      expect((await store.replicate(SESSION, entries(5, hashes.slice(5)))).knownThrough).toBe(-1);
      expect(await store.entries(SESSION, 0, 10)).toEqual([]);
      expect(await store.sessions(10, null)).toEqual([]);
      expect(await store.replicate(SESSION, entries(0, hashes.slice(0, 2)))).toMatchObject({
        knownThrough: 3,
        tokens: 40,
      });
      expect(await store.replicate(SESSION, entries(4, hashes.slice(4, 5)))).toMatchObject({
        knownThrough: 5,
        tokens: 60,
      });
      expect(await store.entries(SESSION, 0, 10)).toEqual(entries(0, hashes));
    });

    it('take nothing of a batch with another fragment at a known position: the digest tells', async () => {
      const hashes = await put('a', 'b', 'c');
      const known = await store.replicate(SESSION, entries(0, hashes.slice(0, 2)));
      const swapped = entries(1, [hashes[0] as string, hashes[2] as string]);
      expect(await store.replicate(SESSION, swapped)).toEqual(known);
      expect(await store.entries(SESSION, 0, 10)).toEqual(entries(0, hashes.slice(0, 2)));
      expect(known.digest).toBe(digestOf(hashes.slice(0, 2)));
    });

    it('are replaced from a position on when the copy is still the one that was looked at', async () => {
      const hashes = await put('a', 'b', 'c', 'd');
      const { digest } = await store.replicate(SESSION, entries(0, hashes.slice(0, 3)));
      const other = entries(1, hashes.slice(3));
      expect(await store.replicate(SESSION, other, { replaces: { from: 1, digest: '0'.repeat(32) } })).toMatchObject({
        digest,
      });
      const replaced = await store.replicate(SESSION, other, { replaces: { from: 1, digest } });
      const listed = [hashes[0] as string, hashes[3] as string];
      const known = { sessionId: SESSION, knownThrough: 1, tokens: 20, withdrawnDigest: '' };
      expect(replaced).toEqual({ ...known, digest: digestOf(listed) });
      expect(await store.entries(SESSION, 0, 10)).toEqual(entries(0, listed));
      expect((await get(hashes)).map(({ state }) => state)).toEqual(hashes.map(() => 'whole'));
      expect(await store.replicate(SESSION, [], { replaces: { from: 0, digest: replaced.digest } })).toMatchObject({
        knownThrough: -1,
        tokens: 0,
      });
      expect(await store.sessions(10, null)).toEqual([]);
      store = await home.open(KEY);
      expect((await store.replicate(SESSION, entries(0, hashes))).digest).toBe(digestOf(hashes));
    });

    it('tell the digest through any position they know', async () => {
      const hashes = await put('a', 'b', 'c');
      await store.replicate(SESSION, entries(0, hashes));
      for (const through of [-1, 0, 1, 2]) {
        expect(await store.digest(SESSION, through)).toBe(digestOf(hashes.slice(0, through + 1)));
      }
      expect(await store.digest(SESSION, 3)).toBeNull();
      expect(await store.digest(OTHER, 0)).toBeNull();
    });

    it('list a fragment that was never put, as missing until it is', async () => {
      const [hash] = (await put('a')) as [string];
      await home.remove();
      home = await makeHome();
      store = await home.open(KEY);
      const [other] = (await put('b')) as [string];
      expect((await store.replicate(SESSION, entries(0, [other, hash, other]))).knownThrough).toBe(2);
      expect((await get([other, hash])).map(({ state }) => state)).toEqual(['whole', 'missing']);
      expect(await store.put([fragment('a')], SESSION)).toEqual({ hashes: [hash], deduplicated: 0 });
      expect((await get([hash]))[0]).toMatchObject({ state: 'whole' });
    });

    it('list sessions in order of id, page by page', async () => {
      const hashes = await put('a');
      for (const id of [OTHER, SESSION]) await store.replicate(id, entries(0, hashes));
      const ids = async (first: number, after: string | null) =>
        (await store.sessions(first, after)).map(({ sessionId }) => sessionId);
      expect(await ids(10, null)).toEqual([SESSION, OTHER]);
      expect(await ids(1, null)).toEqual([SESSION]);
      expect(await ids(1, SESSION)).toEqual([OTHER]);
      expect(await ids(1, OTHER)).toEqual([]);
    });

    it('weigh a fragment once, however often a session lists it', async () => {
      const hashes = await put('a'.repeat(500), 'b'.repeat(500));
      await store.replicate(SESSION, entries(0, hashes.slice(0, 1)));
      const once = await store.sizeBytes(SESSION);
      await store.replicate(SESSION, entries(1, hashes.slice(0, 1)));
      expect(await store.sizeBytes(SESSION)).toBe(once);
      await store.replicate(SESSION, entries(2, hashes.slice(1)));
      expect(await store.sizeBytes(SESSION)).toBe(2 * once);
    });

    it('know what is withdrawn of a log, all of it as it was told last, and forget it with the session', async () => {
      const hashes = await put('a', 'b', 'c');
      const withdrawn = Withdrawn.of([{ from: 1, through: 1 }]);
      expect(await store.replicate(SESSION, entries(0, hashes), { withdrawn })).toMatchObject({
        ...{ knownThrough: 2, withdrawnDigest: withdrawn.digest },
      });
      expect(await store.known(SESSION)).toMatchObject({ withdrawnDigest: withdrawn.digest });
      expect((await store.sessions(10, null)).map(({ withdrawnDigest }) => withdrawnDigest)).toEqual([
        withdrawn.digest,
      ]);
      expect((await store.withdrawn(SESSION)).stretches).toEqual(withdrawn.stretches);
      // Its positions stay, and so do its bytes.
      expect(await store.entries(SESSION, 0, 10)).toEqual(entries(0, hashes));
      expect((await get(hashes)).map(({ state }) => state)).toEqual(['whole', 'whole', 'whole']);
      expect(await store.replicate(SESSION, [], { withdrawn: Withdrawn.NONE })).toMatchObject({ withdrawnDigest: '' });
      await store.replicate(SESSION, [], { withdrawn });
      await store.erase(SESSION);
      expect((await store.withdrawn(SESSION)).count).toBe(0);
      expect((await get(hashes)).map(({ state }) => state)).toEqual(['missing', 'missing', 'missing']);
      await store.replicate(SESSION, entries(0, await put('d')));
      expect((await store.withdrawn(SESSION)).count).toBe(0);
    });

    it('come out the same for any order and repetition of replications', async () => {
      const texts = Array.from({ length: 12 }, (_, at) => `text ${at}`);
      const hashes = await put(...texts);
      let session = 0;
      const stretch = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 6 }));
      await fc.assert(
        fc.asyncProperty(fc.array(stretch, { maxLength: 12 }), async (stretches) => {
          const sessionId = `ses_${String(session++).padStart(24, '0')}`;
          const replicated = new Set<number>();
          for (const [from, length] of stretches) {
            const known = await store.replicate(sessionId, entries(from, hashes.slice(from, from + length)));
            for (let at = from; at < Math.min(from + length, 12); at++) replicated.add(at);
            let through = -1;
            while (replicated.has(through + 1)) through++;
            expect(known).toEqual({
              sessionId,
              knownThrough: through,
              tokens: 10 * (through + 1),
              withdrawnDigest: '',
              digest: digestOf(hashes.slice(0, through + 1)),
            });
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('erasures', () => {
    const states = async (hashes: readonly string[], sessionId = SESSION) =>
      (await get(hashes, sessionId)).map(({ state }) => state);

    it('delete what no other session lists, and the log, for good', async () => {
      const [own, shared] = (await put('own', 'shared')) as [string, string];
      await putFor(OTHER, 'shared');
      await store.replicate(SESSION, entries(0, [own, shared, own]));
      await store.replicate(OTHER, entries(0, [shared]));
      const erased = home.isShared ? { fragments: 1, shared: 1 } : { fragments: 2, shared: 0 };
      expect(await store.erase(SESSION)).toMatchObject({ ...erased, waiting: 0, sizeBytes: expect.any(Number) });
      store = await home.open(KEY);
      expect(await states([own])).toEqual(['missing']);
      expect(await states([own, shared], OTHER)).toEqual(['missing', 'whole']);
      expect(await store.known(SESSION)).toMatchObject({ knownThrough: -1 });
      expect(await store.sessions(9, null)).toMatchObject([{ sessionId: OTHER }]);
      expect(await store.entries(OTHER, 0, 9)).toHaveLength(1);
      expect(await store.erase(SESSION)).toEqual({ fragments: 0, shared: 0, waiting: 0, sizeBytes: 0 });
    });

    it('say how many bytes they made free', async () => {
      await store.replicate(SESSION, entries(0, await put('a'.repeat(300), 'b', 'c')));
      const sizeBytes = await store.sizeBytes(SESSION);
      expect(sizeBytes).toBeGreaterThan(0);
      expect(await store.erase(SESSION)).toEqual({ fragments: 3, shared: 0, waiting: 0, sizeBytes });
    });

    it('leave what another session has put and is about to list, until it has or has not', async () => {
      const text = fragment('put by both');
      const { hashes } = await store.put([text], SESSION);
      await store.replicate(SESSION, entries(0, hashes));
      await store.put([text], OTHER);
      const waiting = home.isShared ? { fragments: 0, waiting: 1 } : { fragments: 1, waiting: 0 };
      expect(await store.erase(SESSION)).toMatchObject(waiting);
      expect(await states(hashes, OTHER)).toEqual(['whole']);
      expect(await store.replicate(OTHER, entries(0, hashes))).toMatchObject({ knownThrough: 0 });
      expect(await store.sweep()).toMatchObject({ fragments: 0, shared: home.isShared ? 1 : 0 });
      expect(await states(hashes, OTHER)).toEqual(['whole']);
      expect(await store.erase(OTHER)).toMatchObject({ fragments: 1 });
      expect(await states(hashes, OTHER)).toEqual(['missing']);
    });

    it('reach what the session has put and never listed, or lists no more', async () => {
      const { hashes } = await store.put([fragment('never listed'), fragment('listed once')], SESSION);
      const { digest } = await store.replicate(SESSION, entries(0, hashes.slice(1)));
      await store.replicate(SESSION, [], { replaces: { from: 0, digest } });
      expect(await store.erase(SESSION)).toMatchObject({ fragments: 2 });
      expect(await states(hashes)).toEqual(['missing', 'missing']);
    });

    it('leave what is replicated while they look for it', async () => {
      const { hashes } = await store.put([fragment('raced for')], SESSION);
      await store.put([fragment('raced for')], OTHER);
      await store.replicate(SESSION, entries(0, hashes));
      const erased = store.erase(SESSION);
      await store.replicate(OTHER, entries(0, hashes));
      expect(await erased).toMatchObject(home.isShared ? { fragments: 0, shared: 1 } : { fragments: 1, shared: 0 });
      expect(await states(hashes, OTHER)).toEqual(['whole']);
    });
  });

  it('name the shard of a log and of a fragment', async () => {
    const [hash] = await put('one');
    for (const shard of [store.shardOf(SESSION), store.shardOf(SESSION, hash)]) expect(shard).toMatch(/^\S+$/);
  });
}
