import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSummaryStore } from '@supercontext/compression/summaries/embedded.ts';
import type { SummaryStore } from '@supercontext/compression/summaries/summary-store.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { node, SESSION, summaryStoreConformance } from './summary-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'summary-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, `${++files}.sqlite`);
const damaged: (string | null)[] = [];

function open(path: string): SummaryStore {
  return openSummaryStore({ path, onDamaged: (aside) => damaged.push(aside) });
}

summaryStoreConformance('embedded', async () => open(newPath()));

describe('the embedded summary store', () => {
  it('has after reopening what it had before', async () => {
    const path = newPath();
    const before = open(path);
    await before.put([node(0, 0), node(0, 1)]);
    await before.close();
    const after = open(path);
    expect(await after.read([node(0, 1).summary.id])).toEqual([node(0, 1)]);
    await after.close();
  });

  it('never serves a node whose bytes changed on disk: its session is forgotten and made again', async () => {
    const path = newPath();
    const before = open(path);
    const small = node(0, 0);
    await before.put([{ ...small, summary: { ...small.summary, text: 'the pump is off' } }, node(0, 1)]);
    await before.close();
    const bytes = readFileSync(path);
    const at = bytes.indexOf('the pump is off');
    expect(at).toBeGreaterThan(0);
    bytes.write('the pump is on!', at);
    writeFileSync(path, bytes);
    const after = open(path);
    expect(await after.read([node(0, 0).summary.id, node(0, 1).summary.id])).toEqual([null, null]);
    expect(await after.frontier(SESSION)).toEqual([]);
    await after.close();
  });

  it('puts a damaged file aside and begins anew', async () => {
    const path = newPath();
    writeFileSync(path, 'this is no database, but it is long enough to look like one '.repeat(100));
    const store = open(path);
    await store.put([node(0, 0)]);
    expect(damaged).toEqual([`${path}.damaged`]);
    await store.close();
  });

  it('refuses a file that is open already', async () => {
    const path = newPath();
    const store = open(path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
    await store.close();
  });
});
