import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogAndStore } from '../support/log-and-store.ts';

let pair: LogAndStore;
beforeEach(() => {
  pair = new LogAndStore();
});
afterEach(() => pair.remove());

const kept = Array.from({ length: 6 }, (_, at) => `The keeper keeps thing ${at}.`);
const discarded = Array.from({ length: 4 }, (_, at) => `The keeper discarded thing ${at}.`);
const later = Array.from({ length: 5 }, (_, at) => `The keeper found thing ${at}.`);
const QUESTION = 'What does the keeper keep, discard and find?';

async function startBoth(): Promise<void> {
  await pair.startStore();
  await pair.startContext();
}

async function append(sessionId: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) await pair.append(sessionId, text);
}

/** A session with `kept` of which a copy of `what` is put aside, and then with `more`; both stages stopped. */
async function withBackup(what: 'logFolder' | 'storeFolder', more: readonly string[]): Promise<string> {
  await startBoth();
  const sessionId = await pair.open();
  await append(sessionId, kept);
  await pair.stopContext();
  await pair.stopStore();
  cpSync(pair[what], `${pair[what]}.backup`, { recursive: true });
  await startBoth();
  await append(sessionId, more);
  await pair.stopContext();
  await pair.stopStore();
  return sessionId;
}

function restore(what: 'logFolder' | 'storeFolder'): void {
  rmSync(pair[what], { recursive: true });
  renameSync(`${pair[what]}.backup`, pair[what]);
}

describe('a log restored older than the store', () => {
  it('wins: what was discarded is neither listed nor found, and what is appended then is', async () => {
    const sessionId = await withBackup('logFolder', discarded);
    restore('logFolder');
    await startBoth();
    await pair.settled(sessionId, kept, QUESTION);
    await append(sessionId, later);
    await pair.settled(sessionId, [...kept, ...later], QUESTION);
  }, 60_000);

  it('wins also when what is appended then is as long as what was discarded', async () => {
    const sessionId = await withBackup('logFolder', discarded);
    restore('logFolder');
    await startBoth();
    // Only the digests differ.
    await append(sessionId, later.slice(0, discarded.length));
    await pair.settled(sessionId, [...kept, ...later.slice(0, discarded.length)], QUESTION);
  }, 60_000);

  it('has the sessions that it lacks forgotten', async () => {
    const sessionId = await withBackup('logFolder', discarded);
    await startBoth();
    const other = await pair.open();
    await append(other, discarded);
    await pair.stopContext();
    await pair.stopStore();
    restore('logFolder');
    await startBoth();
    await pair.settled(sessionId, kept, QUESTION);
    await expect(pair.list(other)).rejects.toThrow('no such session');
  }, 60_000);
});

