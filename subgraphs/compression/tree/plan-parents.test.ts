import { describe, expect, it } from 'vitest';
import { METHOD } from '../method/extract.ts';
import { FAN_OUT, type NodePlan, nodeId } from './node-plan.ts';
import { planParents, type TreeNode } from './plan-parents.ts';

const SESSION = `ses_${'0'.repeat(24)}`;

function made(plan: NodePlan): TreeNode {
  const { level, ordinal, from, through, originalTokens } = plan;
  return { id: nodeId(plan, METHOD), level, ordinal, from, through, originalTokens, tokens: 400, method: METHOD };
}

function leaf(ordinal: number): NodePlan {
  const from = ordinal * 10;
  const children = [`${SESSION}.${ordinal}`];
  return { sessionId: SESSION, level: 0, ordinal, from, through: from + 9, originalTokens: 4_096, children };
}

/** Adds a leaf and all parents that become possible; says how many nodes that took. */
function append(frontier: TreeNode[], ordinal: number): { frontier: TreeNode[]; nodes: number } {
  let next = [...frontier, made(leaf(ordinal))];
  let nodes = 1;
  for (let plans = planParents(SESSION, next, METHOD); plans.length > 0; plans = planParents(SESSION, next, METHOD)) {
    const covered = new Set(plans.flatMap((plan) => plan.children));
    next = [...next.filter((node) => !covered.has(node.id)), ...plans.map(made)];
    nodes += plans.length;
  }
  return { frontier: next, nodes };
}

describe('planning parents', () => {
  it('takes O(log n) nodes per append, and 1/7 more than leaves in all', () => {
    let frontier: TreeNode[] = [];
    let most = 0;
    let all = 0;
    const leaves = FAN_OUT ** 3;
    for (let ordinal = 0; ordinal < leaves; ordinal++) {
      const step = append(frontier, ordinal);
      frontier = step.frontier;
      most = Math.max(most, step.nodes);
      all += step.nodes;
      expect(frontier.length).toBeLessThanOrEqual((FAN_OUT - 1) * 4);
    }
    expect(most).toBe(4);
    expect(all).toBe(512 + 64 + 8 + 1);
    expect(frontier).toHaveLength(1);
    expect(frontier[0]).toMatchObject({ level: 3, from: 0, through: leaves * 10 - 1, originalTokens: leaves * 4_096 });
  });

  it('plans the same parent from children that were made in any order, and none from seven', () => {
    const nodes = Array.from({ length: FAN_OUT }, (_, ordinal) => made(leaf(ordinal)));
    const forwards = planParents(SESSION, nodes, METHOD);
    expect(forwards).toHaveLength(1);
    expect(planParents(SESSION, nodes.toReversed(), METHOD)).toEqual(forwards);
    expect(planParents(SESSION, nodes.slice(1), METHOD)).toEqual([]);
  });

  it('does not mix nodes of two methods', () => {
    const nodes = Array.from({ length: FAN_OUT }, (_, ordinal) => made(leaf(ordinal)));
    const mixed = nodes.map((node, index) =>
      index === 3 ? { ...node, method: { ...METHOD, version: METHOD.version + 1 } } : node,
    );
    expect(planParents(SESSION, mixed, METHOD)).toEqual([]);
  });

  it('names two nodes of the same fragments at two places differently, and the same node of two methods too', () => {
    const again = { ...leaf(0), from: 500, through: 509 };
    expect(nodeId(again, METHOD)).not.toBe(nodeId(leaf(0), METHOD));
    expect(nodeId(leaf(0), { ...METHOD, version: METHOD.version + 1 })).not.toBe(nodeId(leaf(0), METHOD));
    expect(nodeId(leaf(0), METHOD)).toMatch(/^ses_0{24}\.s[0-9a-f]{32}$/);
  });
});
