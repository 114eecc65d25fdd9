import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { formatError, isStackOverflow } from '@supercontext/runtime/format-error.ts';
import { rest } from '@supercontext/runtime/process/in-slices.ts';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import { coerceVariables } from './coerce-variables.ts';
import { type ExecutablePlan, executePlan } from './execute-plan.ts';
import type { Federation } from './federation.ts';
import { renameReserved } from './names/rename-reserved.ts';
import type { OperationRequest } from './operation-request.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { PlanCache } from './plan-cache.ts';
import { closeRequestContext, type RequestContext, recordStep } from './request-context.ts';
import { badRequest, RequestRefused } from './request-refused.ts';
import type { SchemaState } from './schema-state.ts';

/** An operation that is known to be valid. */
export interface KnownOperation {
  readonly state: SchemaState;
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/**
 * The one way into the graph, over HTTP and WebSocket alike: the document a request means, if it is valid and has the
 * operation it names. Parses and validates a text once.
 * @throws RequestRefused with all that is wrong with the document, or that the operation is not to be found in it.
 */
export function admitOperation(
  state: SchemaState,
  documents: PersistedDocuments,
  { operationName, ...asked }: Omit<OperationRequest, 'variables'>,
): KnownOperation {
  const text = documents.resolve(asked);
  if (text === '') throw badRequest('A request needs a query, or the hash or id of one that is known');
  const { document, errors } = state.admit(text);
  if (errors.length > 0) throw new RequestRefused(errors);
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const message =
      operationName === undefined
        ? 'The document has several operations: operationName has to say which'
        : 'The document has no operation of this name';
    throw new RequestRefused([new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })]);
  }
  return { state, text, document, operation };
}

/** UTF-16 units of a document from which validating it and planning it each take a turn of the event loop. */
const LONG_DOCUMENT = 2_048;

export interface OperationResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface OperationOptions {
  readonly federation: Federation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly report: (error: unknown) => void;
}

/**
 * Runs a known query or mutation. Without `data` in the result nothing was run: the variables were refused, or it cannot be planned.
 * Never throws.
 */
export async function executeOperation(known: KnownOperation, options: OperationOptions): Promise<OperationResult> {
  const { federation, variables, context, report } = options;
  const startMs = performance.now();
  try {
    const { state, text, document, operation } = known;
    const { errors, coerced } = coerceVariables(state.apiSchema, operation, variables);
    if (errors !== undefined) return { errors: errors.map((error) => refusedVariable(error, report)) };
    state.checkCost(document, operation, coerced);
    if (text.length > LONG_DOCUMENT) await rest();
    const plan = planOperation(known);
    recordStep(context, 'plan-operation', startMs);
    const result = await executePlan({ plan, services: federation.serviceMap, variables, context, report });
    const { data = null, errors: failed, extensions } = result;
    // Errors of subgraphs are in the traces of these.
    const own = failed?.filter((error) => error.extensions?.serviceName === undefined);
    const ftv1 = await context.federatedTrace?.encode(own);
    return {
      data,
      ...(failed === undefined ? {} : { errors: failed }),
      extensions: { ...extensions, hops: context.trace.hops, ...(ftv1 === undefined ? {} : { ftv1 }) },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { errors: [formatError({ message }, error, report)] };
  } finally {
    closeRequestContext(context, known.operation.name?.value);
  }
}

function refusedVariable(error: unknown, report: (error: unknown) => void): GraphQLFormattedError {
  if (isStackOverflow(error)) return formatError({ message: '' }, error, report);
  const message = error instanceof Error ? error.message : String(error);
  return formatError({ message, extensions: { code: 'BAD_USER_INPUT' } }, undefined, report);
}

const plans = new PlanCache<ExecutablePlan>();

/** The plan of a valid query or mutation, remembered with the state. @throws when the planner cannot plan it */
export function planOperation({ state, text, document: asked, operation }: KnownOperation): ExecutablePlan {
  const operationName = operation.name?.value;
  return plans.get(state, { text, operationName }, () => {
    const named = operationName === undefined ? {} : { operationName };
    const renamed = renameReserved(asked, text, state.reservedNames);
    const document = renamed?.document ?? asked;
    const queryPlan: QueryPlan = state.planner.buildQueryPlan(operationFromDocument(state.api, document, named));
    const operationContext = buildOperationContext({ schema: state.apiSchema, operationDocument: document, ...named });
    return { state, document, renamed, operationContext, queryPlan };
  });
}
