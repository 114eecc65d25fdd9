import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PersistedDocuments, readManifest } from './persisted-documents.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const named = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

describe('PersistedDocuments', () => {
  it('knows the documents of its manifest from the start and for good', () => {
    const documents = new PersistedDocuments({ h1: '{ a }' }, 1);
    documents.register('h2', '{ b }');
    documents.register('h3', '{ c }');
    expect([documents.resolve('', named('h1')), documents.resolve('', named('h2'))]).toEqual(['{ a }', undefined]);
  });

  it('takes a document under its own hash only', () => {
    const documents = new PersistedDocuments();
    expect(documents.resolve('{ a }', named(sha256('{ b }')))).toBeUndefined();
    expect(documents.resolve('{ a }', named(sha256('{ a }')))).toBe('{ a }');
    expect(documents.resolve('', named(sha256('{ a }')))).toBe('{ a }');
  });

  it('passes on requests that name no hash, and ignores a hash that is no text', () => {
    const documents = new PersistedDocuments();
    expect(documents.resolve('{ a }', undefined)).toBe('{ a }');
    expect(documents.resolve('{ a }', { persistedQuery: { sha256Hash: 7 } })).toBe('{ a }');
  });

  it('serves Apollo Server under the prefix it puts on its keys', async () => {
    const documents = new PersistedDocuments();
    await documents.set('apq:abc', '{ a }');
    expect([await documents.get('apq:abc'), documents.find('abc')]).toEqual(['{ a }', '{ a }']);
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
