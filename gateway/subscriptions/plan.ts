import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { FetchNode, PlanNode, SubscriptionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseType,
} from 'graphql';
import type { ExecutablePlan } from '../execute-plan.ts';
import { type RenamedDocument, renameReserved } from '../names/rename-reserved.ts';
import { PlanCache } from '../plan-cache.ts';
import type { SchemaState } from '../schema-state.ts';
import { unusedName } from '../unused-name.ts';
import { compileProjection, type Projection, sameShape } from './projection.ts';
import type { Resumption } from './resumable.ts';
import { rootField } from './root-field.ts';

/** Name under which an event poses as a subgraph's answer. No subgraph can have it. */
export const EVENT_SERVICE = '\0event';

/** Response key of the cursor the gateway adds where the client did not select it, and the variable that takes one. */
const CURSOR_NAME = 'resumeCursor__';

/** What is sent to a subgraph to open a stream. */
export interface UpstreamOperation {
  readonly serviceName: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** Client variables it uses; no others are sent. */
  readonly variables: readonly string[];
}

export interface ResumePlan {
  /** Response key of the cursor within an event. */
  readonly cursorKey: string;
  /** Variable of `operation` that takes the cursor. */
  readonly cursorVariable: string;
  /** Whether opening the first operation twice has the effect of once, so that it may be tried again before any event. */
  readonly repeatable: boolean;
  /** Planned on first use: most streams never break. */
  readonly operation: () => UpstreamOperation;
}

/** Everything about a subscription that does not depend on its variables. Made once per (document, operation name). */
export interface SubscriptionPlan {
  readonly operationName: string | undefined;
  /** Set where names of the client mean something else to a plan: then all names here are other ones. */
  readonly renamed: RenamedDocument | undefined;
  readonly upstream: UpstreamOperation;
  /** Response key of the subscription's one field. */
  readonly responseKey: string;
  /** True when an event is the client's response already, byte for byte, but for names. */
  readonly passthrough: boolean;
  /** Cuts an event down to what the client selected, where the event holds all of it. */
  readonly projection: Projection | undefined;
  /** For events that need other subgraphs: a query plan whose first answer is the event. */
  readonly eventPlan: ExecutablePlan;
  readonly resume: ResumePlan | undefined;
}

const plans = new PlanCache<SubscriptionPlan>();

/** The plan of a valid subscription, remembered with the state. @throws GraphQLError when the planner cannot plan it. */
export function planSubscription(
  state: SchemaState,
  text: string,
  document: DocumentNode,
  operationName: string | undefined,
): SubscriptionPlan {
  return plans.get(state, { text, operationName }, () => makePlan(state, text, document, operationName));
}

