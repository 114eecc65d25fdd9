import { setTimeout as delay } from 'node:timers/promises';
import type { GraphQLDataSource } from '@apollo/gateway';
import { backoffMs } from '@supercontext/runtime/call/backoff.ts';
import type { CalleeClock } from '@supercontext/runtime/call/callee-clock.ts';
import type { Deadlines } from '@supercontext/runtime/call/deadlines.ts';
import { AnswerTooLarge, DeadlineExpired, type Exchange, Unsendable } from '@supercontext/runtime/call/exchange.ts';
import { signedExchange } from '@supercontext/runtime/call/signed-exchange.ts';
import { restIfLarge } from '@supercontext/runtime/process/in-slices.ts';
import { jsonInSlices } from '@supercontext/runtime/process/json-in-slices.ts';
import { addHops, decodeHops } from '@supercontext/runtime/trace/hops.ts';
import { GraphQLError } from 'graphql';
import type { Dispatcher } from 'undici';
import { gatewayError } from '../errors.ts';
import { MAXIMUM_ANSWER_BYTES, newAnswerBudget, type RequestContext } from '../request-context.ts';
import { GATEWAY } from '../stage.ts';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts';
import { IdenticalRequests } from './identical-requests.ts';
import { locateFailure } from './locate-failure.ts';
import { distinctRepresentations } from './representations.ts';

type ProcessOptions = Parameters<GraphQLDataSource<RequestContext>['process']>[0];
type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Headers a call carries beside its signature, names and values in turn: trace, and what the caller sent along. */
export type HeaderRule = (context: RequestContext | undefined) => string[];

export interface SubgraphPolicy {
  /** Of one call with all its tries. The operation's own deadline may be nearer. */
  readonly timeoutMs: number;
  /** Further tries of a query after the first. Mutations are never sent twice. */
  readonly retries: number;
  /** Wait before the first further try; doubles each time, jittered. */
  readonly retryBaseMs: number;
  readonly breaker: CircuitBreakerOptions;
}

export interface SubgraphRequestOptions {
  readonly name: string;
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly deadlines: Deadlines;
  readonly policy: SubgraphPolicy;
  readonly headers: HeaderRule;
  /** Signs every try: a signature is good for one. */
  readonly clock: CalleeClock;
}

const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);
const JSON_CONTENT = /^application\/(?:graphql-response\+)?json\b/i;

/**
 * Calls one subgraph over HTTP for the query planner's executor: pooled, within a deadline, queries retried with jitter,
 * behind a circuit breaker, identical queries and representations sent once.
 * `call` throws SUBGRAPH_UNAVAILABLE (no usable answer), DEADLINE_EXCEEDED, REQUEST_TOO_COMPLEX (too long an answer) or INTERNAL (a
 * call that cannot be sent); errors inside an answer are passed on as they are. Only what has left the gateway counts for the
 * circuit breaker.
 */
export class SubgraphRequest implements GraphQLDataSource<RequestContext> {
  readonly #options: SubgraphRequestOptions;
  readonly #origin: string;
  readonly #path: string;
  readonly #breaker: CircuitBreaker;
  readonly #identical = new IdenticalRequests<string>();

  constructor(options: SubgraphRequestOptions) {
    const { origin, pathname, search } = new URL(options.url);
    this.#options = options;
    this.#origin = origin;
    this.#path = pathname + search;
    this.#breaker = new CircuitBreaker(options.policy.breaker);
  }

  /** For the executor: a call that fails is an answer that says of every field it asked for that it failed. */
  async process(options: ProcessOptions): Promise<SubgraphResponse> {
    try {
      return await this.call(options);
    } catch (error) {
      if (!(error instanceof GraphQLError) || error.extensions.code === 'INTERNAL') throw error;
      return locateFailure(error, options.request);
    }
  }

  async call({ request: operation, ...rest }: ProcessOptions): Promise<SubgraphResponse> {
    const context = 'incomingRequestContext' in rest ? rest.context : undefined;
    const distinct = distinctRepresentations(operation.variables);
    const sent = {
      query: operation.query,
      variables: distinct?.variables ?? operation.variables,
      operationName: operation.operationName,
    };
    const body = await jsonInSlices(sent);
    await restIfLarge(body.length);
    const isMutation = operation.query?.startsWith('mutation') === true;
    const text = isMutation ? await this.#send(body, context, 0) : await this.#sendQuery(body, context);
    const response = this.#parse(text);
    if (context !== undefined) {
      // A stage gives back the hops it was sent along with its own.
      addHops(
        context.trace,
        decodeHops(response.extensions?.hops).filter(({ stage }) => stage !== GATEWAY.name),
      );
    }
    // The executor reads it without a bound.
    if (context?.federatedTrace?.hasRoomFor(response.extensions?.ftv1) === false) delete response.extensions?.ftv1;
    if (distinct !== undefined && response.data) distinct.restore(response.data);
    return response;
  }

