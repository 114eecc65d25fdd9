import type { StoredSummary, SummaryStore } from '@supercontext/compression/summaries/summary-store.ts';
import { FAN_OUT, nodeId } from '@supercontext/compression/tree/node-plan.ts';
import { CONTRACT_TOKENIZER, type StageVersion, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Withdrawn } from '../../supergraph/runtime/withdrawn.ts';

export const SESSION = `ses_${'0'.repeat(24)}`;
const OTHER = `ses_${'1'.repeat(24)}`;
const METHOD: StageVersion = { name: 'test', version: 1 };
const NEXT_METHOD: StageVersion = { name: 'test', version: 2 };

/** A node of a tree in which every leaf covers ten positions. */
export function node(level: number, ordinal: number, sessionId = SESSION, method = METHOD): StoredSummary {
  const span = 10 * FAN_OUT ** level;
  const from = ordinal * span;
  const children =
    level === 0
      ? [`${sessionId}.${ordinal.toString(16).padStart(32, '0')}`]
      : Array.from(
          { length: FAN_OUT },
          (_, child) => node(level - 1, ordinal * FAN_OUT + child, sessionId, method).summary.id,
        );
  return {
    sessionId,
    ordinal,
    originalTokens: span * 400,
    summary: {
      contractVersion: WRITTEN_VERSIONS.summary,
      id: nodeId({ sessionId, level, from, children }, method),
      level,
      from,
      through: from + span - 1,
      children,
      text: `Summary ${level}/${ordinal}: ä😀 `.repeat(60),
      tokens: tokens(400),
      tokenizer: CONTRACT_TOKENIZER,
      method,
      fidelity: 0.5,
    },
  };
}

const leaves = (from: number, through: number) =>
  Array.from({ length: through - from + 1 }, (_, index) => node(0, from + index));

