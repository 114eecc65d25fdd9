import { createHash } from 'node:crypto';
import type { StageVersion } from '@supercontext/contract';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';

/** Children of a node above the leaves. */
export const FAN_OUT = 8;

/** A node of a session's summary tree that must exist, made or not. */
export interface NodePlan {
  readonly sessionId: string;
  /** 0 covers fragments, n covers nodes of level n - 1. */
  readonly level: number;
  /** Counts the nodes of this level from 0. */
  readonly ordinal: number;
  /** First and last log position covered, both included. */
  readonly from: number;
  readonly through: number;
  /** o200k tokens of the fragments covered. */
  readonly originalTokens: number;
  /** Ids of the fragments or nodes it is made from, in order. */
  readonly children: readonly string[];
  /** Of a leaf: the positions within it that it is made without. */
  readonly withdrawn?: readonly Stretch[];
}

/**
 * The id of a node, known before the node is made: 128 bits of SHA-256 over all that decides its content. The first
 * position is part of it, since the same text appended twice makes two nodes with the same children.
 */
export function nodeId(
  plan: Pick<NodePlan, 'sessionId' | 'level' | 'from' | 'children'>,
  method: StageVersion,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([plan.level, plan.from, method.name, method.version, plan.children]))
    .digest('hex');
  return `${plan.sessionId}.s${hash.slice(0, 32)}`;
}

const SUMMARY_ID = /^(ses_[0-9a-f]{24})\.s([0-9a-f]{32})$/;

/** The session and the 16 bytes of a summary's id; null when it is not one. */
export function parseNodeId(id: string): { readonly sessionId: string; readonly hash: Buffer } | null {
  const [, sessionId, hash] = SUMMARY_ID.exec(id) ?? [];
  return sessionId === undefined || hash === undefined ? null : { sessionId, hash: Buffer.from(hash, 'hex') };
}

const SESSION_ID = /^ses_[0-9a-f]{24}$/;

export function isSessionId(id: string): boolean {
  return SESSION_ID.test(id);
}
