import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFragmentStore } from '../fragments/embedded.ts';
import type { FragmentStore } from '../fragments/fragment-store.ts';
import { RecentTexts } from '../recent-texts.ts';
import { openSegmentStore } from './embedded.ts';
import { OpenIndexes } from './open-indexes.ts';
import { Ranker } from './rank.ts';
import type { SegmentStore } from './segment-store.ts';
import { INDEX_VERSION } from './tokenize.ts';

const SESSION = `ses_${'1'.repeat(24)}`;
const log = createLog({ name: 'store', version: '0' }, 'silent');
const ranker = new Ranker();
let folder: string;
let fragments: FragmentStore;
let segments: SegmentStore;

function indexes(options: Partial<ConstructorParameters<typeof OpenIndexes>[0]> = {}): OpenIndexes {
  const recentTexts = new RecentTexts(1_000_000);
  return new OpenIndexes({ fragments, segments, recentTexts, budgetBytes: 1e9, segmentDocuments: 16, log, ...options });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-indexes-'));
  fragments = openFragmentStore({ path: join(folder, 'f.sqlite'), tenantKey: Buffer.alloc(32, 1) });
  segments = openSegmentStore({ path: join(folder, 's.sqlite'), onDamaged() {} });
});
afterEach(async () => {
  await segments.close();
  await fragments.close();
  rmSync(folder, { recursive: true, force: true });
});

function fragment(text: string): Fragment {
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: 'document',
    source: { kind: 'file', name: null },
    text,
    tokens: tokens(3),
    tokenizer: CONTRACT_TOKENIZER,
  };
}

/** Puts and replicates fragments that each hold a word of their own: word0, word1, … Returns knownThrough. */
async function replicate(count: number, sessionId = SESSION): Promise<number> {
  const { knownThrough } = await fragments.known(sessionId);
  const positions = Array.from({ length: count }, (_, at) => knownThrough + 1 + at);
  const { hashes } = await fragments.put(
    positions.map((position) => fragment(`text with word${position}`)),
    sessionId,
  );
  const entries = hashes.map((hash, at) => ({ position: positions[at] as number, hash, tokens: 3 }));
  return (await fragments.replicate(sessionId, entries)).knownThrough;
}

async function knownThrough(through: number, sessionId = SESSION) {
  return { knownThrough: through, digest: (await fragments.digest(sessionId, through)) ?? '' };
}

async function positionOf(
  word: string,
  through: number,
  open: OpenIndexes,
  sessionId = SESSION,
): Promise<number | undefined> {
  return open.useInSteps(sessionId, await knownThrough(through, sessionId), function* (index) {
    const { hits } = yield* ranker.rank(index.parts, word, 1);
    return hits[0]?.position;
  });
}

async function sealedSegments(open: OpenIndexes, through: number): Promise<number> {
  return open.use(SESSION, await knownThrough(through), (index) => index.sealedSegments);
}

/** Changes the version in the header of each segment at rest, as another version of this code would have written it; the new ones. */
function rewriteVersions(path: string, change: (version: number) => number): number[] {
  const database = new DatabaseSync(path);
  const versions = database
    .prepare('SELECT session, start, bytes FROM segments')
    .all()
    .map((row) => {
      const bytes = zstdDecompressSync(row.bytes as Uint8Array);
      bytes.writeUInt32LE(change(bytes.readUInt32LE(4)), 4);
      const packed = zstdCompressSync(bytes);
      const digest = hash('sha256', packed, 'buffer').subarray(
        0,
        (database.prepare('SELECT length(digest) AS length FROM segments').get()?.length as number) ?? 16,
      );
      database
        .prepare('UPDATE segments SET bytes = ?, digest = ? WHERE session = ? AND start = ?')
        .run(packed, digest, row.session as string, row.start as number);
      return bytes.readUInt32LE(4);
    });
  database.close();
  return versions;
}

