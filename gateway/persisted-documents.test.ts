import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PersistedDocuments, readManifest } from './persisted-documents.ts';
import { RequestRefused } from './request-refused.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const by = (query: string, extensions: Record<string, unknown> = {}, documentId?: string) => ({
  query,
  extensions,
  documentId,
});
const named = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

describe('PersistedDocuments', () => {
  it('knows the documents of its manifest from the start and for good', () => {
    const documents = new PersistedDocuments({ h1: '{ a }' }, 1);
    documents.register('h2', '{ b }');
    documents.register('h3', '{ c }');
    expect(documents.resolve(by('', named('h1')))).toBe('{ a }');
    expect(() => documents.resolve(by('', named('h2')))).toThrow('PersistedQueryNotFound');
  });

  it('takes a document under its own hash only', () => {
    const documents = new PersistedDocuments();
    expect(() => documents.resolve(by('{ a }', named(sha256('{ b }'))))).toThrow('not that of the query');
    expect(documents.resolve(by('{ a }', named(sha256('{ a }'))))).toBe('{ a }');
    expect(documents.resolve(by('', named(sha256('{ a }'))))).toBe('{ a }');
  });

  it('passes on requests that name no hash, and refuses a hash that is none', () => {
    const documents = new PersistedDocuments();
    for (const extensions of [{}, { persistedQuery: null }]) {
      expect(documents.resolve(by('{ a }', extensions))).toBe('{ a }');
    }
    for (const persistedQuery of [5, 'h', {}, [], { sha256Hash: 7 }, { version: 2, sha256Hash: 'h' }]) {
      expect(() => documents.resolve(by('{ a }', { persistedQuery })), JSON.stringify(persistedQuery)).toThrow(
        RequestRefused,
      );
    }
  });
});

describe('readManifest', () => {
  it('takes a missing file for none and refuses one that is no manifest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
    const path = join(folder, 'documents.json');
    expect(await readManifest(path)).toEqual({});
    await writeFile(path, '{"abc":"{ a }"}');
    expect(await readManifest(path)).toEqual({ abc: '{ a }' });
    await writeFile(path, '{"abc":1}');
    await expect(readManifest(path)).rejects.toThrow('no manifest');
    await rm(folder, { recursive: true });
  });
});
