import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { type StageProcess, startStageProcess } from './stage-process.ts';

/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9/graphql';

export interface AppendReceipt {
  readonly revision: number;
  readonly tokens: number;
  readonly replayed: boolean;
}

/** The real context stage in a process of its own. */
export interface ContextProcess {
  open(idempotencyKey: string): Promise<string>;
  append(sessionId: string, idempotencyKey: string, text: string): Promise<AppendReceipt>;
  /** Texts that a question of the session finds. */
  evidence(sessionId: string, question: string, budgetTokens?: number): Promise<readonly string[]>;
  revision(sessionId: string): Promise<number>;
  /** SIGKILL: no time to put anything in order. */
  kill(): Promise<void>;
  /** SIGTERM, as a launcher stops it. */
  stop(): Promise<void>;
}

/** Starts the stage on `dataFolder`, with nobody in the place of compression. */
export async function startContextProcess(dataFolder: string, storeUrl: string): Promise<ContextProcess> {
  const stage: StageProcess = await startStageProcess('context', dataFolder, {
    SUPERCONTEXT_STORE_URL: storeUrl,
    SUPERCONTEXT_COMPRESSION_URL: NOBODY,
  });
  return { ...verbs(stage.client), kill: stage.kill, stop: stage.stop };
}

function verbs(client: SubgraphClient): Omit<ContextProcess, 'kill' | 'stop'> {
  const call = <Data>(document: string, variables: Record<string, unknown>): Promise<Data> =>
    client.call<Data, Record<string, unknown>>(document, variables);
  return {
    async open(idempotencyKey) {
      const data = await call<{ openSession: { session: { id: string } } }>(
        'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } } }',
        { input: { idempotencyKey } },
      );
      return data.openSession.session.id;
    },
    async append(sessionId, idempotencyKey, text) {
      const { appendContext } = await call<{
        appendContext: { receipt: AppendReceipt | null; userErrors: readonly { code: string }[] };
      }>(
        `mutation ($input: AppendContextInput!) {
          appendContext(input: $input) { receipt { revision tokens replayed } userErrors { code } }
        }`,
        { input: { sessionId, idempotencyKey, items: [{ text: { text } }] } },
      );
      if (appendContext.receipt === null) throw new Error(`refused: ${appendContext.userErrors[0]?.code}`);
      return appendContext.receipt;
    },
    async evidence(sessionId, question, budgetTokens = 1_000) {
      const { session } = await call<{ session: { workingSet: { segments: readonly { text: string }[] } } }>(
        `query ($id: ID!, $question: String!, $budgetTokens: Int!) {
          session(id: $id) { workingSet(query: $question, budgetTokens: $budgetTokens) { segments { text } } }
        }`,
        { id: sessionId, question, budgetTokens },
      );
      return session.workingSet.segments.map(({ text }) => text);
    },
    async revision(sessionId) {
      const { session } = await call<{ session: { revision: number } }>(
        'query ($id: ID!) { session(id: $id) { revision } }',
        { id: sessionId },
      );
      return session.revision;
    },
  };
}