describe('a store', () => {
  it('that was restored older is told what it lacks, at the start of the context stage and while that runs', async () => {
    const sessionId = await withBackup('storeFolder', later);
    cpSync(`${pair.storeFolder}.backup`, `${pair.storeFolder}.again`, { recursive: true });
    restore('storeFolder');
    await startBoth();
    // Bodies that only the lost folder had are named one by one; all else is there.
    const { texts, behind, codes } = await pair.list(sessionId);
    expect({ texts, behind }).toEqual({ texts: [...kept, ...later.map(() => null)], behind: null });
    expect(new Set(codes)).toEqual(new Set(['FRAGMENT_MISSING']));
    const { segments, degraded } = await pair.show(sessionId, QUESTION);
    expect(segments.map(({ text }) => text).sort()).toEqual(kept);
    expect(degraded).toContainEqual(expect.objectContaining({ code: 'FRAGMENT_MISSING' }));

    await pair.stopStore();
    renameSync(`${pair.storeFolder}.again`, `${pair.storeFolder}.backup`);
    restore('storeFolder');
    await pair.startStore();
    await append(sessionId, ['One more.']);
    expect((await pair.list(sessionId)).texts).toEqual([...kept, ...later.map(() => null), 'One more.']);
  }, 60_000);

  it('that was deleted lists what is lost, and is healed by the same content', async () => {
    await startBoth();
    const sessionId = await pair.open();
    await append(sessionId, kept);
    await pair.stopStore();
    cpSync(join(pair.storeFolder, 'tenant.key'), join(pair.folder, 'tenant.key'));
    rmSync(pair.storeFolder, { recursive: true });
    mkdirSync(pair.storeFolder);
    cpSync(join(pair.folder, 'tenant.key'), join(pair.storeFolder, 'tenant.key'));
    await pair.startStore();
    await append(sessionId, later);
    const { texts, behind } = await pair.list(sessionId);
    expect({ texts, behind }).toEqual({ texts: [...kept.map(() => null), ...later], behind: null });
    const { segments, degraded } = await pair.show(sessionId, QUESTION);
    expect(segments.map(({ text }) => text).sort()).toEqual([...later].sort());
    expect(degraded.map(({ code }) => code)).toContain('FRAGMENT_MISSING');
    const other = await pair.open();
    await append(other, kept);
    await pair.settled(sessionId, [...kept, ...later], QUESTION);
  }, 60_000);

  it('that is away while the context stage starts is compared when it is back', async () => {
    const sessionId = await withBackup('logFolder', discarded);
    restore('logFolder');
    await pair.startContext();
    const { segments, degraded } = await pair.show(sessionId, QUESTION);
    expect(segments).toEqual([]);
    expect(degraded).toMatchObject([{ code: 'SUBGRAPH_UNAVAILABLE' }]);
    await pair.startStore();
    await pair.settled(sessionId, kept, QUESTION);
    await append(sessionId, later);
    await pair.settled(sessionId, [...kept, ...later], QUESTION);
  }, 60_000);
});

describe('a log that is lost', () => {
  it('is refused beside a filled store, with what to do; with the store moved away, too, all starts afresh', async () => {
    await startBoth();
    await append(await pair.open(), kept);
    await pair.stopContext();
    rmSync(pair.logFolder, { recursive: true });
    await expect(pair.startContext()).rejects.toThrow('restore context/log.sqlite from a backup, or move the store');
    await pair.stopStore();
    rmSync(pair.storeFolder, { recursive: true });
    await startBoth();
    const sessionId = await pair.open();
    await append(sessionId, later);
    await pair.settled(sessionId, later, QUESTION);
  }, 60_000);

  it('takes no session until the store has answered', async () => {
    await pair.startContext();
    await expect(pair.open()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await pair.startStore();
    await expect.poll(() => pair.open().catch(() => null), { timeout: 10_000 }).not.toBeNull();
  }, 60_000);
});

const whyNot = (() => {
  const probe = spawnSync('mount', ['--version'], { encoding: 'utf8' });
  if (probe.error !== undefined) return probe.error.message;
  return process.getuid?.() === 0 ? null : 'only root may mount a small disk';
})();

describe('a store whose disk has no room for a replication', () => {
  it.skipIf(whyNot !== null)(
    `is behind what was acknowledged, says so, and is told when there is room${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
    async () => {
      mkdirSync(pair.storeFolder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', pair.storeFolder], { stdio: 'pipe' });
      const filler = join(pair.storeFolder, 'filler');
      try {
        await startBoth();
        // The same content a second time takes no room of its own: only its replication does.
        await append(await pair.open(), kept);
        const sessionId = await pair.open();
        await pair.stopStore();
        await pair.startStore();
        // Nothing at all, not even what is kept for this.
        for (const name of readdirSync(pair.storeFolder, { recursive: true, encoding: 'utf8' }))
          if (name.endsWith('-reserve')) rmSync(join(pair.storeFolder, name));
        expect(() => writeFileSync(filler, Buffer.alloc(8 * 1024 * 1024))).toThrow('ENOSPC');
        await append(sessionId, kept);
        const { behind, codes } = await pair.list(sessionId);
        expect(behind).toEqual({ from: 0, through: kept.length - 1 });
        expect(codes).toEqual(['STORE_BEHIND']);
        const { degraded } = await pair.show(sessionId, QUESTION);
        expect(degraded).toContainEqual(expect.objectContaining({ code: 'STORE_BEHIND' }));
        rmSync(filler);
        await pair.settled(sessionId, kept, QUESTION);
      } finally {
        await pair.stopStore();
        execFileSync('umount', ['-l', pair.storeFolder]);
      }
    },
    60_000,
  );
});