describe('open indexes', () => {
  it('make segments of another version of the text again, and never mix the two', async () => {
    const first = indexes();
    const through = await replicate(48);
    await expect.poll(() => sealedSegments(first, through)).toBeGreaterThanOrEqual(2);
    await first.close();
    await segments.close();
    rewriteVersions(join(folder, 's.sqlite'), () => 1);

    segments = openSegmentStore({ path: join(folder, 's.sqlite'), onDamaged() {} });
    expect(await segments.read(SESSION)).toMatchObject({ segments: [] });
    const open = indexes();
    for (let at = 0; at <= through; at++) expect(await positionOf(`word${at}`, through, open)).toBe(at);
    await expect.poll(() => sealedSegments(open, through)).toBeGreaterThanOrEqual(2);
    await open.close();
    await segments.close();
    const versions = rewriteVersions(join(folder, 's.sqlite'), (version) => version);
    expect(new Set(versions)).toEqual(new Set([INDEX_VERSION]));
    segments = openSegmentStore({ path: join(folder, 's.sqlite'), onDamaged() {} });
  });

  it('find every replicated fragment at once, across segments and tail', async () => {
    const open = indexes();
    for (const count of [1, 15, 1, 30, 5]) {
      const through = await replicate(count);
      for (let at = 0; at <= through; at++) expect(await positionOf(`word${at}`, through, open)).toBe(at);
    }
    await open.close();
  });

  it('follow the log behind whoever has it grow, and no further behind than by one', async () => {
    const open = indexes();
    for (const count of [3, 20, 1]) {
      const through = await replicate(count);
      await open.follow(SESSION, await knownThrough(through));
      expect(await positionOf(`word${through}`, through, open)).toBe(through);
    }
    expect(open.counts.fragmentsRead).toBe(24);
    const [one, two, three] = [await replicate(2), await replicate(2), await replicate(2)];
    await Promise.all([one, two, three].map(async (through) => open.follow(SESSION, await knownThrough(through))));
    expect(open.counts.fragmentsRead).toBe(28);
    await open.close();
    expect((await segments.read(SESSION)).segments.reduce((sum, { segment }) => sum + segment.documents, 0)).toBe(30);
  });

  it('leave nothing of an erased session that they were about to follow', async () => {
    const open = indexes();
    await open.follow(SESSION, await knownThrough(await replicate(40)));
    expect(await open.erase(SESSION)).toBeGreaterThan(0);
    expect(open.size).toBe(0);
    await open.close();
    expect((await segments.read(SESSION)).segments).toEqual([]);
  });

  it('search where nothing could follow', async () => {
    const read = vi.spyOn(fragments, 'entries').mockRejectedValueOnce(new Error('the disk is away'));
    const open = indexes();
    const through = await replicate(3);
    await open.follow(SESSION, await knownThrough(through));
    await expect.poll(() => read.mock.calls.length).toBe(1);
    expect(await positionOf('word2', through, open)).toBe(2);
    await open.close();
  });

  it('are of the log as it is, also when another process has replaced it', async () => {
    const open = indexes();
    const through = await replicate(20);
    expect(await positionOf('word3', through, open)).toBe(3);
    const { hashes } = await fragments.put([fragment('something else')], SESSION);
    const entry = { position: 2, hash: hashes[0] as string, tokens: 3 };
    const { digest } = await fragments.known(SESSION);
    // By the store alone, as if another process had been told.
    await fragments.replicate(SESSION, [entry], { replaces: { from: 2, digest } });
    expect(await positionOf('word3', 2, open)).toBeUndefined();
    expect(await positionOf('something', 2, open)).toBe(2);
    await replicate(30);
    expect(await positionOf('word31', 32, open)).toBe(31);
    await open.close();
  });

  it('let others have their turn between the steps of one work, and begin the next when it has ended', async () => {
    const open = indexes();
    const known = await knownThrough(await replicate(3));
    const done: string[] = [];
    const inSteps = (name: string, fault?: Error) =>
      open.useInSteps(SESSION, known, function* () {
        for (let step = 0; step < 3; step++) {
          done.push(name);
          const endMs = performance.now() + 5;
          while (performance.now() < endMs);
          yield;
        }
        if (fault !== undefined) throw fault;
        return name;
      });
    const works = [inSteps('a', new Error('broken')), inSteps('b')];
    await expect.poll(() => done.length, { interval: 1 }).toBeGreaterThan(0);
    await open.use(SESSION, known, () => done.push('short'));
    expect(await Promise.allSettled(works)).toMatchObject([{ status: 'rejected' }, { value: 'b' }]);
    expect(done.filter((name) => name !== 'short').join('')).toBe('aaabbb');
    expect(done.at(-1)).toBe('b');
    await open.close();
  });

  it('are reopened from disk without reading a fragment again', async () => {
    const through = await replicate(50);
    const before = indexes();
    expect(await positionOf('word49', through, before)).toBe(49);
    expect(before.counts.fragmentsRead).toBe(50);
    await before.close();

    const after = indexes();
    for (const at of [0, 17, 49]) expect(await positionOf(`word${at}`, through, after)).toBe(at);
    expect(after.counts).toMatchObject({ fragmentsRead: 0, segmentsUnusable: 0 });
    expect(after.counts.segmentsRead).toBeGreaterThan(0);
    await after.close();
  });

  it('read only the open end again when the process was killed before it could put them away', async () => {
    const through = await replicate(40);
    const killed = indexes();
    await positionOf('word0', through, killed);
    await expect.poll(async () => (await segments.read(SESSION)).segments.length).toBe(2);

    const after = indexes();
    expect(await positionOf('word39', through, after)).toBe(39);
    expect(after.counts).toMatchObject({ segmentsRead: 2, fragmentsRead: 40 - 32 });
    await killed.close();
    await after.close();
  });

  it('make a lost segment again, and keep the ones around it', async () => {
    const through = await replicate(64);
    const before = indexes();
    await positionOf('word0', through, before);
    await before.close();
    const { segments: all } = await segments.read(SESSION);
    expect(all.map(({ from }) => from)).toEqual([0, 16, 32, 48]);

    const without: SegmentStore = {
      ...segments,
      read: async () => ({ segments: all.filter(({ from }) => from !== 16), unusable: 1 }),
    };
    const after = indexes({ segments: without });
    for (const at of [0, 15, 16, 31, 32, 63]) expect(await positionOf(`word${at}`, through, after)).toBe(at);
    expect(after.counts).toMatchObject({ fragmentsRead: 16, segmentsRead: 3, segmentsUnusable: 1 });
    expect(await sealedSegments(after, through)).toBe(4);
    await after.close();
  });

  it('stay within their memory by putting the longest unused away, and find everything afterwards', async () => {
    const sessions = Array.from({ length: 12 }, (_, at) => `ses_${String(at).padStart(24, '0')}`);
    const open = indexes({ budgetBytes: 100_000 });
    for (let round = 0; round < 3; round++) {
      for (const sessionId of sessions) {
        const through = await replicate(5, sessionId);
        expect(await positionOf(`word${through}`, through, open, sessionId)).toBe(through);
      }
    }
    await expect.poll(() => open.sizeBytes).toBeLessThanOrEqual(100_000);
    expect(open.size).toBeLessThan(sessions.length);
    for (const sessionId of sessions) {
      for (const at of [0, 7, 14]) expect(await positionOf(`word${at}`, 14, open, sessionId)).toBe(at);
    }
    await open.close();
  });

  it('merge what a session put away early left short, so that segments do not pile up', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const through = await replicate(1);
      const open = indexes();
      expect(await positionOf(`word${turn}`, through, open)).toBe(turn);
      await open.close();
    }
    expect((await segments.read(SESSION)).segments.map(({ from, segment }) => [from, segment.documents])).toEqual([
      [0, 16],
      [16, 4],
    ]);
  });

  it('go on without a segment store that cannot be reached', async () => {
    const broken: SegmentStore = {
      read: () => Promise.reject(new Error('no disk')),
      write: () => Promise.reject(new Error('no disk')),
      erase: () => Promise.reject(new Error('no disk')),
      close: () => Promise.resolve(),
    };
    const open = indexes({ segments: broken });
    const through = await replicate(40);
    for (const at of [0, 39]) expect(await positionOf(`word${at}`, through, open)).toBe(at);
    await open.close();
  });

  it('serve many callers of one session at once', async () => {
    const through = await replicate(100);
    const open = indexes();
    const found = await Promise.all(Array.from({ length: 100 }, (_, at) => positionOf(`word${at}`, through, open)));
    expect(found).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(open.counts).toMatchObject({ opened: 1, fragmentsRead: 100 });
    await open.close();
  });
});