function makePlan(
  state: SchemaState,
  text: string,
  given: DocumentNode,
  operationName: string | undefined,
): SubscriptionPlan {
  const renamed = renameReserved(given, text, state.reservedNames);
  const document = renamed?.document ?? given;
  const cursorName = unusedName(text, CURSOR_NAME);
  const operationContext = buildOperationContext({
    schema: state.apiSchema,
    operationDocument: document,
    ...(operationName === undefined ? {} : { operationName }),
  });
  const { operation, fragments } = operationContext;
  const field = rootField(operation, fragments);
  if (field === undefined)
    throw new GraphQLError('A subscription needs one field', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  const resumption = state.resumptions.get(field.name.value);
  const cursorKey = resumption && (selectedKey(field, resumption.cursorField) ?? cursorName);
  const asked = resumption && cursorKey === cursorName ? withCursor(field, resumption, cursorName) : field;
  const { primary, rest } = planNodes(state, replaceRoot(document, operation, asked), operationName);
  const asking = onlyRoot(operation, field);
  const sent = parse(primary.operation, { noLocation: true });
  const answered = {
    ...primary,
    serviceName: EVENT_SERVICE,
    operationKind: 'query' as FetchNode['operationKind'],
    variableUsages: [],
  };
  return {
    operationName,
    renamed,
    upstream: upstreamOperation(primary),
    responseKey: field.alias?.value ?? field.name.value,
    passthrough: rest === undefined && primary.outputRewrites === undefined && sameShape(document, asking, sent),
    projection:
      primary.outputRewrites === undefined ? compileProjection(state.apiSchema, asking, fragments) : undefined,
    eventPlan: {
      state,
      document,
      renamed,
      operationContext,
      queryPlan: {
        kind: 'QueryPlan',
        node: { kind: 'Sequence', nodes: rest === undefined ? [answered] : [answered, rest] },
      },
    },
    resume:
      resumption === undefined || cursorKey === undefined
        ? undefined
        : resumePlan({ state, document, operation, operationName, field: asked, resumption, cursorKey, cursorName }),
  };
}

interface ResumeParts {
  readonly state: SchemaState;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly field: FieldNode;
  readonly resumption: Resumption;
  readonly cursorKey: string;
  readonly cursorName: string;
}

function resumePlan({
  state,
  document,
  operation,
  operationName,
  field,
  resumption,
  cursorKey,
  cursorName,
}: ResumeParts): ResumePlan {
  const own = resumption.through === field.name.value;
  const cursor = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: cursorName } } as const;
  const continued: FieldNode = {
    ...field,
    alias: field.alias ?? field.name,
    name: { kind: Kind.NAME, value: resumption.through },
    // Another field needs the cursor alone; the same field keeps its other arguments.
    arguments: [
      ...(own ? (field.arguments ?? []).filter(({ name }) => name.value !== resumption.argument) : []),
      { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: resumption.argument }, value: cursor },
    ],
  };
  const resumed: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [
      ...(operation.variableDefinitions ?? []),
      { kind: Kind.VARIABLE_DEFINITION, variable: cursor, type: parseType(resumption.argumentType) },
    ],
  };
  let planned: UpstreamOperation | undefined;
  return {
    cursorKey,
    cursorVariable: cursorName,
    repeatable: own,
    operation: () => {
      planned ??= upstreamOperation(
        planNodes(state, replaceRoot(document, resumed, continued, operation), operationName).primary,
      );
      return planned;
    },
  };
}

function planNodes(state: SchemaState, document: DocumentNode, operationName: string | undefined) {
  const operation = operationFromDocument(state.api, document, operationName === undefined ? {} : { operationName });
  const node: PlanNode | SubscriptionNode | undefined = state.planner.buildQueryPlan(operation).node;
  if (node?.kind !== 'Subscription') throw new GraphQLError('This subscription cannot be planned');
  return node;
}

function upstreamOperation({ serviceName, operation, operationName, variableUsages }: FetchNode): UpstreamOperation {
  return { serviceName, query: operation, operationName, variables: variableUsages ?? [] };
}

/** The response key under which a field selects `name` for every type of event. */
function selectedKey(field: FieldNode, name: string): string | undefined {
  for (const selection of field.selectionSet?.selections ?? []) {
    if (selection.kind !== Kind.FIELD || selection.name.value !== name || (selection.directives?.length ?? 0) > 0)
      continue;
    return selection.alias?.value ?? name;
  }
  return undefined;
}

function withCursor(field: FieldNode, resumption: Resumption, name: string): FieldNode {
  const cursor: FieldNode = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: name },
    name: { kind: Kind.NAME, value: resumption.cursorField },
  };
  return {
    ...field,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...(field.selectionSet?.selections ?? []), cursor] },
  };
}

function replaceRoot(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  field: FieldNode,
  original: OperationDefinitionNode = operation,
): DocumentNode {
  const replaced = onlyRoot(operation, field);
  return {
    ...document,
    definitions: document.definitions.map((definition) => (definition === original ? replaced : definition)),
  };
}

function onlyRoot(operation: OperationDefinitionNode, field: FieldNode): OperationDefinitionNode {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: [field] } };
}