  /** Asks for the subgraph's own type name, with none of the protections that calls of users have. */
  async isReachable(timeoutMs: number): Promise<boolean> {
    try {
      const body = '{"query":"{__typename}"}';
      const { contentType } = await this.#exchange(body, undefined, performance.now() + timeoutMs);
      return JSON_CONTENT.test(contentType);
    } catch {
      return false;
    }
  }

  #sendQuery(body: string, context: RequestContext | undefined): Promise<string> {
    // Only callers with the same rights may share an answer.
    const key = context === undefined ? body : `${Object.values(context.forwarded).join('\n')}\n${body}`;
    return this.#identical.merge(key, () => this.#send(body, context, this.#options.policy.retries));
  }

  async #send(body: string, context: RequestContext | undefined, retries: number): Promise<string> {
    const { policy } = this.#options;
    const deadlineAtMs = Math.min(
      performance.now() + policy.timeoutMs,
      context?.deadlineAtMs ?? Number.POSITIVE_INFINITY,
    );
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#try(body, context, deadlineAtMs);
      if (typeof outcome === 'string') return outcome;
      if (outcome.extensions.retryable !== true) throw outcome;
      const waitMs = backoffMs({ firstMs: policy.retryBaseMs, longestMs: policy.timeoutMs }, attempt + 1);
      if (attempt >= retries || performance.now() + waitMs >= deadlineAtMs) throw outcome;
      await delay(waitMs);
    }
  }

  /** One try: the text of the answer, or why there is none. */
  async #try(body: string, context: RequestContext | undefined, deadlineAtMs: number): Promise<string | GraphQLError> {
    const waitMs = this.#breaker.admit();
    if (waitMs > 0)
      return this.#error('SUBGRAPH_UNAVAILABLE', 'has failed repeatedly and is left alone for now', {
        retryAfterMs: waitMs,
      });
    try {
      const { status, contentType, text } = await this.#exchange(body, context, deadlineAtMs);
      if (RETRYABLE_STATUS.has(status) && !JSON_CONTENT.test(contentType)) {
        this.#breaker.failed();
        return this.#error('SUBGRAPH_UNAVAILABLE', `answered with status ${status}`, { status });
      }
      this.#breaker.succeeded();
      // A GraphQL answer counts whatever its status: typed errors come with 4xx and 5xx.
      if (JSON_CONTENT.test(contentType)) return text;
      return this.#error('SUBGRAPH_UNAVAILABLE', `answered with status ${status} and no GraphQL response`, {
        status,
        contentType,
      });
    } catch (error) {
      // The subgraph is well, it was asked too much.
      if (error instanceof AnswerTooLarge) {
        this.#breaker.succeeded();
        return gatewayError('REQUEST_TOO_COMPLEX', 'The answer is too large: ask for less in one request', {
          maximumAnswerBytes: MAXIMUM_ANSWER_BYTES,
        });
      }
      if (error instanceof Unsendable) {
        this.#breaker.withdrawn();
        return gatewayError('INTERNAL', 'a fault of this program', {}, error);
      }
      if (error instanceof DeadlineExpired && !error.hadLeft) this.#breaker.withdrawn();
      else this.#breaker.failed();
      if (error instanceof DeadlineExpired)
        return this.#error('DEADLINE_EXCEEDED', 'did not answer in time', {}, error);
      return this.#error('SUBGRAPH_UNAVAILABLE', `does not answer: ${describe(error)}`, {}, error);
    }
  }

  #exchange(body: string, context: RequestContext | undefined, deadlineAtMs: number): Promise<Exchange> {
    const { dispatcher, deadlines, headers, clock } = this.#options;
    const all = ['content-type', 'application/json', 'accept', 'application/json', ...headers(context)];
    return signedExchange(
      {
        ...{ dispatcher, deadlines, origin: this.#origin, path: this.#path, headers: all, body, deadlineAtMs },
        answerBudget: context?.answerBudget ?? newAnswerBudget(),
      },
      clock,
    );
  }

  #parse(text: string): SubgraphResponse {
    try {
      const response: unknown = JSON.parse(text);
      if (typeof response === 'object' && response !== null && ('data' in response || 'errors' in response)) {
        return response as SubgraphResponse;
      }
    } catch {
      // Reported below, as any other answer that is none.
    }
    throw this.#error('SUBGRAPH_UNAVAILABLE', 'gave an answer that is no GraphQL response', {});
  }

  #error(
    code: 'SUBGRAPH_UNAVAILABLE' | 'DEADLINE_EXCEEDED',
    what: string,
    details: Record<string, string | number>,
    cause?: unknown,
  ) {
    const { name } = this.#options;
    return gatewayError(code, `Subgraph ${name} ${what}`, { serviceName: name, ...details }, cause);
  }
}

function describe(error: unknown): string {
  return error instanceof Error
    ? ((error as NodeJS.ErrnoException).code ?? error.message) || error.name
    : String(error);
}
