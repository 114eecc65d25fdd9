import { describe, expect, it } from 'vitest';
import { GroupCommit, type Write } from './group-commit.ts';
import type { Argument, NodeConnection } from './node-connection.ts';

type Commands = readonly (readonly Argument[])[];

/** Answers each command with OK when it is told to, and remembers what it was sent together. */
function connection(answer: () => Promise<void>) {
  const sent: Commands[] = [];
  const exec = async (commands: Commands) => {
    sent.push(commands);
    await answer();
    return commands.map(() => 'OK');
  };
  return { sent, open: async () => ({ exec }) as unknown as NodeConnection };
}

const write = (key: string): Write => ({ commands: [['SET', key, '1']], slot: 0, isAsking: false });
const commitOn = (connections: readonly ReturnType<typeof connection>[]) =>
  new GroupCommit(
    connections.map(({ open }) => open),
    () => ({ replicas: 0, waitMs: 0 }),
    () => null,
  );

describe('GroupCommit', () => {
  it('sends together what comes while a group is under way, on one connection as long as that is quick', async () => {
    const [one, other] = [connection(async () => {}), connection(async () => {})];
    const commit = commitOn([one, other]);
    await Promise.all(['a', 'b', 'c'].map((key) => commit.run(write(key))));
    await commit.run(write('d'));
    expect(one.sent.map((commands) => commands.map(([, key]) => key))).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(other.sent).toEqual([]);
  });

  it('does not let a write wait for a group that takes long, and uses that connection again afterwards', async () => {
    const { promise: late, resolve: arrive } = Promise.withResolvers<void>();
    const [slow, other] = [connection(() => late), connection(async () => {})];
    const commit = commitOn([slow, other]);
    const first = commit.run(write('a'));
    const meanwhile = await Promise.all([commit.run(write('b')), commit.run(write('c'))]);
    expect(meanwhile.map(({ replies }) => replies)).toEqual([['OK'], ['OK']]);
    expect(other.sent).toHaveLength(1);
    arrive();
    await first;
    await commit.run(write('d'));
    expect(slow.sent.length + other.sent.length).toBe(3);
  });

  it('keeps what comes when every connection is taken, and sends it when one is free', async () => {
    const { promise: late, resolve: arrive } = Promise.withResolvers<void>();
    const slow = connection(() => late);
    const commit = commitOn([slow]);
    const all = [commit.run(write('a')), commit.run(write('b'))];
    arrive();
    await Promise.all(all);
    expect(slow.sent).toHaveLength(2);
  });
});
