import type { GraphClient } from '@supercontext/client';
import { MODEL } from '@supercontext/client/fixtures/fake-answer.ts';
import { expect, it } from 'vitest';
import { listModels } from './list-models.ts';
import type { Output } from './output.ts';

it('shows an id whole, however long, on one line, since it is wanted back', async () => {
  const id = `ollama:${'hf.co/a-name-of-many-parts-'.repeat(7)}x`;
  const models = [{ ...MODEL, id: `${id}\u001b[31m`, name: 'x', server: null, sizeBytes: null, needs: null }];
  const client = { query: async () => ({ models }) } as unknown as GraphClient;
  const told: string[] = [];
  const lines = { line: (text = '') => told.push(text), paint: (_: string, text: string) => text };
  const output = { ...lines, note: (text: string) => told.push(text), write() {}, report: lines } as Output;
  await listModels(client, output, { chosen: `${id}y`, json: false });
  expect(told).toEqual([expect.stringContaining(` ${id}[31m `), expect.stringContaining(`${id}y was chosen`)]);
});
