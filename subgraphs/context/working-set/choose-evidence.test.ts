import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../log/session-log.ts';
import { chooseEvidence } from './choose-evidence.ts';

interface Said {
  readonly text: string;
  readonly score?: number;
  readonly tokens?: number;
  /** Position of the first part of its message. */
  readonly firstPart?: number;
  readonly kind?: LogEntry['kind'];
  readonly hash?: string;
}

/** Positions chosen of a log of these texts, in the order of the evidence. */
async function chosen(said: readonly Said[], roomTokens = 1_000): Promise<number[]> {
  const { passages } = await selection(said, roomTokens);
  return passages.flatMap(({ shown }) => shown.map(({ entry }) => entry.position));
}

let reads: number[] = [];

async function selection(said: readonly Said[], roomTokens: number) {
  reads = [];
  const entries = said.map((one, position): LogEntry => {
    const { text, tokens = text.split(' ').length, firstPart = null, kind = 'chat', hash = String(position) } = one;
    const place = { position, firstPart, chatTokensBefore: 0, turn: null, isAnswer: false };
    return { ...place, hash, tokens, role: 'user', kind, facts: null };
  });
  const found = entries.map((entry, at) => ({ entry, score: said[at]?.score ?? 0 })).filter(({ score }) => score > 0);
  const parts = Map.groupBy(
    entries.filter(({ firstPart }) => firstPart !== null),
    ({ firstPart }) => firstPart as number,
  );
  return chooseEvidence({
    question: 'kingfisher',
    candidates: found.sort((one, other) => other.score - one.score),
    parts,
    roomTokens,
    passageTokens: ({ kind }) => (kind === 'chat' ? roomTokens : 40),
    isSource: (_entry, text) => !text.endsWith('?'),
    read: async (wanted) => {
      reads.push(wanted.length);
      return new Map(wanted.map(({ hash, position }) => [hash, { text: said[position]?.text ?? '', name: null }]));
    },
  });
}

const words = (count: number, word: string): string =>
  Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');

describe('evidence', () => {
  it('is laid out best first, of equals the newer', async () => {
    const said = [0.5, 1, 0.5, 0.7].map((score, at) => ({ text: words(12, `w${at}x`), score }));
    expect(await chosen(said)).toEqual([1, 3, 2, 0]);
  });

  it('prefers a short text to a long one that is a little better', async () => {
    const said = [
      { text: words(600, 'long'), score: 1 },
      { text: words(20, 'short'), score: 0.9 },
    ];
    expect(await chosen(said, 610)).toEqual([1]);
    expect(await chosen([{ ...said[0], score: 1 } as Said, { ...said[1], score: 0.3 } as Said], 610)).toEqual([0]);
  });

  it('fills the room while something fits, and no more', async () => {
    const said = Array.from({ length: 300 }, (_, at) => ({ text: words(20, `w${at}x`), score: 1 - at / 400 }));
    const { passages } = await selection(said, 1_000);
    const tokens = passages.reduce((sum, passage) => sum + passage.tokens, 0);
    expect(tokens).toBeLessThanOrEqual(1_000);
    expect(tokens).toBeGreaterThan(1_000 - 23);
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThan(100);
  });

  it('leaves out what has little to do with the question, though there is room', async () => {
    const said = [1, 0.2, 0.05].map((score, at) => ({ text: words(12, `w${at}x`), score }));
    expect(await chosen(said)).toEqual([0, 1]);
  });

  it('shows a message whole where one part of it was found', async () => {
    const part = (at: number, score?: number): Said => ({
      ...{ text: words(60, `p${at}x`), firstPart: 1 },
      ...(score === undefined ? {} : { score }),
    });
    const said = [{ text: words(12, 'other'), score: 0.9 }, part(1), part(2, 1), part(3)];
    expect(await chosen(said, 1_000)).toEqual([1, 2, 3, 0]);
    // Not where it would take more than its share.
    expect(await chosen(said, 400)).toEqual([2, 0]);
  });

  it('shows a fragment once that two messages begin with', async () => {
    const part = (firstPart: number, score?: number) => ({
      ...{ text: words(60, 'same'), firstPart, hash: 'same' },
      ...(score === undefined ? {} : { score }),
    });
    const rest = (name: string, firstPart: number): Said => ({ text: words(60, name), firstPart });
    expect(await chosen([part(0, 1), rest('one', 0), part(2, 0.9), rest('two', 2)])).toEqual([0, 1, 3]);
  });

  it('asks for further texts when those read are no sources', async () => {
    const said = Array.from({ length: 60 }, (_, at) => ({
      text: at < 40 ? `${words(20, `w${at}x`)}?` : words(20, `w${at}x`),
      score: 1 - at / 100,
    }));
    expect((await chosen(said, 200)).every((position) => position >= 40)).toBe(true);
    expect(reads.length).toBeGreaterThan(1);
  });

  it('shows of a long text of a document the passage that fits', async () => {
    const text = `${words(60, 'before')}. The kingfisher nests in the bank of the river. ${words(60, 'behind')}.`;
    const { passages } = await selection([{ text, score: 1, kind: 'file' }], 1_000);
    expect(passages[0]?.shown[0]?.text).toContain('The kingfisher nests in the bank of the river.');
    expect(passages[0]?.tokens).toBeLessThanOrEqual(43);
  });
});

