import { expect, it } from 'vitest';
import type { PutFragmentsInput } from './generated/resolvers.ts';
import { putFragments } from './put-fragments.ts';
import { RecentTexts } from './recent-texts.ts';
import type { StoreState } from './state.ts';

it('gives others their turn while it reads through many messages', async () => {
  const text = '항상 가나다 '.repeat(256);
  const input = {
    sessionId: `ses_${'1'.repeat(24)}`,
    fragments: Array.from({ length: 512 }, () => ({ role: 'USER', source: { kind: 'CHAT' }, text, tokens: 900 })),
  } as PutFragmentsInput;
  const hashes = input.fragments.map((_, at) => at.toString(16).padStart(32, '0'));
  const state = {
    fragments: { put: async () => ({ hashes, deduplicated: 0 }), shardOf: () => 'embedded' },
    recentTexts: new RecentTexts(1e9),
    indexes: { heal() {} },
  } as unknown as StoreState;
  let turns = 0;
  const turn = setInterval(() => turns++, 0);
  try {
    const { ids } = await putFragments(state, input);
    expect(ids).toHaveLength(512);
  } finally {
    clearInterval(turn);
  }
  expect(turns).toBeGreaterThan(5);
  expect(state.recentTexts.take(hashes[511] as string)).toMatchObject({ text, isSpoken: true });
});
