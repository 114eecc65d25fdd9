import type { CallOptions, SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import {
  DigestDocument,
  EraseFromCompressionDocument,
  type EraseFromCompressionMutation,
  ScheduleCompressionDocument,
  SummariesByIdDocument,
  type SummaryNodeFragment,
} from '../generated/compression-calls.ts';

/** A node of a session's summary tree. */
export interface SummaryNode {
  readonly id: string;
  readonly level: number;
  readonly text: string;
  readonly tokens: number;
  /** Tokens of the fragments it covers. */
  readonly originalTokens: number;
  /** First and last log position covered, both included. */
  readonly from: number;
  readonly through: number;
  /** The nodes it was made from, in order; none at level 0. */
  readonly children: readonly string[];
}

export interface DigestRequest {
  readonly sessionId: string;
  /** Of which positions are withdrawn: no summary over what was withdrawn since it was made is in the digest. */
  readonly withdrawnDigest: string;
  /** o200k. */
  readonly budgetTokens: number;
}

/** What this stage needs of compression. All verbs throw its ContractError, or that it does not answer. */
export interface CompressionStage {
  /** Says that the log has grown. A hint: losing it costs time only. */
  schedule(sessionId: string, through: number): Promise<void>;
  /** Erases a session's summaries and jobs for good: what that was. Idempotent. */
  erase(sessionId: string): Promise<EraseFromCompressionMutation['eraseFromCompression']>;
  /** The summaries that cover as much of the session as fits, in log order, without overlap. */
  digest(about: DigestRequest, options: CallOptions): Promise<readonly SummaryNode[]>;
  /** In the order asked, null for what is not there. At most 512. */
  summaries(ids: readonly string[], options: CallOptions): Promise<readonly (SummaryNode | null)[]>;
}

export function compressionStage(client: SubgraphClient): CompressionStage {
  return {
    async schedule(sessionId, through) {
      await client.call(ScheduleCompressionDocument, { input: { sessionId, through } });
    },
    async erase(sessionId) {
      return (await client.call(EraseFromCompressionDocument, { sessionId })).eraseFromCompression;
    },
    async digest({ sessionId, withdrawnDigest, budgetTokens }, options) {
      const sessions = [{ __typename: 'Session', id: sessionId, withdrawnDigest }];
      const { _entities: entities } = await client.call(DigestDocument, { sessions, budgetTokens }, options);
      return entities[0]?.digest?.map(summaryNode) ?? [];
    },
    async summaries(ids, options) {
      const { summaries } = await client.call(SummariesByIdDocument, { ids: [...ids] }, options);
      return summaries.map((summary) => (summary === null || summary === undefined ? null : summaryNode(summary)));
    },
  };
}

function summaryNode({ children, ...node }: SummaryNodeFragment): SummaryNode {
  return { ...node, children: children.flatMap((child) => (child?.__typename === 'Summary' ? [child.id] : [])) };
}