describe('of two texts that say the same', () => {
  const text = 'the kingfisher was seen at the northern quay when the ferry came in from the islands';

  it('the newer is shown, wherever the older is ranked', async () => {
    const other = { text: words(12, 'other'), score: 0.5 };
    expect(await chosen([{ text, score: 1 }, other, { text: `${text} again`, score: 0.6 }])).toEqual([2, 1]);
    expect(await chosen([{ text, score: 0.6 }, other, { text: `${text} again`, score: 1 }])).toEqual([2, 1]);
  });

  it('the newest of three is shown, in whichever order they are ranked', async () => {
    const [oldest, middle, newest] = [text, `${text} again`, `${text} once more`];
    for (const scores of [
      [1, 0.9, 0.8],
      [0.8, 1, 0.9],
      [0.8, 0.9, 1],
      [1, 0.8, 0.9],
    ]) {
      const said = [oldest, middle, newest].map((one, at) => ({ text: one, score: scores[at] ?? 0 }));
      expect(await chosen(said)).toEqual([2]);
    }
  });

  it('the older stays where the newer quotes only some of it', async () => {
    const older = `${text}. Its key lies in the blue box under the stairs beside the second lamp.`;
    expect(
      await chosen([
        { text: older, score: 1 },
        { text, score: 0.6 },
      ]),
    ).toEqual([0]);
    expect(
      await chosen([
        { text, score: 1 },
        { text: older, score: 0.6 },
      ]),
    ).toEqual([0, 1]);
  });

  it('the older that says more beside it is shown, too, behind what is worth more', async () => {
    const more = `${text} and then it flew on to the western quay`;
    const said = [
      { text: more, score: 0.9 },
      { text, score: 1 },
      { text: words(24, 'other'), score: 0.7 },
    ];
    expect(await chosen(said)).toEqual([1, 0, 2]);
    expect(await chosen(said, 50)).toEqual([1, 2]);
  });

  it('but for a number, both are, the newer first', async () => {
    const said = [
      { text: `${text} at 7`, score: 1 },
      { text: words(12, 'other'), score: 0.8 },
      { text: `${text} at 9`, score: 0.6 },
    ];
    expect(await chosen(said)).toEqual([2, 0, 1]);
    expect(
      await chosen([{ ...said[0], score: 0.6 } as Said, said[1] as Said, { ...said[2], score: 1 } as Said]),
    ).toEqual([2, 1, 0]);
  });
});

it('chooses nothing where nothing was found or there is no room', async () => {
  expect(await chosen([])).toEqual([]);
  expect(await chosen([{ text: words(12, 'w'), score: 1 }], 5)).toEqual([]);
});
