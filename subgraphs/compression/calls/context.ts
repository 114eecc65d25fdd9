import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { SessionByIdDocument } from '../generated/context-calls.ts';

/** What this stage asks the context stage, which alone knows of a session that is still empty. */
export interface ContextStage {
  /** Throws the context stage's error, SUBGRAPH_UNAVAILABLE or DEADLINE_EXCEEDED. */
  hasSession(sessionId: string): Promise<boolean>;
}

/** A person waits for the first reading. */
const DEADLINE_MS = 5_000;

export function contextStage(client: SubgraphClient, signal: AbortSignal): ContextStage {
  return {
    async hasSession(id) {
      const { session } = await client.call(SessionByIdDocument, { id }, { signal, deadlineMs: DEADLINE_MS });
      return session !== null && session !== undefined;
    },
  };
}
