import { type buildOperationContext, executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { formatError } from '@supercontext/runtime/format-error.ts';
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { RenamedDocument } from './names/rename-reserved.ts';
import type { RequestContext } from './request-context.ts';
import type { SchemaState } from './schema-state.ts';

type ExecutorRequest = Parameters<typeof executeQueryPlan>[2];
type Metrics = NonNullable<ExecutorRequest['metrics']>;
type OperationContext = ReturnType<typeof buildOperationContext>;

/** A plan and what it was made from. */
export interface ExecutablePlan {
  readonly state: SchemaState;
  readonly document: DocumentNode;
  /** What `document` is of the client's, where that has names that mean something else to a plan. */
  readonly renamed: RenamedDocument | undefined;
  readonly operationContext: OperationContext;
  readonly queryPlan: QueryPlan;
}

export interface PlanExecution {
  readonly plan: ExecutablePlan;
  readonly services: Readonly<Record<string, GraphQLDataSource<RequestContext>>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** A name that answers in the plan and is no subgraph; errors are said to be of `serviceName` instead. */
  readonly alias?: { readonly name: string; readonly serviceName: string };
  /** Takes faults of this program, which callers see as INTERNAL only. */
  readonly report: (error: unknown) => void;
}

export interface PlanResult {
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: ExecutionResult['extensions'];
}

/** Runs a plan with the query planner's own executor. Names come back as the client asked for them, errors formatted; it never throws for what a subgraph does. */
export async function executePlan({
  plan,
  services,
  variables,
  context,
  alias,
  report,
}: PlanExecution): Promise<PlanResult> {
  const { state, document, renamed, operationContext, queryPlan } = plan;
  const { federatedTrace } = context;
  const metrics: Metrics =
    federatedTrace === undefined ? {} : { captureTraces: true, startHrTime: federatedTrace.startHrTime };
  const request = {
    request: { variables: renamed?.variables(variables) ?? variables },
    metrics,
    context,
    document,
    schema: state.apiSchema,
    // The executor reads these fields only; the rest of its type belongs to Apollo Server's own pipeline.
  } as unknown as ExecutorRequest;
  const serviceMap = services as ServiceMap;
  const { data, errors, extensions } = await executeQueryPlan(
    queryPlan,
    serviceMap,
    request,
    operationContext,
    state.supergraphSchema,
    state.api,
  );
  if (federatedTrace !== undefined) federatedTrace.queryPlan = metrics.queryPlanTrace;
  const result: PlanResult =
    errors === undefined || errors.length === 0
      ? { data, ...(extensions === undefined ? {} : { extensions }) }
      : { data, errors: errors.map((error) => format(error, alias, report)) };
  return renamed === undefined ? result : renamed.result(result);
}

function format(
  error: GraphQLError,
  alias: PlanExecution['alias'],
  report: (error: unknown) => void,
): GraphQLFormattedError {
  const formatted: GraphQLFormattedError = error.toJSON?.() ?? { message: error.message };
  if (alias === undefined || formatted.extensions?.serviceName !== alias.name)
    return formatError(formatted, error, report);
  const extensions = { ...formatted.extensions, serviceName: alias.serviceName };
  return formatError({ ...formatted, extensions }, error, report);
}
