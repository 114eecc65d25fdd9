import type { Embedder } from '@supercontext/embed/embedder.ts';
import { describe, expect, it, vi } from 'vitest';
import { compareMeanings } from './compare-meanings.ts';

const VECTORS: Readonly<Record<string, readonly number[]>> = { jar: [1, 0], pot: [0.8, 0.6], boat: [0, 1] };

function embedder(embed: Embedder['embed']): Embedder & { readonly close: ReturnType<typeof vi.fn> } {
  return { name: 'tiny', dimensions: 2, usedMs: 0, embed, close: vi.fn(async () => {}) };
}

const known = embedder(async (texts) => texts.map((text) => Float32Array.from(VECTORS[text] ?? [0, 0])));

describe('compareMeanings', () => {
  it('has the cosine of each text with the question, of an embedder that is loaded when it is needed', async () => {
    const open = vi.fn(() => known);
    const meanings = compareMeanings({ open, log: { warn: vi.fn() } });
    expect(open).not.toHaveBeenCalled();
    const [same, near, other] = (await meanings.compare('jar', ['jar', 'pot', 'boat'])) ?? [];
    expect([same, near, other].map((cosine) => cosine?.toFixed(2))).toEqual(['1.00', '0.80', '0.00']);
    await meanings.compare('jar', ['pot']);
    expect(open).toHaveBeenCalledOnce();
  });

  it('is silent when it is too late, keeps a third from waiting, and has nothing to say once it is closed', async () => {
    const slow = embedder(() => new Promise(() => {}));
    const meanings = compareMeanings({ open: () => slow, log: { warn: vi.fn() } });
    const both = [meanings.compare('jar', ['pot']), meanings.compare('jar', ['pot'])];
    const began = performance.now();
    expect(await meanings.compare('jar', ['pot'])).toBeNull();
    expect(performance.now() - began).toBeLessThan(100);
    expect(await Promise.all(both)).toEqual([null, null]);
    await meanings.close();
    expect(slow.close).toHaveBeenCalledOnce();
    expect(await meanings.compare('jar', ['pot'])).toBeNull();
  });

  it('tells of an embedder that fails once, and answers without it', async () => {
    const warn = vi.fn();
    const broken = embedder(async () => Promise.reject(new Error('gone')));
    const meanings = compareMeanings({ open: () => broken, log: { warn } });
    expect(await meanings.compare('jar', ['pot'])).toBeNull();
    expect(await meanings.compare('jar', ['pot'])).toBeNull();
    expect(warn).toHaveBeenCalledOnce();
  });
});
