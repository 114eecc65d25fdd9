import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { clipMessage } from '@supercontext/contract';
import { formatError } from '@supercontext/runtime/format-error.ts';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { type ExecutablePlan, executePlan } from './execute-plan.ts';
import type { Federation } from './federation.ts';
import { closeRequestContext, type RequestContext, recordStep } from './request-context.ts';
import type { SchemaState } from './schema-state.ts';

/** A query or mutation that is known to be valid. */
export interface KnownOperation {
  readonly state: SchemaState;
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The operation a document means, if the document is valid and the operation is a query or mutation. Parses a text once. */
export function findKnownOperation(
  state: SchemaState,
  text: string,
  operationName: string | undefined,
): KnownOperation | undefined {
  const { document, errors } = state.admit(text);
  if (errors.length > 0) return undefined;
  const operation = getOperationAST(document, operationName);
  if (!operation || operation.operation === 'subscription') return undefined;
  return { state, text, document, operation };
}

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
 * Runs a known operation. Without `data` in the result nothing was run: the variables were refused, or it cannot be planned.
 * Never throws.
 */
export async function executeOperation(known: KnownOperation, options: OperationOptions): Promise<OperationResult> {
  const { federation, variables, context, report } = options;
  const startMs = performance.now();
  try {
    const { state, document, operation } = known;
    const { errors, coerced } = getVariableValues(state.apiSchema, operation.variableDefinitions ?? [], variables, {
      maxErrors: 5,
    });
    if (errors !== undefined) return { errors: errors.map(refusedVariable) };
    state.checkCost(document, operation, coerced);
    const plan = planOperation(known);
    recordStep(context, 'plan-operation', startMs);
    const result = await executePlan({ plan, services: federation.serviceMap, variables, context, report });
    const { data = null, extensions } = result;
    return {
      data,
      ...(result.errors === undefined ? {} : { errors: result.errors }),
      extensions: { ...extensions, hops: context.trace.hops },
    };
  } catch (error) {
    const known = error as GraphQLError;
    return { errors: [formatError({ message: known.message }, error, report)] };
  } finally {
    closeRequestContext(context, known.operation.name?.value);
  }
}

function refusedVariable({ message }: GraphQLError): GraphQLFormattedError {
  return { message: clipMessage(message), extensions: { code: 'BAD_USER_INPUT' } };
}

function planOperation({ state, text, document, operation }: KnownOperation): ExecutablePlan {
  const operationName = operation.name?.value;
  const key = `${operationName ?? ''}\0${text}`;
  const remembered = state.operationPlans.get(key);
  if (remembered !== undefined) return remembered;
  const named = operationName === undefined ? {} : { operationName };
  const queryPlan: QueryPlan = state.planner.buildQueryPlan(operationFromDocument(state.api, document, named));
  const operationContext = buildOperationContext({ schema: state.apiSchema, operationDocument: document, ...named });
  const plan: ExecutablePlan = { state, document, operationContext, queryPlan };
  state.operationPlans.set(key, plan);
  return plan;
}
