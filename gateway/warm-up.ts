import { stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import { OperationTypeNode } from 'graphql';
import { admitOperation, planOperation } from './operation.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import type { SchemaState } from './schema-state.ts';
import { planSubscription } from './subscriptions/plan.ts';

/**
 * Plans the operations that clients are known to send, before the first of them comes: the first plans of a process take
 * several times as long as those after them, and whoever else is served waits. What cannot be planned is left for its sender to
 * hear of. Never rejects.
 */
export async function warmUp(state: SchemaState, documents: PersistedDocuments): Promise<void> {
  await stepsInSlices(planAll(state, documents));
}

const NAMELESS = { documentId: undefined, operationName: undefined, extensions: {} };

function* planAll(state: SchemaState, documents: PersistedDocuments): Generator<void, void> {
  for (const query of documents.manifest()) {
    try {
      const known = admitOperation(state, documents, { ...NAMELESS, query });
      const { text, document, operation } = known;
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) planOperation(known);
      else planSubscription(state, text, document, operation.name?.value);
    } catch {}
    yield;
  }
}
