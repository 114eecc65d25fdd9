import { expect, it, vi } from 'vitest';
import { letGo } from './let-go.ts';

const MiB = 1024 * 1024;

/** Written to, so that they are not only promised. */
const buffers = (): Buffer[] => Array.from({ length: 1_280 }, () => Buffer.alloc(64 * 1024, 1));

it('gives back the memory of buffers that were let go, though nothing more is allocated', async () => {
  const held: { buffers: Buffer[] | undefined } = { buffers: buffers() };
  const before = process.memoryUsage().arrayBuffers;
  expect(before).toBeGreaterThan(80 * MiB);
  held.buffers = undefined;
  letGo(80 * MiB);
  await vi.waitFor(() => expect(process.memoryUsage().arrayBuffers).toBeLessThan(before - 70 * MiB), {
    timeout: 5_000,
    interval: 100,
  });
});
