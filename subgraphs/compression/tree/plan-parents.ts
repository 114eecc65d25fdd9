import type { StageVersion } from '@supercontext/contract';
import { FAN_OUT, type NodePlan } from './node-plan.ts';

/** What is known of a made node without reading it. */
export interface TreeNode {
  readonly id: string;
  readonly level: number;
  readonly ordinal: number;
  readonly from: number;
  readonly through: number;
  /** o200k. */
  readonly tokens: number;
  readonly originalTokens: number;
  readonly method: StageVersion;
}

/** The nodes that can be made now: all their children are there and they are not. `frontier` is every node without a parent. */
export function planParents(sessionId: string, frontier: readonly TreeNode[], method: StageVersion): NodePlan[] {
  const families = new Map<string, TreeNode[]>();
  for (const node of frontier) {
    if (node.method.name !== method.name || node.method.version !== method.version) continue;
    const key = `${node.level}:${Math.floor(node.ordinal / FAN_OUT)}`;
    const family = families.get(key);
    if (family === undefined) families.set(key, [node]);
    else family.push(node);
  }
  return [...families.values()]
    .filter((family) => family.length === FAN_OUT)
    .map((family) => {
      const children = family.sort((a, b) => a.ordinal - b.ordinal);
      const [first] = children as [TreeNode];
      return {
        sessionId,
        level: first.level + 1,
        ordinal: Math.floor(first.ordinal / FAN_OUT),
        from: first.from,
        through: children.at(-1)?.through ?? first.through,
        originalTokens: children.reduce((sum, child) => sum + child.originalTokens, 0),
        children: children.map((child) => child.id),
      };
    });
}
