import type { GraphQLDataSource } from '@apollo/gateway';
import type { ExecutionResult } from 'graphql';
import { executePlan } from '../execute-plan.ts';
import { newAnswerBudget, type RequestContext } from '../request-context.ts';
import type { StreamEvent } from './open.ts';
import { EVENT_SERVICE, type SubscriptionPlan } from './plan.ts';
import type { Finish } from './relay.ts';
import { FormattedError } from './stream-failed.ts';

type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

export interface FinishOptions {
  readonly plan: SubscriptionPlan;
  readonly services: Readonly<Record<string, GraphQLDataSource<RequestContext>>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** The subgraph calls of one event may take this long. */
  readonly timeoutMs: number;
  /** Takes faults of this program, which readers see as INTERNAL only. */
  readonly report: (error: unknown) => void;
}

/**
 * Makes the function that turns a subgraph's event into the client's response, by the cheapest way that is right:
 * untouched where the subgraph was sent what the client asked for; cut down where the event holds all of it; else through
 * the query planner's executor, which fetches the rest from other subgraphs. Names that were replaced are put back each way.
 */
export function finishEvent({ plan, services, variables, context, timeoutMs, report }: FinishOptions): Finish {
  const alias = { name: EVENT_SERVICE, serviceName: plan.upstream.serviceName };
  const execute = async (event: StreamEvent): Promise<ExecutionResult> => {
    const { data = null, errors } = await executePlan({
      plan: plan.eventPlan,
      services: { ...services, [EVENT_SERVICE]: { process: async () => event as SubgraphResponse } },
      variables,
      context: { ...context, deadlineAtMs: performance.now() + timeoutMs, answerBudget: newAnswerBudget() },
      alias,
      report,
    });
    return errors === undefined ? { data } : { data, errors: errors.map((error) => new FormattedError(error)) };
  };
  const asAsked = (result: ExecutionResult): ExecutionResult =>
    plan.renamed && result.data ? { ...result, data: plan.renamed.data(result.data) } : result;
  return (event) => {
    if (event.errors === undefined && event.data) {
      // Without errors, the result of a subgraph and ours are the same thing.
      if (plan.passthrough) return asAsked(event as ExecutionResult);
      const data = plan.projection?.(event.data);
      if (data !== undefined) return asAsked({ data });
    }
    return execute(event);
  };
}
