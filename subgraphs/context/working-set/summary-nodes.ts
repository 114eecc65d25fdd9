import type { CallOptions } from '@supercontext/runtime/call/call-subgraph.ts';
import type { CompressionStage, DigestRequest, SummaryNode } from '../calls/compression.ts';

const MAXIMUM_NODES = 4_096;
const MAXIMUM_DIGESTS = 1_024;
const IDS_A_CALL = 512;

/**
 * Nodes of summary trees, as the last working sets saw them. A node never changes, so what is here need not be asked for;
 * a digest does change, so the last one is only for when compression does not answer.
 */
export class SummaryNodes {
  readonly #compression: CompressionStage;
  readonly #nodes = new Map<string, SummaryNode>();
  readonly #digests = new Map<string, readonly SummaryNode[]>();

  constructor(compression: CompressionStage) {
    this.#compression = compression;
  }

  async digest(about: DigestRequest, options: CallOptions): Promise<readonly SummaryNode[]> {
    const nodes = await this.#compression.digest(about, options);
    const key = keyOf(about);
    this.#digests.delete(key);
    this.#digests.set(key, nodes);
    drop(this.#digests, MAXIMUM_DIGESTS);
    for (const node of nodes) this.#keep(node);
    return nodes;
  }

  /** Ids of nodes and keys of digests begin with their session's id. */
  forget(sessionId: string): void {
    for (const known of [this.#nodes, this.#digests]) {
      for (const key of known.keys()) if (key.startsWith(sessionId)) known.delete(key);
    }
  }

  /** The digest as it was when compression last answered for what is withdrawn now; empty when it never did. */
  lastDigest(about: DigestRequest): readonly SummaryNode[] {
    return this.#digests.get(keyOf(about)) ?? [];
  }

  /**
   * The lowest nodes under `roots` that cover one of `positions`. One call a level at most, and none for nodes seen before.
   * A subtree that is not there (yet) is left out.
   */
  async leaves(
    roots: readonly SummaryNode[],
    positions: readonly number[],
    options: CallOptions,
  ): Promise<readonly SummaryNode[]> {
    const covers = ({ from, through }: SummaryNode) => positions.some((at) => at >= from && at <= through);
    const leaves: SummaryNode[] = [];
    for (let level = roots.filter(covers); level.length > 0; ) {
      leaves.push(...level.filter(({ children }) => children.length === 0));
      const children = await this.#read(
        level.flatMap((node) => node.children),
        options,
      );
      level = children.filter(covers);
    }
    return leaves;
  }

  async #read(ids: readonly string[], options: CallOptions): Promise<SummaryNode[]> {
    const missing = ids.filter((id) => !this.#nodes.has(id)).slice(0, IDS_A_CALL);
    const read = missing.length === 0 ? [] : await this.#compression.summaries(missing, options);
    const found = new Map(read.flatMap((node) => (node === null ? [] : [[node.id, node]])));
    const nodes = ids.flatMap((id) => found.get(id) ?? this.#nodes.get(id) ?? []);
    for (const node of nodes) this.#keep(node);
    return nodes;
  }

  #keep(node: SummaryNode): void {
    this.#nodes.delete(node.id);
    this.#nodes.set(node.id, node);
    drop(this.#nodes, MAXIMUM_NODES);
  }
}

function keyOf({ sessionId, budgetTokens, withdrawnDigest }: DigestRequest): string {
  return `${sessionId} ${budgetTokens} ${withdrawnDigest}`;
}

/** Lets the oldest go. */
function drop(map: Map<string, unknown>, maximum: number): void {
  for (const key of map.keys()) {
    if (map.size <= maximum) return;
    map.delete(key);
  }
}
