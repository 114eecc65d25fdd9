import type { SegmentReason } from '@supercontext/contract';
import type { SummaryNode } from '../calls/compression.ts';
import type { LogEntry } from '../log/session-log.ts';
import { formatFragmentId } from '../session-id.ts';
import { clipText } from './clip-text.ts';
import type { Coverage } from './coverage.ts';
import type { Message } from './gather.ts';
import type { Ledger } from './ledger.ts';
import { originOf, originOfSummary } from './origin.ts';

/** The account of a working set in the making, and what it covers of its session. */
export interface Draft {
  readonly sessionId: string;
  readonly ledger: Ledger;
  readonly coverage: Coverage;
  /** Ids of summaries of what a model wrote. */
  readonly modelNodes: Set<string>;
}

/** Instructions, whole where they fit the share. */
export function addSystem(draft: Draft, messages: readonly Message[], shareTokens: number): void {
  for (const { entry, text, name } of messages) {
    const isWhole = entry.tokens <= shareTokens;
    const shown = isWhole ? text : clipText(text, shareTokens);
    addEntry(draft, entry, { reason: 'system', score: null, text: shown, name, isExcerpt: !isWhole });
  }
}

/** Summaries in log order, all of them or none: half a digest would pass for the whole. */
export function addDigest(
  { ledger, coverage, modelNodes }: Draft,
  nodes: readonly SummaryNode[],
  shareTokens: number,
): void {
  if (nodes.reduce((sum, { tokens }) => sum + tokens, 0) > shareTokens) return;
  for (const { id, text, tokens, originalTokens, from, through } of nodes) {
    const receipt = { kind: 'summary', id, reason: 'digest', score: null, verbatim: false } as const;
    const origin = originOfSummary(modelNodes.has(id));
    if (ledger.add({ ...receipt, ...origin, text, tokens, from, through }))
      coverage.add({ from, through }, originalTokens);
  }
}

export function addRecent(draft: Draft, messages: readonly Message[]): void {
  for (const { entry, text, name } of messages) addEntry(draft, entry, { reason: 'recent', score: null, text, name });
}

/** Adds what is shown of one log entry. */
export function addEntry(
  { sessionId, ledger, coverage }: Draft,
  entry: LogEntry,
  shown: {
    readonly reason: SegmentReason;
    readonly score: number | null;
    readonly text: string;
    /** Path or title of the fragment. */
    readonly name: string | null;
    readonly isExcerpt?: boolean;
  },
): void {
  const { position, hash, tokens } = entry;
  const range = { from: position, through: position };
  const { reason, score, text, name } = shown;
  const verbatim = shown.isExcerpt !== true;
  const id = formatFragmentId(sessionId, hash);
  const segment = { kind: 'fragment', id, reason, score, text, ...range, verbatim, ...originOf(entry, name) } as const;
  if (!ledger.add(verbatim ? { ...segment, tokens } : segment)) return;
  coverage.add(range, verbatim ? tokens : (ledger.segments.at(-1)?.tokens ?? 0));
}
