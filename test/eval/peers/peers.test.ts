import { describe, expect, it } from 'vitest';
import { whyNoEmbedder } from '../../support/embedder-weights.ts';
import { BadInput } from '../json-lines.ts';
import { Packing } from '../pack.ts';
import { isInstalled, loadPeers, peerNames } from '../peer.ts';

const TEXTS = [
  'The gateway listens on port 4000.',
  'Nothing of any interest stands in this one.',
  'The ledger is closed at night; the port of the ledger is 7443.',
];

/** Those whose library is not installed are skipped: `npm run eval` and `npm run bench` install it, `npm test` does not. */
const LIBRARIES: Readonly<Record<string, string>> = { minisearch: 'minisearch', orama: '@orama/orama' };
const nobody = (): void => {};

it('has these peers', () => {
  expect(peerNames()).toEqual(expect.arrayContaining(['fts5', 'minilm', 'minisearch', 'orama']));
});

describe.each(peerNames())('%s', (name) => {
  const library = LIBRARIES[name];
  const isMissing = name === 'minilm' ? whyNoEmbedder() !== null : library !== undefined && !isInstalled(library);
  it.skipIf(isMissing)('ranks what has the words of the question', async () => {
    const [peer] = await loadPeers([name], nobody);
    const ranking = await peer?.rank(TEXTS);
    const order = await ranking?.('Which is the port of the ledger?');
    expect(order?.[0]).toBe(2);
    expect(order?.indexOf(0)).toBeGreaterThan(0);
  });
});

it('says in a line that there is no such peer', async () => {
  await expect(loadPeers(['fts5', 'bing'], nobody)).rejects.toThrow(
    new BadInput(`no such peer: bing; there are ${peerNames().join(', ')}`),
  );
});

it('packs in order and passes over what does not fit any more', () => {
  const packing = new Packing(['one', 'one two three four five six seven', 'one two']);
  expect(packing.pack([1, 0, 2], 3)).toEqual([0, 2]);
  expect(packing.pack([2, 1, 0], 9)).toEqual([2, 1]);
  expect(packing.pack([], 9)).toEqual([]);
});