/** What every summary store promises. `open` gives an empty one. */
export function summaryStoreConformance(name: string, open: () => Promise<SummaryStore>): void {
  describe(`summary store: ${name}`, () => {
    let store: SummaryStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('gives back what was put, in the order asked, null for what is not there', async () => {
      await store.put(leaves(0, 2));
      const [first, , third] = leaves(0, 2);
      const asked = [third, node(0, 9), first].map((one) => one?.summary.id ?? '');
      expect(await store.read([...asked, 'nonsense', ''])).toEqual([third, null, first, null, null]);
      expect(await store.missing([...asked, 'nonsense'])).toEqual([asked[1], 'nonsense']);
    });

    it('keeps the first version of a node that is put twice, and counts it once', async () => {
      const first = node(0, 0);
      const second = { ...first, summary: { ...first.summary, text: 'another' } };
      await store.put([first]);
      await store.put([second, first]);
      expect(await store.read([first.summary.id])).toEqual([first]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 1, leaves: 1, summaryTokens: 400 });
    });

    it('says how far the leaves reach without a gap, in whatever order they come', async () => {
      await store.put([node(0, 2)]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ leaves: 0, compressedThrough: -1, nodes: 1 });
      await store.put([node(0, 0)]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ leaves: 1, compressedThrough: 9 });
      await store.put([node(0, 1)]);
      expect(await store.state(SESSION, METHOD)).toEqual({
        nodes: 3,
        levels: 1,
        leaves: 3,
        compressedThrough: 29,
        originalTokens: 12_000,
        summaryTokens: 1_200,
      });
    });

    it('shows as frontier the nodes without a parent, by position, and counts levels', async () => {
      await store.put([...leaves(0, 9), node(1, 0)]);
      const frontier = await store.frontier(SESSION);
      expect(frontier.map(({ level, ordinal }) => [level, ordinal])).toEqual([
        [1, 0],
        [0, 8],
        [0, 9],
      ]);
      const { id, from, through, tokens: count } = node(1, 0).summary;
      expect(frontier[0]).toEqual({
        id,
        level: 1,
        ordinal: 0,
        from,
        through,
        tokens: count,
        originalTokens: node(1, 0).originalTokens,
        method: METHOD,
      });
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 11, levels: 2, originalTokens: 40_000 });
    });

    it('passes by a node whose children are not there, as after what they cover was withdrawn', async () => {
      await store.put([node(1, 0)]);
      expect(await store.frontier(SESSION)).toEqual([]);
      await store.put(leaves(0, 7));
      await store.put([node(1, 0)]);
      expect((await store.frontier(SESSION)).map(({ level }) => level)).toEqual([1]);
    });

    it('drops what covers a withdrawn position up to the root, and takes back what is made without it', async () => {
      await store.put([...leaves(0, 15), node(1, 0), node(1, 1)]);
      const withdrawn = Withdrawn.of([{ from: 93, through: 94 }]);
      await store.withdraw(SESSION, withdrawn);
      await store.withdraw(SESSION, withdrawn);
      expect((await store.withdrawn(SESSION)).stretches).toEqual(withdrawn.stretches);
      expect(await store.state(SESSION, METHOD)).toMatchObject({
        ...{ nodes: 16, levels: 2, leaves: 9, compressedThrough: 89, originalTokens: 60_000 },
      });
      const left = [node(1, 0), ...leaves(8, 8), ...leaves(10, 15)].map(({ summary }) => summary.id);
      expect((await store.frontier(SESSION)).map(({ id }) => id)).toEqual(left);
      // One that was made before, and its parent: neither is what it would be made of now.
      await store.put([node(0, 9)]);
      await store.put([node(1, 1)]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 16, leaves: 9 });
      await store.put([{ ...node(0, 9), withdrawn: withdrawn.stretches }]);
      await store.put([node(1, 1)]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 18, levels: 2, leaves: 16 });
      expect((await store.frontier(SESSION)).map(({ level }) => level)).toEqual([1, 1]);
    });

    it('drops what was made without a position that is shown again, and nothing else', async () => {
      const withdrawn = Withdrawn.of([{ from: 0, through: 9 }]);
      await store.withdraw(SESSION, withdrawn);
      await store.put([{ ...node(0, 0), withdrawn: withdrawn.stretches }, ...leaves(1, 3)]);
      await store.withdraw(SESSION, Withdrawn.NONE);
      expect((await store.frontier(SESSION)).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
      expect(await store.withdrawn(SESSION)).toBe(Withdrawn.NONE);
    });

    it('keeps sessions and methods apart', async () => {
      await store.put([node(0, 0), node(0, 0, OTHER), node(0, 0, SESSION, NEXT_METHOD), node(0, 1, OTHER)]);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 1 });
      expect(await store.state(SESSION, NEXT_METHOD)).toMatchObject({ nodes: 1 });
      expect(await store.state(OTHER, METHOD)).toMatchObject({ nodes: 2 });
      expect((await store.frontier(SESSION)).map(({ method }) => method.version).sort()).toEqual([1, 2]);
    });

    it('has an empty tree for a session never seen and for one that was forgotten', async () => {
      const empty = {
        nodes: 0,
        levels: 0,
        leaves: 0,
        compressedThrough: -1,
        originalTokens: 0,
        summaryTokens: 0,
      };
      expect(await store.state(OTHER, METHOD)).toEqual(empty);
      expect(await store.frontier(OTHER)).toEqual([]);
      await store.put([...leaves(0, 3), node(0, 0, OTHER)]);
      await store.forget(SESSION);
      await store.forget(SESSION);
      expect(await store.state(SESSION, METHOD)).toEqual(empty);
      expect(await store.read([node(0, 0).summary.id])).toEqual([null]);
      expect(await store.state(OTHER, METHOD)).toMatchObject({ nodes: 1 });
    });

    it('says how many nodes were erased', async () => {
      await store.put([...leaves(0, 3), node(0, 0, OTHER)]);
      expect(await store.erase(SESSION)).toBe(leaves(0, 3).length);
      expect(await store.erase(SESSION)).toBe(0);
      expect([await store.wasErased(SESSION), await store.wasErased(OTHER)]).toEqual([true, false]);
      expect(await store.state(OTHER, METHOD)).toMatchObject({ nodes: 1 });
    });
  });
}
